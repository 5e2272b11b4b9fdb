import { generateLeads } from './generate-leads';
import { leadFields } from './lead-fields';
import type { Neighbour } from './neighbour';
import { Simulator } from './simulator';

/** What the simulator prints when it is ready. */
interface Endpoints {
  readonly adminUrl: string;
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly directoryId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const tenant = 'demo-dynamics365';
const secrets = { clientSecret: 'SIGNALBOX_DEMO_D365_SECRET', key: 'SIGNALBOX_DEMO_D365_KEY' } as const;
const leads = 40;

/** The model's features as columns of the lead table. */
const columns = leadFields.flatMap(({ name, type, attribute }) =>
  attribute === undefined ? [] : [{ field: name, attribute, column: `new_${attribute.toLowerCase()}`, type }],
);

/**
 * Dataverse, heard by webhook: the same use case as Salesforce's tenant, in another CRM's words.
 * @param origin where Signalbox listens, `http://host:port`
 */
export async function startDataverse(dir: string, origin: string): Promise<Neighbour> {
  const added = columns.map(({ column, type }) => ({ name: column, type: type === 'double' ? 'Double' : 'String' }));
  const simulator = await Simulator.start<Endpoints>('dynamics365', dir, { columns: { lead: added } });
  const { endpoints } = simulator;
  const key = 'demo-webhook-key';
  const url = `${origin}/in/${tenant}/sales`;
  return {
    crm: 'Dynamics 365',
    tenant,
    address: endpoints.baseUrl,
    secrets: { [secrets.clientSecret]: endpoints.clientSecret, [secrets.key]: key },
    tenantFile: () => tenantFile(endpoints, url),
    connect: async () => {
      const steps = ['lead', 'task'].flatMap((table) =>
        ['Create', 'Update', 'Delete'].map((message) => ({ message, table })),
      );
      await simulator.admin('POST', '/webhooks', { url, auth: { type: 'WebhookKey', key }, steps });
    },
    live: async () => {
      for (const lead of generateLeads(leads, 20260302)) {
        const own = Object.fromEntries(columns.map(({ field, column }) => [column, lead[field]]));
        const { FirstName: firstname, LastName: lastname, Company: companyname } = lead;
        await simulator.admin('POST', '/records/lead', { firstname, lastname, companyname, ...own });
      }
      return { records: leads, called: 'leads' };
    },
    told: async () => {
      const { delivered, failed, lost } = (await simulator.admin('GET', '/counts')) as Readonly<Record<string, number>>;
      return (delivered ?? 0) + (failed ?? 0) + (lost ?? 0);
    },
    tasks: async () => ((await simulator.admin('GET', '/records/task')) as readonly unknown[]).length,
    stop: () => simulator.stop(),
  };
}

function tenantFile({ baseUrl, tokenUrl, directoryId, clientId }: Endpoints, url: string): object {
  return {
    tenant,
    connections: {
      sales: {
        connector: 'dynamics365',
        baseUrl,
        auth: {
          kind: 'client-credentials',
          directoryId,
          clientId,
          clientSecret: `env:${secrets.clientSecret}`,
          loginUrl: new URL(tokenUrl).origin,
        },
        webhook: { kind: 'webhook-key', key: `env:${secrets.key}`, url },
        subscribe: ['lead', 'task'],
        start: 'earliest',
        requestsPerSecond: 200,
        mapping: { lead: Object.fromEntries(columns.map(({ attribute, column }) => [attribute, column])) },
      },
    },
    useCases: {
      'lead-scoring': {
        connection: 'sales',
        when: '$not(record.isConverted = true)',
        bands: { hot: 0.5 },
        act: {
          hot: [
            { task: { subject: 'Call {{record.name}} today', due: 'PT4H', priority: 'high', assignTo: 'owner' } },
            { set: { field: 'leadqualitycode', value: 'Hot' } },
          ],
        },
        outcome: { won: 'record.isConverted', within: 'P30D' },
      },
    },
  };
}

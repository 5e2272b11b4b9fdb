import { generateAccounts } from './generate-accounts';
import { modelRows } from './model-rows';
import type { Deeds, Neighbour } from './neighbour';
import { Simulator } from './simulator';

/** What the simulator prints when it is ready. */
interface Endpoints {
  readonly adminUrl: string;
  readonly c4cUrl: string;
  readonly basicUser: string;
  readonly basicPassword: string;
  readonly users: { readonly api: { readonly id: string } };
  readonly eventMesh: { readonly namespace: string };
}

type Row = Readonly<Record<string, unknown>>;

const tenant = 'demo-sap';
const accounts = 'CorporateAccountCollection';
const secrets = { password: 'SIGNALBOX_DEMO_SAP_PASSWORD', push: 'SIGNALBOX_DEMO_SAP_PUSH' } as const;
const pusher = { user: 'EVENTMESH', password: 'demo-push-password' } as const;
const count = 30;
const opportunities = 'OpportunityCollection';
const deals = 40;
const features = Object.keys([...generateAccounts(1)][0]?.features ?? {});

/**
 * SAP Cloud for Customer, heard through Event Mesh: accounts are scored for churn, opportunities for being won.
 * @param origin where Signalbox listens, `http://host:port`
 */
export async function startCloudForCustomer(dir: string, origin: string): Promise<Neighbour> {
  const rows = await modelRows('opportunity-scoring', deals);
  const ofDeals = Object.keys(rows[0] ?? {});
  const extensionFields = {
    TaskCollection: ['SignalboxKey_KUT'],
    [accounts]: features.map(extension),
    [opportunities]: ofDeals.map(extension),
  };
  const simulator = await Simulator.start<Endpoints>('sap', dir, { extensionFields });
  const { endpoints } = simulator;
  const records = async (set: string): Promise<readonly Row[]> =>
    (await simulator.admin('GET', `/records/${set}`)) as readonly Row[];
  return {
    crm: 'SAP',
    tenant,
    address: endpoints.c4cUrl,
    secrets: { [secrets.password]: endpoints.basicPassword, [secrets.push]: pusher.password },
    tenantFile: () => tenantFile(endpoints, ofDeals),
    connect: async () => {
      await simulator.admin('POST', '/webhooks', {
        endpoint: `${origin}/in/${tenant}/service`,
        auth: { kind: 'basic', ...pusher },
        topics: [`${endpoints.eventMesh.namespace}/ce/sap/*`],
      });
    },
    live: async () => {
      for (const { name, features: values } of generateAccounts(count))
        await simulator.admin('POST', `/records/${accounts}`, { Name: name, RoleCode: 'CRM000', ...extended(values) });
      for (const [n, row] of rows.entries())
        await simulator.admin('POST', `/records/${opportunities}`, { Name: `Deal ${n + 1}`, ...extended(row) });
      return { records: count + deals, called: `${count} accounts and ${deals} opportunities` };
    },
    told: async () => ((await simulator.admin('GET', '/counts')) as { readonly emitted: number }).emitted,
    tasks: async () => (await records('TaskCollection')).length,
    deeds: async () => deedsOf(await records(accounts), await records(opportunities)),
    stop: () => simulator.stop(),
  };
}

/** The extension field that holds it. */
function extension(name: string): string {
  return `${name}_KUT`;
}

function extended(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [extension(name), value]));
}

function deedsOf(customers: readonly Row[], scored: readonly Row[]): readonly Deeds[] {
  const leaving = customers.filter(({ AdditionalName }) => AdditionalName === 'Likely to leave');
  const likely = scored.filter(({ ProbabilityPercent }) => Number(ProbabilityPercent) > 0);
  return [
    { usecase: 'churn', count: leaving.length, what: 'accounts marked as likely to leave' },
    { usecase: 'opportunity-scoring', count: likely.length, what: 'opportunities with a probability' },
  ];
}

function tenantFile({ c4cUrl, basicUser, users }: Endpoints, ofDeals: readonly string[]): object {
  return {
    tenant,
    connections: {
      service: {
        connector: 'sap',
        product: 'c4c',
        baseUrl: c4cUrl,
        auth: { kind: 'basic', username: basicUser, password: `env:${secrets.password}` },
        inbound: { kind: 'basic', username: pusher.user, password: `env:${secrets.push}` },
        subscribe: ['events'],
        start: 'earliest',
        ownUsers: [users.api.id],
        requestsPerSecond: 200,
        mapping: { account: extensions(features), opportunity: extensions(ofDeals) },
      },
    },
    useCases: {
      churn: {
        connection: 'service',
        entity: 'account',
        bands: { leaving: 0.6 },
        act: {
          leaving: [
            { task: { subject: 'Call {{record.name}} before they leave', due: 'P2D', priority: 'high' } },
            { set: { field: 'AdditionalName', value: 'Likely to leave' } },
          ],
        },
        outcome: { within: 'P30D' },
      },
      'opportunity-scoring': {
        connection: 'service',
        bands: { likely: 0.6, open: 0 },
        act: {
          likely: [
            { task: { subject: 'Close {{record.name}} this week', due: 'P5D' } },
            { set: { field: 'ProbabilityPercent', value: '{{percent}}' } },
          ],
          open: [{ set: { field: 'ProbabilityPercent', value: '{{percent}}' } }],
        },
        outcome: { within: 'P90D' },
      },
    },
  };
}

/** A mapping that reads attributes from extension fields of their names. */
function extensions(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, `extensions.${name}`]));
}

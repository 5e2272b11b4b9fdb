import { generateLeads } from './generate-leads';
import { leadFields } from './lead-fields';
import { modelRows, shippedModel, type ModelRow } from './model-rows';
import type { Deeds, Neighbour } from './neighbour';
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
const cases = 30;
const subjects = ['Printer does not answer', 'Cannot log in', 'Screen stays black', 'Mail arrives twice'] as const;

type Row = Readonly<Record<string, unknown>>;

/** The model's features as columns of the lead table. */
const columns = leadFields.flatMap(({ name, type, attribute }) =>
  attribute === undefined ? [] : [{ field: name, attribute, column: `new_${attribute.toLowerCase()}`, type }],
);

/** The column of the incident table that a case's field or attribute is kept in. */
const caseColumn = (name: string): string => `new_${name.toLowerCase()}`;

/**
 * Dataverse, heard by webhook: leads are scored as in Salesforce's tenant, in another CRM's words; cases are given to teams and
 * watched for their service level.
 * @param origin where Signalbox listens, `http://host:port`
 */
export async function startDataverse(dir: string, origin: string): Promise<Neighbour> {
  const rows = await modelRows('sla-breach', cases);
  const names = Object.keys(rows[0] ?? {});
  const incident = names.map((name) => ({ name: caseColumn(name), type: 'String' }));
  const lead = columns.map(({ column, type }) => ({ name: column, type: type === 'double' ? 'Double' : 'String' }));
  const simulator = await Simulator.start<Endpoints>('dynamics365', dir, { columns: { lead, incident } });
  const { endpoints } = simulator;
  const teams = await createTeams(simulator);
  const key = 'demo-webhook-key';
  const url = `${origin}/in/${tenant}/sales`;
  const records = async (table: string): Promise<readonly Row[]> =>
    (await simulator.admin('GET', `/records/${table}`)) as readonly Row[];
  return {
    crm: 'Dynamics 365',
    tenant,
    address: endpoints.baseUrl,
    secrets: { [secrets.clientSecret]: endpoints.clientSecret, [secrets.key]: key },
    tenantFile: () => tenantFile(endpoints, url, names, teams),
    connect: async () => {
      const steps = ['lead', 'incident', 'task'].flatMap((table) =>
        ['Create', 'Update', 'Delete'].map((message) => ({ message, table })),
      );
      await simulator.admin('POST', '/webhooks', { url, auth: { type: 'WebhookKey', key }, steps });
    },
    live: async () => {
      await createLeads(simulator);
      await createCases(simulator, rows);
      return { records: leads + cases, called: `${leads} leads and ${cases} cases` };
    },
    told: async () => {
      const { delivered, failed, lost } = (await simulator.admin('GET', '/counts')) as Readonly<Record<string, number>>;
      return (delivered ?? 0) + (failed ?? 0) + (lost ?? 0);
    },
    tasks: async () => (await records('task')).length,
    deeds: async () => deedsOf(await records('lead'), await records('incident'), await records('task'), teams),
    stop: () => simulator.stop(),
  };
}

/** A team for each group of the routing model, under the group's name. */
async function createTeams(simulator: Simulator<Endpoints>): Promise<Readonly<Record<string, string>>> {
  const { manifest } = await shippedModel('case-routing');
  const created = manifest.classes.map(async (name) => {
    const { id } = (await simulator.admin('POST', '/records/team', { name })) as { readonly id: string };
    return [name, id] as const;
  });
  return Object.fromEntries(await Promise.all(created));
}

async function createLeads(simulator: Simulator<Endpoints>): Promise<void> {
  for (const lead of generateLeads(leads, 20260302)) {
    const own = Object.fromEntries(columns.map(({ field, column }) => [column, lead[field]]));
    const { FirstName: firstname, LastName: lastname, Company: companyname } = lead;
    await simulator.admin('POST', '/records/lead', { firstname, lastname, companyname, ...own });
  }
}

async function createCases(simulator: Simulator<Endpoints>, rows: readonly ModelRow[]): Promise<void> {
  const { id } = (await simulator.admin('POST', '/records/account', { name: 'Harbour Lane' })) as {
    readonly id: string;
  };
  for (const [n, row] of rows.entries()) {
    const own = Object.fromEntries(Object.entries(row).map(([name, value]) => [caseColumn(name), value]));
    const title = subjects[n % subjects.length];
    await simulator.admin('POST', '/records/incident', {
      title,
      'customerid_account@odata.bind': `/accounts(${id})`,
      ...own,
    });
  }
}

function deedsOf(
  scored: readonly Row[],
  incidents: readonly Row[],
  tasks: readonly Row[],
  teams: Readonly<Record<string, string>>,
): readonly Deeds[] {
  const owners = new Set(Object.values(teams));
  const asked = tasks.filter(({ subject }) => String(subject).startsWith('Keep the service level'));
  const counted = (rows: readonly Row[], holds: (row: Row) => boolean): number => rows.filter(holds).length;
  return [
    { usecase: 'lead-scoring', count: counted(scored, (row) => row.leadqualitycode === 1), what: 'leads rated hot' },
    {
      usecase: 'case-routing',
      count: counted(incidents, (row) => owners.has(String(row._ownerid_value))),
      what: 'cases given to a team',
    },
    { usecase: 'sla-breach', count: asked.length, what: 'tasks to keep a service level' },
  ];
}

function tenantFile(
  { baseUrl, tokenUrl, directoryId, clientId }: Endpoints,
  url: string,
  ofCases: readonly string[],
  teams: Readonly<Record<string, string>>,
): object {
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
        subscribe: ['lead', 'incident', 'task'],
        start: 'earliest',
        requestsPerSecond: 200,
        mapping: {
          lead: Object.fromEntries(columns.map(({ attribute, column }) => [attribute, column])),
          case: Object.fromEntries(ofCases.map((name) => [name, caseColumn(name)])),
        },
      },
    },
    useCases: useCases(teams),
  };
}

function useCases(teams: Readonly<Record<string, string>>): object {
  return {
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
    'case-routing': {
      connection: 'sales',
      bands: { automate: 0.8, suggest: 0.5 },
      act: {
        automate: [{ route: { field: 'ownerid', to: teams } }],
        suggest: [{ task: { subject: 'Give {{record.subject}} to {{label}}?', body: '{{ranking}}' } }],
      },
      outcome: { within: 'P30D' },
    },
    'sla-breach': {
      connection: 'sales',
      entity: 'case',
      bands: { late: 0.98 },
      act: {
        late: [{ task: { subject: 'Keep the service level of {{record.subject}}', due: 'PT4H', priority: 'high' } }],
      },
      outcome: { within: 'P30D' },
    },
  };
}

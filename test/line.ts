import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Log } from '../connectors/contract';
import { loadModels } from '../models/registry';
import { openLog } from '../services/log';
import { provideAll } from '../services/provision/provide';
import { projectRoot } from '../services/project-root';
import type { RuntimeOptions } from '../services/runtime';
import { startSignalbox, type Role, type Signalbox } from '../services/signalbox';
import { startSalesforce, type RunningSalesforce, type SalesforceOptions } from '../simulators/salesforce';
import { allConnectors, ledgerFolder } from '../cli/places';
import { leadFields } from '../cli/demo/lead-fields';
import { loadTenant } from '../tenants/load';
import type { Tenant } from '../tenants/tenant';

/** What a test wants to be different from the usual line. */
export interface LineOptions {
  readonly simulator?: SalesforceOptions;
  /** What happens in the org before anybody hears it. */
  readonly before?: (org: RunningSalesforce) => void;
  /** Merged into the connection of the tenant's file. */
  readonly connection?: Readonly<Record<string, unknown>>;
  /** Merged into its use case. */
  readonly useCase?: Readonly<Record<string, unknown>>;
  /** Further use cases, by name, and the identity rules of the tenant's file. */
  readonly useCases?: Readonly<Record<string, unknown>>;
  readonly identity?: Readonly<Record<string, unknown>>;
  /** The assistant of the tenant's file. */
  readonly assistant?: Readonly<Record<string, unknown>>;
  readonly roles?: readonly Role[];
  /** PostgreSQL instead of a PGlite in memory. */
  readonly databaseUrl?: string;
  /** A PGlite in this state folder, as `up` has it: commands look in beside the line. */
  readonly stateDir?: string;
}

/** The whole line on real parts, against a simulated org. */
export interface Line {
  readonly org: RunningSalesforce;
  readonly signalbox: Signalbox;
  readonly tenant: Tenant;
  readonly tenantFile: string;
  /** For another Signalbox on the same servers. */
  readonly runtime: RuntimeOptions;
  stop(): Promise<void>;
}

/** One log for the process: Temporal's own messages go there, too. */
export const log: Log = openLog(path.join(projectRoot, '.signalbox', 'test.log'));

/** A lead that the model calls hot, and one that it calls cold. */
export const hotLead = {
  LastName: 'Lopez',
  FirstName: 'Maria',
  Company: 'Bluewater',
  Status: 'Open - Not Contacted',
  Job__c: 'retired',
  Education__c: 'university.degree',
  Housing__c: 'no',
  Loan__c: 'no',
  Contact__c: 'cellular',
  Month__c: 'mar',
  Day_Of_Week__c: 'thu',
  Previous_Outcome__c: 'success',
  Campaign__c: 1,
  Pdays__c: 3,
  Previous__c: 2,
  Employment_Variation__c: -2.9,
  Consumer_Prices__c: 92.6,
  Consumer_Confidence__c: -33,
  Euribor__c: 0.8,
  Employed__c: 5040,
} as const;

export const coldLead = {
  ...hotLead,
  Job__c: 'blue-collar',
  Contact__c: 'telephone',
  Month__c: 'may',
  Previous_Outcome__c: 'nonexistent',
  Campaign__c: 4,
  Pdays__c: 999,
  Previous__c: 0,
  Employment_Variation__c: 1.4,
  Consumer_Prices__c: 93.9,
  Consumer_Confidence__c: -42,
  Euribor__c: 4.9,
  Employed__c: 5228,
} as const;

/** Starts the line for a tenant that no other test uses. Servers: those of the environment, or own ones. */
export async function startLine(options: LineOptions = {}): Promise<Line> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const servers = await provideAll({ rabbit: true, temporal: true, stateDir: path.join(projectRoot, '.signalbox') });
    closers.push(() => servers.stop());
    const fields = leadFields.map(({ name, type }) => ({ name, type }));
    const org = await startSalesforce({ ...options.simulator, fields: { Lead: fields, ...options.simulator?.fields } });
    closers.push(() => org.stop());
    options.before?.(org);
    const dir = await mkdtemp(path.join(tmpdir(), 'signalbox-line-'));
    closers.push(() => rm(dir, { recursive: true, force: true }));
    const { tenant, tenantFile } = await writeTenant(dir, org, options);
    const runtime: RuntimeOptions = {
      amqpUrl: servers.rabbit?.url ?? '',
      temporalAddress: servers.temporal?.url ?? '',
      ledger: ledgerOf(options),
      modelsDir: path.join(projectRoot, 'models'),
      tenants: new Map([[tenant.tenant, tenant]]),
      log,
    };
    const signalbox = await startSignalbox(runtime, options.roles);
    closers.push(() => signalbox.stop());
    return { org, signalbox, tenant, tenantFile, runtime, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ledgerOf({ databaseUrl, stateDir }: LineOptions): RuntimeOptions['ledger'] {
  if (databaseUrl !== undefined) return { url: databaseUrl };
  return stateDir === undefined ? {} : { folder: ledgerFolder(stateDir) };
}

/** Writes the file of a tenant that listens to leads and tasks, and loads it. */
export async function writeTenant(
  dir: string,
  org: Pick<RunningSalesforce, 'baseUrl' | 'grpcAddress' | 'caCertPem' | 'clients'>,
  options: Pick<LineOptions, 'connection' | 'useCase' | 'useCases' | 'identity' | 'assistant'> = {},
): Promise<{ readonly tenant: Tenant; readonly tenantFile: string; readonly env: Record<string, string> }> {
  const caFile = path.join(dir, 'ca.pem');
  await writeFile(caFile, org.caCertPem);
  const attributes = leadFields.flatMap(({ name, attribute }) => (attribute === undefined ? [] : [[attribute, name]]));
  const written = {
    tenant: `t${randomBytes(4).toString('hex')}`,
    partitions: 4,
    connections: {
      sales: {
        connector: 'salesforce',
        baseUrl: org.baseUrl,
        pubsubEndpoint: org.grpcAddress,
        pubsubCa: `file:${caFile}`,
        auth: { kind: 'client-credentials', clientId: 'env:SF_ID', clientSecret: 'env:SF_SECRET' },
        subscribe: ['/data/LeadChangeEvent', '/data/TaskChangeEvent'],
        start: 'earliest',
        requestsPerSecond: 500,
        mapping: { lead: Object.fromEntries(attributes) as Record<string, string> },
        ...options.connection,
      },
    },
    ...(options.assistant === undefined ? {} : { assistant: options.assistant }),
    ...(options.identity === undefined ? {} : { identity: { secret: 'env:IDENTITY', rules: options.identity } }),
    useCases: {
      'lead-scoring': {
        connection: 'sales',
        when: '$not(record.isConverted = true)',
        bands: { hot: 0.5, warm: 0.25 },
        act: {
          hot: [
            { task: { subject: 'Call {{record.name}} today', due: 'PT4H', priority: 'high', assignTo: 'owner' } },
            { set: { field: 'Rating', value: 'Hot' } },
          ],
          warm: [{ set: { field: 'Rating', value: 'Warm' } }],
        },
        outcome: { won: 'record.isConverted', within: 'P30D' },
        ...options.useCase,
      },
      ...options.useCases,
    },
  };
  const tenantFile = path.join(dir, 'tenant.yaml');
  await writeFile(tenantFile, stringify(written));
  const { clientId = '', clientSecret = '' } = org.clients['integration'] ?? {};
  const env = { SF_ID: clientId, SF_SECRET: clientSecret, IDENTITY: 'a secret of more than 32 characters' };
  const models = await loadModels(path.join(projectRoot, 'models'));
  return { tenant: loadTenant(tenantFile, { env, connectors: allConnectors, models }), tenantFile, env };
}

/** Polls until the question is answered with something; fails with what was asked when the time is over. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wait(50);
  }
}

/** Waits until the clock shows another of its units, in ms: a CRM that orders changes by their time cannot order two of one. */
export async function clockMoves(unitMs = 1): Promise<void> {
  const now = (): number => Math.floor(Date.now() / unitMs);
  const before = now();
  await until('the clock to move', () => now() > before);
}

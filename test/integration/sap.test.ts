import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { connectors } from '../../connectors/registry';
import type { HistoryEntry } from '../../ledger/ledger';
import { loadModels } from '../../models/registry';
import { freePort } from '../../services/provision/machine';
import { provideAll } from '../../services/provision/provide';
import { projectRoot } from '../../services/project-root';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import { type RunningSap, startSap } from '../../simulators/sap';
import { loadTenant } from '../../tenants/load';
import { log, until } from '../line';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const tenant = `t${randomBytes(4).toString('hex')}`;
const accounts = 'CorporateAccountCollection';
const webhook = { user: 'EVENTMESH', password: 'a-password-of-the-webhook' };

/** The churn model's features as extension fields of an account: one that is about to leave, and one that stays. */
const leaving = {
  tenure: '1',
  contract: 'Month-to-month',
  internetService: 'Fiber optic',
  multipleLines: 'No',
  onlineSecurity: 'No',
  onlineBackup: 'No',
  deviceProtection: 'No',
  techSupport: 'No',
  streamingTv: 'Yes',
  streamingMovies: 'Yes',
  paperlessBilling: 'Yes',
  paymentMethod: 'Electronic check',
  monthlyCharges: '95.10',
  totalCharges: '95.10',
};
const staying = { ...leaving, tenure: '70', contract: 'Two year', totalCharges: '6657.00', techSupport: 'Yes' };
const names = Object.keys(leaving);

const closers: (() => Promise<unknown>)[] = [];
let system: RunningSap;
let signalbox: Signalbox;

beforeAll(async () => {
  const servers = await provideAll({ rabbit: true, temporal: true, stateDir: path.join(projectRoot, '.signalbox') });
  closers.push(() => servers.stop());
  system = await startSap({
    redeliveryMs: 5,
    extensionFields: { TaskCollection: ['SignalboxKey_KUT'], [accounts]: names.map((name) => `${name}_KUT`) },
  });
  closers.push(() => system.stop());
  const dir = await mkdtemp(path.join(tmpdir(), 'signalbox-sap-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'tenant.yaml');
  await writeFile(file, stringify(tenantFile()));
  const models = [...(await loadModels(path.join(projectRoot, 'models'))).keys()];
  const env = { SAP_PASSWORD: system.basicPassword, SAP_PUSH: webhook.password };
  const port = await freePort();
  signalbox = await startSignalbox({
    amqpUrl: servers.rabbit?.url ?? '',
    temporalAddress: servers.temporal?.url ?? '',
    ledger: {},
    modelsDir: path.join(projectRoot, 'models'),
    tenants: new Map([[tenant, loadTenant(file, { env, connectors: [...connectors.values()], models })]]),
    log,
    listen: { host: '127.0.0.1', port },
  });
  closers.push(() => signalbox.stop());
  await system.admin.subscribe({
    endpoint: `http://127.0.0.1:${port}/in/${tenant}/service`,
    auth: { kind: 'basic', ...webhook },
    topics: [`${system.eventMesh.namespace}/ce/sap/*`],
  });
}, 120_000);

afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function tenantFile(): object {
  return {
    tenant,
    connections: {
      service: {
        connector: 'sap',
        product: 'c4c',
        baseUrl: system.c4cUrl,
        auth: { kind: 'basic', username: system.basicUser, password: 'env:SAP_PASSWORD' },
        inbound: { kind: 'basic', username: webhook.user, password: 'env:SAP_PUSH' },
        subscribe: ['events'],
        start: 'earliest',
        ownUsers: [system.users.api.id],
        requestsPerSecond: 200,
        mapping: { account: Object.fromEntries(names.map((name) => [name, `extensions.${name}`])) },
      },
    },
    useCases: {
      churn: {
        connection: 'service',
        entity: 'account',
        bands: { leaving: 0.5 },
        act: {
          leaving: [
            { task: { subject: 'Call {{record.name}} before they leave', due: 'P2D', priority: 'high' } },
            { set: { field: 'AdditionalName', value: 'Likely to leave' } },
          ],
        },
        outcome: { within: 'P30D' },
      },
    },
  };
}

const fieldsOf = (values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}_KUT`, value]));

const account = (name: string, values: Readonly<Record<string, string>>): string =>
  system.admin.create(accounts, { Name: name, RoleCode: 'CRM000', ...fieldsOf(values) });

const keyOf = (task: Readonly<Record<string, unknown>>): string => String(task.SignalboxKey_KUT);
const tasksOf = (decision: string) => system.admin.tasks().filter((task) => keyOf(task).includes(decision));

async function historyOf<K extends HistoryEntry['kind']>(id: string, kind: K) {
  const all = await signalbox.runtime.ledger.history(tenant, id);
  return all.filter((entry): entry is Extract<HistoryEntry, { readonly kind: K }> => entry.kind === kind);
}

const decisionOn = (id: string, nth = 0) =>
  until(`decision ${nth} about ${id}`, async () => (await historyOf(id, 'decision'))[nth]?.decision);

test('an account whose contract turns bad gets one task with the reasons, and the own write is no reason to act again', async () => {
  const id = account('Pumpen Maier', staying);
  expect(await decisionOn(id)).toMatchObject({ outcome: 'none', model: { name: 'churn' } });
  system.admin.update(accounts, id, fieldsOf(leaving));
  const decision = await decisionOn(id, 1);
  expect(decision).toMatchObject({ outcome: 'act', band: 'leaving' });
  const task = await until('the task', () => tasksOf(decision.id)[0]);
  expect(JSON.stringify(task)).toContain('Call Pumpen Maier before they leave');
  expect(keyOf(task)).toBe(`sbx:${decision.id}:create-task`);
  await until('the field', () => system.admin.record(accounts, id).AdditionalName === 'Likely to leave');
  await until('the echo of the own write', async () =>
    (await historyOf(id, 'event')).some(({ event }) => event.origin === 'self'),
  );
  expect(await historyOf(id, 'decision')).toHaveLength(2);
  expect(tasksOf(decision.id)).toHaveLength(1);
});

test('an event that is pushed twice makes one decision and one task', async () => {
  system.admin.fault({ kind: 'duplicateEvents' });
  const id = account('Twice & Sons', leaving);
  const { id: decision } = await decisionOn(id);
  await until('the task', () => tasksOf(decision)[0]);
  await until(
    'the duplicate to be dropped',
    async () => (await signalbox.runtime.ledger.counts(tenant)).duplicatesDropped > 0,
  );
  system.admin.fault({ kind: 'clear' });
  expect(await historyOf(id, 'decision')).toHaveLength(1);
  expect(tasksOf(decision)).toHaveLength(1);
});

test('a lost session and a busy system delay the task and do not double it', async () => {
  system.admin.fault({ kind: 'csrfLoss' });
  system.admin.fault({ kind: 'serverUnavailable', on: 'write', retryAfter: 1 });
  const id = account('Patience', leaving);
  const { id: decision } = await decisionOn(id);
  await until('the task', () => tasksOf(decision)[0]);
  system.admin.fault({ kind: 'clear' });
  await until('the engagement to know its task', async () => {
    const row = await signalbox.runtime.ledger.engagement(tenant, `account/${id}`, 'churn');
    return row?.taskid !== undefined;
  });
  expect(tasksOf(decision)).toHaveLength(1);
});

test('a body that is none goes to the quarantine with its bytes, and the stream goes on', async () => {
  system.admin.fault({ kind: 'poisonEvent' });
  const [row] = await until('the quarantine', async () => {
    const open = await signalbox.runtime.ledger.quarantine.list(tenant, 'open');
    return open.length > 0 ? open : undefined;
  });
  expect(row).toMatchObject({ connection: 'service', stream: 'events' });
  const id = account('After the poison', leaving);
  const { id: decision } = await decisionOn(id);
  await until('the task', () => tasksOf(decision)[0]);
});

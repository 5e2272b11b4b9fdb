import { randomBytes } from 'node:crypto';
import type { HistoryEntry } from '../../ledger/ledger';
import type { Signalbox } from '../../services/signalbox';
import { type RunningSap, startSap } from '../../simulators/sap';
import { clockMoves, until } from '../line';
import { type PushedLine, startPushedLine } from '../pushed-line';
import { leaving, staying } from './churn-accounts';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const tenant = `t${randomBytes(4).toString('hex')}`;
const accounts = 'CorporateAccountCollection';
const webhook = { user: 'EVENTMESH', password: 'a-password-of-the-webhook' };

const names = Object.keys(leaving);

let line: PushedLine<RunningSap>;
let system: RunningSap;
let signalbox: Signalbox;

beforeAll(async () => {
  const extensionFields = { TaskCollection: ['SignalboxKey_KUT'], [accounts]: names.map((name) => `${name}_KUT`) };
  line = await startPushedLine(
    () => startSap({ redeliveryMs: 5, extensionFields }),
    (crm) => ({ tenant, file: fileOf(crm), env: { SAP_PASSWORD: crm.basicPassword, SAP_PUSH: webhook.password } }),
  );
  ({ crm: system, signalbox } = line);
  await system.admin.subscribe({
    endpoint: `${line.origin}/in/${tenant}/service`,
    auth: { kind: 'basic', ...webhook },
    topics: [`${system.eventMesh.namespace}/ce/sap/*`],
  });
}, 120_000);

afterAll(() => line.stop());

function fileOf({ c4cUrl, basicUser, users }: RunningSap): object {
  return {
    tenant,
    connections: {
      service: {
        connector: 'sap',
        product: 'c4c',
        baseUrl: c4cUrl,
        auth: { kind: 'basic', username: basicUser, password: 'env:SAP_PASSWORD' },
        inbound: { kind: 'basic', username: webhook.user, password: 'env:SAP_PUSH' },
        subscribe: ['events'],
        start: 'earliest',
        ownUsers: [users.api.id],
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

const historyOf = <K extends HistoryEntry['kind']>(id: string, kind: K) => entries(line, { tenant }, id, kind);

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

test('of two events that arrive the wrong way round the newer one counts, and nothing is doubled', async () => {
  const id = account('Other Way Round', staying);
  await decisionOn(id);
  system.admin.fault({ kind: 'reorderEvents' });
  system.admin.update(accounts, id, fieldsOf(leaving));
  await clockMoves();
  system.admin.update(accounts, id, { Name: 'The Right Way Round' });
  const updates = async () =>
    (await historyOf(id, 'event')).filter(
      ({ event }) => event.origin === 'external' && event.data.change.kind === 'updated',
    );
  await until('both of them', async () => (await updates()).length === 2);
  const { id: decision } = await decisionOn(id, 1);
  const task = await until('the task', () => tasksOf(decision)[0]);
  expect(JSON.stringify(task)).toContain('Call The Right Way Round before they leave');
  const [known] = await signalbox.runtime.ledger.records(tenant, [`account/${id}`]);
  expect(known?.record).toMatchObject({ name: 'The Right Way Round' });
  expect(system.admin.tasks().filter((one) => JSON.stringify(one).includes('Right Way Round'))).toHaveLength(1);
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

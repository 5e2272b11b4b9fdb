import { randomBytes } from 'node:crypto';
import type { HistoryEntry } from '../../ledger/ledger';
import { type RunningSap, startSap } from '../../simulators/sap';
import { clockMoves, until } from '../line';
import { type PushedLine, startPushedLine } from '../pushed-line';
import { leaving, staying } from './churn-accounts';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const tenant = `t${randomBytes(4).toString('hex')}`;
const webhook = { user: 'V2OUTBOUND', password: 'a-password-of-the-webhook' };

const names = Object.keys(leaving);

let line: PushedLine<RunningSap>;
let system: RunningSap;

beforeAll(async () => {
  const keyed = ['SignalboxKey'];
  const v2ExtensionFields = { tasks: keyed, cases: keyed, accounts: [...names, 'Outlook'] };
  line = await startPushedLine(
    () => startSap({ redeliveryMs: 5, v2ExtensionFields }),
    (crm) => ({
      tenant,
      file: fileOf(crm),
      env: { SAP_CLIENT: crm.clientId, SAP_SECRET: crm.clientSecret, SAP_PUSH: webhook.password },
    }),
  );
  system = line.crm;
  await system.admin.subscribe({
    endpoint: `${line.origin}/in/${tenant}/cloud`,
    auth: { kind: 'basic', ...webhook },
    topics: [`${system.eventMesh.namespace}/ce/sap/*`],
  });
}, 120_000);

afterAll(() => line.stop());

function fileOf({ v2Url, tokenUrl, users }: RunningSap): object {
  return {
    tenant,
    connections: {
      cloud: {
        connector: 'sap',
        product: 'v2',
        baseUrl: v2Url,
        auth: {
          kind: 'client-credentials',
          loginUrl: tokenUrl,
          clientId: 'env:SAP_CLIENT',
          clientSecret: 'env:SAP_SECRET',
        },
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
        connection: 'cloud',
        entity: 'account',
        bands: { leaving: 0.5 },
        act: {
          leaving: [
            { task: { subject: 'Call {{record.name}} before they leave', due: 'P2D', priority: 'high' } },
            { case: { subject: 'Keep {{record.name}}', priority: 'high', team: 'RETENTION' } },
            { note: { title: '{{record.name}} is likely to leave' } },
            { set: { field: 'extensions.Outlook', value: 'Likely to leave' } },
          ],
        },
        materialChange: 0,
        outcome: { within: 'P30D' },
      },
    },
  };
}

const account = (firstLineName: string, extensions: Readonly<Record<string, string>>): string =>
  system.admin.v2.create('accounts', { firstLineName, extensions });

const historyOf = <K extends HistoryEntry['kind']>(id: string, kind: K) => entries(line, { tenant }, id, kind);
const of = (set: string, decision: string) =>
  system.admin.v2.records(set).filter(({ extensions }) => JSON.stringify(extensions ?? {}).includes(decision));
const outlookOf = (id: string): unknown =>
  (system.admin.v2.record('accounts', id).extensions as Readonly<Record<string, unknown>>).Outlook;

const decisionOn = (id: string, nth = 0) =>
  until(`decision ${nth} about ${id}`, async () => (await historyOf(id, 'decision'))[nth]?.decision);
const echoesOf = async (id: string): Promise<number> =>
  (await historyOf(id, 'event')).filter(({ event }) => event.origin === 'self' && event.subject === `account/${id}`)
    .length;

test('an account whose contract turns bad gets a task, one case and a note, and the own writes are no reason to act again', async () => {
  const id = account('Pumpen Maier', staying);
  expect(await decisionOn(id)).toMatchObject({ outcome: 'none', model: { name: 'churn' } });
  system.admin.v2.update('accounts', id, { extensions: leaving });
  const decision = await decisionOn(id, 1);
  expect(decision).toMatchObject({ outcome: 'act', band: 'leaving' });
  const task = await until('the task', () => of('tasks', decision.id)[0]);
  expect(task).toMatchObject({
    description: expect.stringContaining('Call Pumpen Maier before they leave') as string,
    account: { id },
    extensions: { SignalboxKey: `sbx:${decision.id}:create-task` },
  });
  const opened = await until('the case', () => of('cases', decision.id)[0]);
  expect(opened).toMatchObject({ account: { id }, serviceTeam: { displayId: 'RETENTION' }, priority: '02' });
  await until('the field', () => outlookOf(id) === 'Likely to leave');
  expect(JSON.stringify(system.admin.v2.record('accounts', id).notes)).toContain('is likely to leave');
  // The note and the field are two writes of the account.
  await until('the echoes of the own writes', async () => (await echoesOf(id)) >= 2);
  expect(await historyOf(id, 'decision')).toHaveLength(2);

  // A newer decision changes the task and the case, and leaves another note.
  system.admin.v2.update('accounts', id, { extensions: { ...leaving, monthlyCharges: '20.00' } });
  const { id: later } = await decisionOn(id, 2);
  await until('the changed task', () => JSON.stringify(system.admin.v2.record('tasks', task.id).notes).includes(later));
  await until('the other note', () =>
    JSON.stringify(system.admin.v2.record('accounts', id).notes).includes(`${later}:add-note`),
  );
  await until('the changed case', () =>
    JSON.stringify(system.admin.v2.record('cases', opened.id).description).includes(later),
  );
  expect(system.admin.v2.records('tasks')).toHaveLength(1);
  expect(system.admin.v2.records('cases')).toHaveLength(1);

  // The agent completes the case: that ends the engagement, and settles the task.
  system.admin.v2.update('cases', opened.id, { lifeCycleStatus: 'COMPLETED' });
  await until('the engagement to end', async () => {
    const row = await line.signalbox.runtime.ledger.engagement(tenant, `account/${id}`, 'churn');
    return row?.status === 'closed' && row.outcome === 'completed';
  });
  expect(system.admin.v2.record('tasks', task.id)).toMatchObject({ status: 'COMPLETED' });
});

test('of two events that arrive the wrong way round the newer one counts, and nothing is doubled', async () => {
  const id = account('Other Way Round', staying);
  await decisionOn(id);
  system.admin.fault({ kind: 'reorderEvents' });
  system.admin.v2.update('accounts', id, { extensions: leaving });
  await clockMoves();
  system.admin.v2.update('accounts', id, { firstLineName: 'The Right Way Round' });
  const updates = async () =>
    (await historyOf(id, 'event')).filter(
      ({ event }) => event.origin === 'external' && event.data.change.kind === 'updated',
    );
  await until('both of them', async () => (await updates()).length === 2);
  const { id: decision } = await decisionOn(id, 1);
  const task = await until('the task', () => of('tasks', decision)[0]);
  expect(task.description).toContain('Call The Right Way Round before they leave');
  const [known] = await line.signalbox.runtime.ledger.records(tenant, [`account/${id}`]);
  expect(known?.record).toMatchObject({ name: 'The Right Way Round' });
  expect(system.admin.v2.records('tasks').filter((one) => JSON.stringify(one.account).includes(id))).toHaveLength(1);
});

test('a lost answer, a busy tenant and somebody who is quicker delay the effects and double none', async () => {
  system.admin.fault({ kind: 'tooManyRequests', on: 'write', retryAfter: 1 });
  system.admin.fault({ kind: 'parallelChange' });
  const id = account('Patience', leaving);
  const { id: decision } = await decisionOn(id);
  await until('the task', () => of('tasks', decision)[0]);
  await until('the case', () => of('cases', decision)[0]);
  await until('the field', () => outlookOf(id) === 'Likely to leave');
  system.admin.fault({ kind: 'clear' });
  await until('the engagement to know its task', async () => {
    const row = await line.signalbox.runtime.ledger.engagement(tenant, `account/${id}`, 'churn');
    return row?.taskid !== undefined;
  });
  expect([of('tasks', decision), of('cases', decision)].map(({ length }) => length)).toEqual([1, 1]);
});

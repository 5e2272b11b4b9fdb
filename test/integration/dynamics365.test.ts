import type { HistoryEntry } from '../../ledger/ledger';
import type { Signalbox } from '../../services/signalbox';
import type { RunningDynamics365 } from '../../simulators/dynamics365';
import { type Dynamics365Line, leadOf, startDynamics365Line } from '../dynamics365-line';
import { clockMoves, coldLead, hotLead, until } from '../line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

let line: Dynamics365Line;
let tenant: string;
let org: RunningDynamics365;
let signalbox: Signalbox;

beforeAll(async () => {
  line = await startDynamics365Line();
  ({ crm: org, signalbox, tenant } = line);
}, 120_000);

afterAll(() => line.stop());

const tasksAbout = (lead: string) => org.admin.tasks().filter(({ _regardingobjectid_value: about }) => about === lead);
const untilTask = (lead: string) => until('a task about the lead', () => tasksAbout(lead)[0]);

async function untilClosed(lead: string, outcome: string): Promise<void> {
  await until(`the engagement to end as ${outcome}`, async () => {
    const row = await signalbox.runtime.ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
    return row?.status === 'closed' && row.outcome === outcome;
  });
}

/** The engagement knows its task: from then on the task's events are told to it. */
function untilKnown(lead: string): Promise<string> {
  return until('the engagement to know its task', async () => {
    const row = await signalbox.runtime.ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
    return row?.status === 'open' ? row.taskid : undefined;
  });
}

const historyOf = <K extends HistoryEntry['kind']>(lead: string, kind: K) => entries(line, { tenant }, lead, kind);

test('a lead changes, its webhook arrives, a task for its owner appears, and the own write is no reason to act again', async () => {
  const person = org.admin.person('Jo Doe');
  const lead = await org.admin.create('lead', leadOf(coldLead), person);
  await until('the first decision', async () => (await historyOf(lead, 'decision'))[0]);
  expect(tasksAbout(lead)).toEqual([]);
  await org.admin.update('lead', lead, leadOf(hotLead));
  expect(await untilTask(lead)).toMatchObject({
    subject: 'Call Maria Lopez today (92 % likely)',
    prioritycode: 2,
    statecode: 0,
    _ownerid_value: person,
  });
  await until('the rating', () => org.admin.record('lead', lead)?.leadqualitycode === 1);
  await until('the echo of the own write', async () =>
    (await historyOf(lead, 'event')).some(({ event }) => event.origin === 'self'),
  );
  expect(await historyOf(lead, 'decision')).toHaveLength(2);
  expect(tasksAbout(lead)).toHaveLength(1);
});

test('a task that a person completes ends the engagement', async () => {
  const lead = await org.admin.create('lead', leadOf(hotLead));
  const taskId = await untilKnown(lead);
  await org.admin.completeTask(taskId);
  await untilClosed(lead, 'completed');
});

test('a qualified lead is won, and its task is closed and says so', async () => {
  const lead = await org.admin.create('lead', leadOf(hotLead));
  await untilKnown(lead);
  await org.admin.qualifyLead(lead);
  await untilClosed(lead, 'won');
  expect(tasksAbout(lead)).toMatchObject([
    { statecode: 1, description: expect.stringContaining('Closed by Signalbox: won.') as string },
  ]);
});

test('a context without its data is completed by reading the row', async () => {
  org.admin.fault({ kind: 'oversizeWebhook' });
  const lead = await org.admin.create('lead', leadOf(hotLead));
  expect(await untilTask(lead)).toMatchObject({ subject: 'Call Maria Lopez today (92 % likely)' });
  const [{ event } = { event: undefined }] = await historyOf(lead, 'event');
  expect(event?.data).toMatchObject({ change: { kind: 'created', gap: true }, provenance: { record: 'hydrated' } });
});

test('a webhook that comes twice makes one event and one task', async () => {
  org.admin.fault({ kind: 'duplicateWebhook' });
  const lead = await org.admin.create('lead', leadOf(hotLead));
  await untilKnown(lead);
  await org.admin.idle();
  const isTold = (kind: string) => async () =>
    (await historyOf(lead, 'event')).filter(({ event }) => event.data.change.kind === kind).length === 1;
  expect(await isTold('created')()).toBe(true);
  expect(tasksAbout(lead)).toHaveLength(1);
});

test('of two changes that arrive the wrong way round the newer one counts, and nothing is doubled', async () => {
  const lead = await org.admin.create('lead', leadOf(coldLead));
  await until('the first decision', async () => (await historyOf(lead, 'decision'))[0]);
  org.admin.fault({ kind: 'outOfOrderWebhook' });
  await org.admin.update('lead', lead, leadOf(hotLead));
  await clockMoves(1_000);
  await org.admin.update('lead', lead, { jobtitle: 'Buyer' });
  await org.admin.idle();
  const updates = async () =>
    (await historyOf(lead, 'event')).filter(
      ({ event }) => event.origin === 'external' && event.data.change.kind === 'updated',
    );
  await until('both of them', async () => (await updates()).length === 2);
  expect((await updates()).map(({ status }) => status).toSorted()).toEqual(['decided', 'ignored']);
  expect(await untilTask(lead)).toMatchObject({ subject: 'Call Maria Lopez today (92 % likely)' });
  await untilKnown(lead);
  const [known] = await signalbox.runtime.ledger.records(tenant, [`lead/${lead}`]);
  expect(known?.record).toMatchObject({ title: 'Buyer', attributes: { job: hotLead['Job__c'] } });
  expect(await historyOf(lead, 'decision')).toHaveLength(2);
  expect(tasksAbout(lead)).toHaveLength(1);
});

test('a body that is none goes to the quarantine, and the stream goes on', async () => {
  const before = (await signalbox.runtime.ledger.quarantine.list(tenant, 'open')).length;
  org.admin.fault({ kind: 'invalidWebhook' });
  const broken = await org.admin.create('lead', leadOf(coldLead));
  await until(
    'the quarantine',
    async () => (await signalbox.runtime.ledger.quarantine.list(tenant, 'open')).length > before,
  );
  expect(await historyOf(broken, 'event')).toEqual([]);
  const lead = await org.admin.create('lead', leadOf(hotLead));
  await untilTask(lead);
});

test('a busy Dataverse delays the task and does not double it', async () => {
  org.admin.fault({ kind: 'throttle', times: 2, retryAfter: 1 });
  const lead = await org.admin.create('lead', leadOf(hotLead));
  await untilTask(lead);
  org.admin.fault({ kind: 'clear' });
  await untilKnown(lead);
  expect(tasksAbout(lead)).toHaveLength(1);
});

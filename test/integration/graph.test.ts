import type { HistoryEntry } from '../../ledger/ledger';
import type { RunningGraph } from '../../simulators/graph';
import { type GraphLine, startGraphLine } from '../graph-line';
import { until } from '../line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

let line: GraphLine;
let directory: RunningGraph;
let tenant: string;
let inbox: string;
let list: string;

beforeAll(async () => {
  line = await startGraphLine();
  ({ crm: directory, tenant, inbox, list } = line);
}, 120_000);

afterAll(() => line.stop());

const mail = (subject: string): string => {
  const from = { emailAddress: { name: 'Maria Lopez', address: 'maria@bluewater.example' } };
  return `${inbox}/${directory.admin.create(inbox, { subject, from })}`;
};
const historyOf = <K extends HistoryEntry['kind']>(lead: string, kind: K) => entries(line, { tenant }, lead, kind);
const tasksAbout = (lead: string) =>
  directory.admin.items(list).filter(({ linkedResources }) => JSON.stringify(linkedResources).includes(lead));

test('a mail arrives, is decided, and a task for it appears in To Do', async () => {
  const lead = mail('Enquiry about a deposit');
  const task = await until('a task about the mail', () => tasksAbout(lead)[0]);
  expect(task).toMatchObject({ title: expect.stringMatching(/^Call Maria Lopez today/) as string, importance: 'high' });
  const [{ event } = { event: undefined }] = await historyOf(lead, 'event');
  expect(event).toMatchObject({ type: 'io.signalbox.lead.created.v1', dataclassification: 'confidential' });
  // The task is told by its key alone. It is read, known by the key of its action, and nobody acts on it.
  const subject = `task/${list}/${String(task.id)}`;
  await until('the echo of the own write', async () =>
    (await line.signalbox.runtime.ledger.history(tenant, subject)).some(({ kind }) => kind === 'event'),
  );
  const [echo] = await line.signalbox.runtime.ledger.records(tenant, [subject]);
  expect(echo?.record.key).toMatch(/^sbx:.+:create-task$/);
  expect(await historyOf(lead, 'decision')).toHaveLength(1);
});

test('a task that a person completes in To Do ends the engagement', async () => {
  const lead = mail('Enquiry about a card');
  const row = () => line.signalbox.runtime.ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
  const taskId = await until('the engagement to know its task', async () => (await row())?.taskid);
  directory.admin.update(list, taskId.split('/').at(-1) ?? '', { status: 'completed' });
  await until('the engagement to end', async () => (await row())?.outcome === 'completed');
});

test('a mail that the tenant does not ask about is recorded and not decided', async () => {
  const lead = mail('Newsletter');
  await until('the event', async () => (await historyOf(lead, 'event'))[0]);
  const after = mail('Enquiry after it');
  await until('a task about the later one', () => tasksAbout(after)[0]);
  expect(tasksAbout(lead)).toEqual([]);
});

test('a notification that comes twice makes one event and one task', async () => {
  directory.admin.fault({ kind: 'duplicateNotification' });
  const lead = mail('Enquiry, told twice');
  await until('a task about the mail', () => tasksAbout(lead)[0]);
  await directory.admin.idle();
  expect(await historyOf(lead, 'event')).toHaveLength(1);
  expect(tasksAbout(lead)).toHaveLength(1);
});

test('a resource that cannot be opened goes to the quarantine, and the stream goes on', async () => {
  directory.admin.fault({ kind: 'invalidNotification' });
  const lead = mail('Enquiry, changed on its way');
  const codes = async () =>
    (await line.signalbox.runtime.ledger.quarantine.list(tenant, 'open')).map(({ code }) => code);
  await until('the quarantine', async () => (await codes()).includes('SBX_GRAPH_SIGNATURE'));
  expect(await historyOf(lead, 'event')).toEqual([]);
  const next = mail('Enquiry after it');
  await until('a task about the next one', () => tasksAbout(next)[0]);
});

test('a change that Graph lost is read back once Graph says that it missed some', async () => {
  directory.admin.fault({ kind: 'lostNotification' });
  const lead = mail('Enquiry, never told');
  directory.admin.fault({ kind: 'missed' });
  await until('a task about the mail', () => tasksAbout(lead)[0]);
  const [{ event } = { event: undefined }] = await historyOf(lead, 'event');
  expect(event?.data.change.kind).toBe('observed');
});

test('subscriptions that have ended are made again', async () => {
  const before = directory.admin.subscriptions().map(({ id }) => id);
  directory.admin.fault({ kind: 'expiredSubscriptions' });
  await until('new subscriptions', () => directory.admin.subscriptions().length === 2);
  expect(directory.admin.subscriptions().some(({ id }) => before.includes(id))).toBe(false);
  const lead = mail('Enquiry after the end');
  await until('a task about the mail', () => tasksAbout(lead)[0]);
});

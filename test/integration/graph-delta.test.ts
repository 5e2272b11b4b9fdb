import type { Reconciled } from '../../activities/subscription-types';
import { signalbox as command } from '../../cli/terminal.fixture';
import type { HistoryEntry } from '../../ledger/ledger';
import { type GraphLine, startGraphLine } from '../graph-line';
import { until } from '../line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(180_000);

let line: GraphLine;
let inbox: string;
let list: string;

const markName = (stream: string) => ({ tenant: line.tenant, connection: 'office', stream: `reconcile/${stream}` });
const markOf = (stream: string) => line.signalbox.runtime.ledger.loadPosition(markName(stream));

beforeAll(async () => {
  line = await startGraphLine();
  ({ inbox, list } = line);
  for (const stream of [inbox, list]) await until(`the first token of ${stream}`, () => markOf(stream));
}, 120_000);

afterAll(() => line.stop());

const idOf = (path: string): string => path.split('/').at(-1) ?? '';
const mail = (subject: string): string => {
  const from = { emailAddress: { name: 'Maria Lopez', address: 'maria@bluewater.example' } };
  return `${inbox}/${line.crm.admin.create(inbox, { subject, from })}`;
};
const historyOf = <K extends HistoryEntry['kind']>(lead: string, kind: K) => entries(line, line, lead, kind);
const eventsOf = async (lead: string) =>
  (await historyOf(lead, 'event')).map(({ event }) => event).filter(({ subject }) => subject === `lead/${lead}`);
const kindsOf = async (lead: string) => (await eventsOf(lead)).map(({ data }) => data.change.kind);
const decisionsOf = async (lead: string): Promise<number> => (await historyOf(lead, 'decision')).length;
const tasksAbout = (lead: string) =>
  line.crm.admin.items(list).filter(({ linkedResources }) => JSON.stringify(linkedResources).includes(lead));
const engagementOf = (lead: string) =>
  line.signalbox.runtime.ledger.engagement(line.tenant, `lead/${lead}`, 'lead-scoring');
const untilTask = (lead: string): Promise<string> =>
  until('the engagement to know its task', async () => (await engagementOf(lead))?.taskid);
const gaps = () => line.signalbox.runtime.ledger.gaps.list(line.tenant, 'all');

/** As a person asks for it, for one stream. */
async function reconcile(stream: string): Promise<Reconciled> {
  const args = ['--tenant-file', line.tenantFile, '--connection', 'office', '--stream', stream, '--grace', 'PT0S'];
  const env = { ...line.env, TEMPORAL_ADDRESS: line.temporalAddress };
  const { code, out, err } = await command(['reconcile', ...args, '--json'], { env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [done] = (JSON.parse(out) as { readonly streams: readonly Reconciled[] }).streams;
  if (done === undefined) throw new Error(`no answer for ${stream}`);
  return done;
}

/** Compares until nothing is missing, so that the next comparison sees only what comes. */
async function settle(): Promise<void> {
  await line.crm.admin.idle();
  for (const stream of [inbox, list]) {
    await until(`${stream} to be known`, async () => (await reconcile(stream)).missing === 0);
  }
}

/** Lets things happen of which no notification tells. */
async function unheard<T>(happen: () => T): Promise<T> {
  const { admin } = line.crm;
  await admin.idle();
  admin.fault({ kind: 'lostNotification', times: 1_000 });
  const done = happen();
  await admin.idle();
  admin.fault({ kind: 'clear' });
  return done;
}

test('what no notification told comes in: mails, a change, a deletion, a completed task; a second run finds nothing', async () => {
  const { admin } = line.crm;
  const [known, gone, done] = [mail('Newsletter'), mail('Enquiry, withdrawn'), mail('Enquiry, answered')];
  await until('the mail', async () => (await eventsOf(known)).length === 1);
  for (const lead of [gone, done]) await untilTask(lead);
  await settle();

  const made = await unheard(() => {
    admin.update(inbox, idOf(known), { subject: 'Enquiry after all' });
    admin.remove(inbox, idOf(gone));
    admin.update(list, String(tasksAbout(done)[0]?.id), { status: 'completed' });
    return [mail('Enquiry, never told'), mail('Enquiry, never told either')];
  });
  expect(await kindsOf(known)).toEqual(['created']);

  const found = await reconcile(inbox);
  expect(found).toMatchObject({ isFirst: false, isResync: false, found: 4, missing: 4, deleted: 1 });
  expect((await gaps()).find(({ id }) => id === found.gap)).toMatchObject({ recovered: 4, duplicates: 0 });
  await until('the engagement to end as gone', async () => (await engagementOf(gone))?.outcome === 'gone');
  for (const lead of [known, ...made]) await untilTask(lead);
  expect(await reconcile(list)).toMatchObject({ isResync: false });
  await until('the engagement to end', async () => (await engagementOf(done))?.outcome === 'completed');

  await settle();
  expect(await reconcile(inbox)).toMatchObject({ found: 0, missing: 0 });
  const all = [known, gone, done, ...made];
  expect(await Promise.all(all.map(kindsOf))).toEqual([
    ['created', 'observed'],
    ['created', 'deleted'],
    ['created'],
    ['observed'],
    ['observed'],
  ]);
  expect(await Promise.all([known, ...made].map(decisionsOf))).toEqual([1, 1, 1]);
  expect([known, ...made].map((lead) => tasksAbout(lead).length)).toEqual([1, 1, 1]);
});

test('two changes of one second whose notifications come the wrong way round: the comparison finds what the newer one said', async () => {
  const { admin } = line.crm;
  const lead = mail('Newsletter');
  await until('the mail', async () => (await eventsOf(lead)).length === 1);
  await settle();
  admin.fault({ kind: 'outOfOrderNotification' });
  for (const subject of ['Enquiry, first words', 'Enquiry, last words']) admin.update(inbox, idOf(lead), { subject });
  await admin.idle();
  await until('both of them', async () => (await eventsOf(lead)).length === 3);
  await untilTask(lead);
  await settle();
  const topic = async () => {
    const [known] = await line.signalbox.runtime.ledger.records(line.tenant, [`lead/${lead}`]);
    return known?.record.attributes?.topic;
  };
  await until('the last words', async () => (await topic()) === 'Enquiry, last words');
  expect(tasksAbout(lead)).toHaveLength(1);
});

test('what Graph says that it missed is told by the delta query, deletions too, and what is known is left as it is', async () => {
  const { admin } = line.crm;
  const [known, gone] = [mail('Enquiry, told'), mail('Enquiry, withdrawn')];
  for (const lead of [known, gone]) await untilTask(lead);
  await settle();
  const { ledger } = line.signalbox.runtime;
  // As if it had been tracked for long: what Graph missed is not older than that.
  await ledger.savePosition(markName(inbox), { ...(await markOf(inbox))!, since: '2026-01-01T00:00:00.000Z' });
  const lost = await unheard(() => {
    admin.remove(inbox, idOf(gone));
    return mail('Enquiry, missed');
  });
  admin.fault({ kind: 'missed' });
  const closed = async () =>
    (await gaps()).find(
      ({ cause, closedat, stream }) => cause.startsWith('SBX_OVERFLOW') && stream === inbox && closedat,
    );
  // For a minute each of them may still be told.
  const gap = await until('the gap to be closed', closed, 120_000);
  expect(gap).toMatchObject({ from: '2026-01-01T00:00:00.000Z', recovered: 2, duplicates: 0 });
  await untilTask(lost);
  await until('the engagement to end as gone', async () => (await engagementOf(gone))?.outcome === 'gone');
  await settle();
  expect(await Promise.all([known, gone, lost].map(kindsOf))).toEqual([
    ['created'],
    ['created', 'deleted'],
    ['observed'],
  ]);
  expect(await Promise.all([known, lost].map(decisionsOf))).toEqual([1, 1]);
});

test('a token that Graph has forgotten: what changed is read by query, what was deleted or moved is asked for', async () => {
  const { admin } = line.crm;
  const [known, gone, moved] = [mail('Enquiry, told'), mail('Enquiry, withdrawn'), mail('Enquiry, filed')];
  for (const lead of [known, gone, moved]) await untilTask(lead);
  await settle();
  const lost = await unheard(() => {
    admin.remove(inbox, idOf(gone));
    admin.move(inbox, idOf(moved), 'archive');
    return mail('Enquiry, never told');
  });
  admin.fault({ kind: 'expiredDeltaToken' });
  expect(await reconcile(inbox)).toMatchObject({ isResync: true, missing: 3, deleted: 2 });
  await untilTask(lost);
  for (const lead of [gone, moved]) {
    await until('the engagement to end as gone', async () => (await engagementOf(lead))?.outcome === 'gone');
  }
  await settle();
  expect(await Promise.all([known, gone, moved, lost].map(kindsOf))).toEqual([
    ['created'],
    ['created', 'deleted'],
    ['created', 'deleted'],
    ['observed'],
  ]);
  expect(await decisionsOf(known)).toBe(1);
});

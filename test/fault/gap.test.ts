import type { GapRow } from '../../ledger/ledger';
import { gapId, names, subscriptionId } from '../../workflows/names';
import { coldLead, hotLead, startLine, until, type Line, type LineOptions } from '../line';
import { shareServers } from './settled';

const topic = '/data/LeadChangeEvent';

let stopServers: () => Promise<void>;
let line: Line | undefined;

beforeAll(async () => {
  stopServers = await shareServers();
}, 120_000);
afterEach(() => line?.stop(), 30_000);
afterAll(() => stopServers(), 30_000);

async function start(options: LineOptions): Promise<Line> {
  line = await startLine({
    ...options,
    // Leads only: the stream of tasks would lose its position, too, and open a gap of its own.
    connection: { subscribe: [topic], ...options.connection },
  });
  return line;
}

const gapsOf = ({ signalbox, tenant }: Line): Promise<readonly GapRow[]> =>
  signalbox.runtime.ledger.gaps.list(tenant.tenant, 'all');

const closedGap = (of: Line): Promise<GapRow> =>
  until('the gap to be closed', async () => (await gapsOf(of)).find(({ closedat }) => closedat !== undefined));

const tasksOf = ({ org }: Line, lead: string): readonly Record<string, unknown>[] =>
  org.admin.records('Task').filter(({ WhoId }) => WhoId === lead);

const bandsOf = async ({ signalbox, tenant }: Line, lead: string): Promise<readonly (string | undefined)[]> =>
  (await signalbox.runtime.ledger.history(tenant.tenant, `lead/${lead}`)).flatMap((entry) =>
    entry.kind === 'decision' ? [entry.decision.band] : [],
  );

const isDecided = (of: Line, lead: string) => async (): Promise<boolean> => (await bandsOf(of, lead)).length > 0;

/** Ends the second that is running: the CRM's times are whole seconds. */
const nextSecond = (): Promise<unknown> => {
  const second = Math.floor(Date.now() / 1000);
  return until('the next second', () => Math.floor(Date.now() / 1000) > second);
};

/** Loses what happens in between: the stream breaks, and when it is taken up again the events have left retention. */
function lose({ org }: Line, happen: () => void): void {
  org.admin.fault({ kind: 'dropStream' });
  happen();
  org.admin.fault({ kind: 'expiredReplayId' });
}

test.each(['corrupted', 'validation.failed'] as const)(
  'a replay id out of retention (%s): the gap is recorded, read back and closed; nothing is missing or double',
  async (expiredReplayIdError) => {
    const at = await start({ simulator: { expiredReplayIdError } });
    const { admin } = at.org;
    const known = admin.create('Lead', hotLead);
    await until('the task of the known lead', () => tasksOf(at, known)[0]?.Status === 'Not Started');
    const untouched = admin.create('Lead', hotLead);
    await until('the task of the other lead', () => tasksOf(at, untouched).length === 1);
    await nextSecond();

    const missed: string[] = [];
    lose(at, () => {
      for (let n = 0; n < 6; n += 1) missed.push(admin.create('Lead', n % 2 === 0 ? hotLead : coldLead));
      admin.update(known, coldLead);
    });

    const gap = await closedGap(at);
    expect(gap).toMatchObject({ connection: 'sales', stream: topic, policy: 'backfill' });
    expect(gap.cause).toMatch(/^SBX_SALESFORCE_POSITION|^sfdc\.platform\.eventbus\.grpc/);
    expect(gap.recovered).toBeGreaterThanOrEqual(7);
    for (const [n, lead] of missed.entries()) {
      await until('the missed lead to be decided', isDecided(at, lead));
      expect(await bandsOf(at, lead)).toEqual(n % 2 === 0 ? ['hot'] : [undefined]);
      if (n % 2 === 0) await until('its task', () => tasksOf(at, lead).length === 1);
    }
    await until(
      'the known lead, cold by now, to have its task closed',
      () => tasksOf(at, known)[0]?.Status === 'Completed',
    );

    const after = admin.create('Lead', hotLead);
    await until('the stream to go on', () => tasksOf(at, after).length === 1);
    expect(missed.map((lead) => tasksOf(at, lead).length)).toEqual([1, 0, 1, 0, 1, 0]);
    expect([known, untouched, after].map((lead) => tasksOf(at, lead).length)).toEqual([1, 1, 1]);
    expect(await gapsOf(at)).toHaveLength(1);
  },
  60_000,
);

test('a change that is lost in the very second of one that was heard is read back, too', async () => {
  const at = await start({});
  await nextSecond();
  const lead = at.org.admin.create('Lead', coldLead);
  await until('the lead to be decided', isDecided(at, lead));
  lose(at, () => {
    at.org.admin.update(lead, hotLead);
  });
  await closedGap(at);
  await until('a task for the lead that became hot unheard', () => tasksOf(at, lead).length === 1, 10_000);
}, 60_000);

test('a position that is lost again while the gap is read back widens it: it closes once all of it is read', async () => {
  const at = await start({});
  const known = at.org.admin.create('Lead', hotLead);
  await until('the stream to run', () => tasksOf(at, known)[0]?.Status === 'Not Started');
  await nextSecond();
  const missed: string[] = [];
  const miss = () => missed.push(at.org.admin.create('Lead', hotLead));
  // The query of the first reading is answered late, and tells nothing of what changes meanwhile.
  at.org.admin.fault({ kind: 'slow', ms: 25_000 });
  lose(at, miss);
  const gap = await until('the gap', async () => (await gapsOf(at))[0]);
  const { temporal } = at.signalbox.runtime;
  await until('its reading', async () => {
    const handle = temporal.workflow.getHandle(gapId(at.tenant.tenant, gap.id));
    const begun = await handle.describe().catch(() => undefined);
    return begun?.raw.pendingActivities?.some(({ lastStartedTime }) => lastStartedTime != null) === true;
  });
  const between = at.org.admin.create('Lead', hotLead);
  await until('the stream to run again', isDecided(at, between));
  await nextSecond();
  lose(at, miss);
  for (const [n, lead] of missed.entries()) {
    await until(`missed lead ${n}`, () => tasksOf(at, lead).length === 1, 60_000);
  }
  expect(await closedGap(at)).toMatchObject({ id: gap.id, widened: 1 });
  const after = at.org.admin.create('Lead', hotLead);
  await until('the stream to go on', () => tasksOf(at, after).length === 1);
  expect(await gapsOf(at)).toHaveLength(1);
}, 150_000);

test('onGap: halt: nothing is read until a person says so', async () => {
  const at = await start({ connection: { onGap: 'halt' } });
  const known = at.org.admin.create('Lead', hotLead);
  await until('the stream to run', () => tasksOf(at, known).length === 1);
  let missed = '';
  lose(at, () => {
    missed = at.org.admin.create('Lead', hotLead);
  });
  await until('the gap', async () => (await gapsOf(at)).length === 1);
  const subscription = at.signalbox.runtime.temporal.workflow.getHandle(
    subscriptionId(at.tenant.tenant, 'sales', topic),
  );
  // Nothing is under way: the workflow waits for the signal and for nothing else.
  await until('the subscription to wait', async () => {
    const { raw } = await subscription.describe();
    return raw.pendingActivities?.length === 0 && raw.pendingChildren?.length === 0;
  });
  const late = at.org.admin.create('Lead', hotLead);
  expect(await gapsOf(at)).toMatchObject([{ policy: 'halt', recovered: 0 }]);
  expect((await gapsOf(at))[0]).not.toHaveProperty('closedat');
  expect(await bandsOf(at, missed)).toEqual([]);

  await subscription.signal(names.resume);
  expect(await closedGap(at)).toMatchObject({ policy: 'halt' });
  await until('the missed lead', () => tasksOf(at, missed).length === 1);
  await until('the lead of the halt', () => tasksOf(at, late).length === 1);
  expect(tasksOf(at, known)).toHaveLength(1);
}, 60_000);

test('GAP_OVERFLOW: every record of the entity is read again', async () => {
  const at = await start({ connection: { start: 'latest' } });
  const untold: string[] = [];
  const { ledger } = at.signalbox.runtime;
  await until('the stream to be promised', () =>
    ledger.loadPosition({ tenant: at.tenant.tenant, connection: 'sales', stream: topic }),
  );
  lose(at, () => {
    for (let n = 0; n < 4; n += 1) untold.push(at.org.admin.create('Lead', hotLead));
  });
  await closedGap(at);
  for (const lead of untold) await until('its task', () => tasksOf(at, lead).length === 1);

  at.org.admin.fault({ kind: 'overflow', object: 'Lead' });
  const overflow = await until('the gap of the overflow', async () =>
    (await gapsOf(at)).find(({ cause, closedat }) => cause.startsWith('SBX_OVERFLOW') && closedat !== undefined),
  );
  expect(overflow).toMatchObject({ from: '1970-01-01T00:00:00.000Z', recovered: 4 });
  const after = at.org.admin.create('Lead', hotLead);
  await until('the stream to go on', () => tasksOf(at, after).length === 1);
  expect(untold.map((lead) => tasksOf(at, lead).length)).toEqual([1, 1, 1, 1]);
}, 60_000);

test('a stream that broke before it had a first position, start: latest: what was missed is a gap', async () => {
  const at = await start({ connection: { start: 'latest' } });
  const { ledger } = at.signalbox.runtime;
  const name = { tenant: at.tenant.tenant, connection: 'sales', stream: topic };
  await until('the stream to be promised', () => ledger.loadPosition(name));
  at.org.admin.fault({ kind: 'dropStream' });
  const missed = at.org.admin.create('Lead', hotLead);
  const gap = await closedGap(at);
  expect(gap.cause).toMatch(/^SBX_POSITION_NONE/);
  await until('the missed lead', () => tasksOf(at, missed).length === 1);
  const after = at.org.admin.create('Lead', hotLead);
  await until('the stream to go on', () => tasksOf(at, after).length === 1);
}, 60_000);

test.each([
  ['the Pub/Sub API, read by pages', {}],
  ['the Streaming API, read by a job of the Bulk API', { transport: 'cometd', bulkAbove: 2 }],
])(
  'start: snapshot, over %s: what there was and what comes is decided, once',
  async (_, connection) => {
    const before: string[] = [];
    const at = await start({
      connection: { start: 'snapshot', ...connection },
      before: ({ admin }) => {
        for (let n = 0; n < 4; n += 1) before.push(admin.create('Lead', n === 0 ? coldLead : hotLead));
        // Only a reading of the records can tell of them.
        admin.fault({ kind: 'expiredReplayId' });
      },
    });
    const meanwhile = at.org.admin.create('Lead', hotLead);
    at.org.admin.update(before[0]!, hotLead);
    const snapshot = await closedGap(at);
    expect(snapshot.cause).toMatch(/^SBX_SNAPSHOT/);
    // The lead that was changed meanwhile may be the stream's to tell.
    expect(snapshot.recovered).toBeGreaterThanOrEqual(3);
    for (const lead of [...before, meanwhile])
      await until('its task', () => tasksOf(at, lead)[0]?.Status === 'Not Started');
    const after = at.org.admin.create('Lead', hotLead);
    await until('the stream to go on', () => tasksOf(at, after).length === 1);
    expect([...before, meanwhile].map((lead) => tasksOf(at, lead).length)).toEqual([1, 1, 1, 1, 1]);
    expect(await gapsOf(at)).toHaveLength(1);
  },
  60_000,
);

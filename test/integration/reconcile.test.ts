import { signalbox as command } from '../../cli/terminal.fixture';
import type { Reconciled } from '../../activities/subscription-types';
import type { HistoryEntry } from '../../ledger/ledger';
import { startReconciling } from '../../services/reconcile';
import { reconciliationId } from '../../workflows/names';
import { type Dynamics365Line, leadOf, startDynamics365Line } from '../dynamics365-line';
import { coldLead, hotLead, until } from '../line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(90_000);

let line: Dynamics365Line;

const markOf = async (stream: string): Promise<string | undefined> => {
  const name = { tenant: line.tenant, connection: 'sales', stream: `reconcile/${stream}` };
  return (await line.signalbox.runtime.ledger.loadPosition(name))?.at as string | undefined;
};

beforeAll(async () => {
  line = await startDynamics365Line();
  for (const stream of ['lead', 'task']) await until(`the first token of ${stream}`, () => markOf(stream));
}, 120_000);

afterAll(() => line.stop());

/** As a person asks for it, for one stream. `grace`: how long events may still be on their way. */
async function reconcile(stream: string, grace: string): Promise<Reconciled> {
  const args = ['--tenant-file', line.tenantFile, '--connection', 'sales', '--stream', stream, '--grace', grace];
  const env = { ...line.env, TEMPORAL_ADDRESS: line.temporalAddress };
  const { code, out, err } = await command(['reconcile', ...args, '--json'], { env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [done] = (JSON.parse(out) as { readonly streams: readonly Reconciled[] }).streams;
  if (done === undefined) throw new Error(`no answer for ${stream}`);
  return done;
}

/** Waits for what is on its way to be known, so that the next reconciliation sees only what comes. */
async function settle(): Promise<void> {
  await line.crm.admin.idle();
  for (const stream of ['lead', 'task']) expect(await reconcile(stream, 'PT20S')).toMatchObject({ missing: 0 });
}

/** Lets things happen of which no webhook tells. */
async function unheard<T>(happen: () => Promise<T>): Promise<T> {
  const { admin } = line.crm;
  await admin.idle();
  admin.fault({ kind: 'lostWebhook', times: 1_000 });
  const done = await happen();
  await admin.idle();
  admin.fault({ kind: 'clear' });
  return done;
}

const tasksAbout = (lead: string) =>
  line.crm.admin.tasks().filter(({ _regardingobjectid_value: about }) => about === lead);

const engagementOf = (lead: string) =>
  line.signalbox.runtime.ledger.engagement(line.tenant, `lead/${lead}`, 'lead-scoring');

const untilTask = (lead: string) => until('a task about the lead', () => tasksAbout(lead)[0]);

/** The engagement knows its task, and the CRM has told of all that was written. */
const untilKnown = (lead: string): Promise<string> =>
  until('the engagement to know its task', async () => {
    const row = await engagementOf(lead);
    return row?.status === 'open' ? row.taskid : undefined;
  });

const historyOf = <K extends HistoryEntry['kind']>(lead: string, kind: K) => entries(line, line, lead, kind);
const decisionsOf = async (lead: string): Promise<number> => (await historyOf(lead, 'decision')).length;
const untilDecided = (lead: string, times = 1) =>
  until(`decision ${times}`, async () => (await decisionsOf(lead)) >= times);

const gaps = () => line.signalbox.runtime.ledger.gaps.list(line.tenant, 'all');

test('creations, an update and a deletion that no webhook told come in; a second run finds nothing; nothing is double', async () => {
  const { admin } = line.crm;
  const [known, gone, untouched] = [
    await admin.create('lead', leadOf(coldLead)),
    await admin.create('lead', leadOf(hotLead)),
    await admin.create('lead', leadOf(hotLead)),
  ];
  await untilDecided(known);
  for (const lead of [gone, untouched]) await untilKnown(lead);
  await settle();
  expect(await gaps()).toEqual([]);

  const made = await unheard(async () => {
    await admin.update('lead', known, leadOf(hotLead));
    await admin.remove('lead', gone);
    const created: string[] = [];
    for (let n = 0; n < 3; n++) created.push(await admin.create('lead', leadOf(n === 2 ? coldLead : hotLead)));
    return created;
  });
  expect(await decisionsOf(known)).toBe(1);

  const done = await reconcile('lead', 'PT0S');
  expect(done).toMatchObject({ isFirst: false, isResync: false, found: 5, missing: 5, deleted: 1 });
  const [gap, ...others] = await gaps();
  expect(others).toEqual([]);
  expect(gap).toMatchObject({ id: done.gap, stream: 'lead', recovered: 5, duplicates: 0 });
  expect(gap).toHaveProperty('closedat');
  expect(gap?.cause).toMatch(
    /^SBX_RECONCILED: lost webhooks: 5 changes found, 5 of them missing, 1 of these deletions$/,
  );

  await until('the engagement to end as gone', async () => (await engagementOf(gone))?.outcome === 'gone');
  for (const lead of made) await untilDecided(lead);
  for (const lead of [known, ...made.slice(0, 2)]) await untilKnown(lead);
  await admin.idle();
  // Dataverse deleted the task with the lead; the new ones were told.
  expect(await reconcile('task', 'PT5S')).toMatchObject({ missing: 1, deleted: 1 });
  await settle();
  expect(await reconcile('lead', 'PT0S')).toMatchObject({ found: 0, missing: 0 });
  expect(await gaps()).toMatchObject([{ stream: 'lead' }, { stream: 'task' }]);
  expect([known, untouched, ...made].map((lead) => tasksAbout(lead).length)).toEqual([1, 1, 1, 1, 0]);
  expect(await Promise.all([known, untouched, ...made].map(decisionsOf))).toEqual([2, 1, 1, 1, 1]);
});

test('a token that the CRM has forgotten: what changed is read by query, what was deleted is asked for, and what is known stays', async () => {
  const { admin } = line.crm;
  const known = await admin.create('lead', leadOf(hotLead));
  const [gone, secret, told] = [
    await admin.create('lead', leadOf(hotLead)),
    await admin.create('lead', leadOf(hotLead)),
    await admin.create('lead', leadOf(hotLead)),
  ];
  for (const lead of [known, gone, secret, told]) await untilKnown(lead);
  await admin.remove('lead', told);
  await until('the deletion that a webhook told', async () => (await engagementOf(told))?.status === 'closed');
  await settle();
  const missed = await unheard(async () => {
    await admin.remove('lead', gone);
    // Came and went, and nobody ever heard of it.
    await admin.remove('lead', await admin.create('lead', leadOf(hotLead)));
    return admin.create('lead', leadOf(hotLead));
  });
  admin.hide(secret);
  admin.fault({ kind: 'expiredDeltaToken' });

  const done = await reconcile('lead', 'PT0S');
  expect(done).toMatchObject({ isResync: true, missing: 2, deleted: 1 });
  expect(done.found).toBeGreaterThan(done.missing);
  const gap = (await gaps()).find(({ id }) => id === done.gap);
  expect(gap).toMatchObject({ recovered: done.found, duplicates: done.found - 2 });
  expect(gap?.cause).toMatch(
    /1 of these deletions; the token had expired: .* the CRM was asked for \d+ known records$/,
  );
  await until('the engagement to end as gone', async () => (await engagementOf(gone))?.outcome === 'gone');
  await untilKnown(missed);
  // Its task went with the lead.
  expect(await reconcile('task', 'PT5S')).toMatchObject({ missing: 1, deleted: 1 });
  await settle();
  expect(await reconcile('lead', 'PT0S')).toMatchObject({ isResync: false, found: 0, missing: 0 });
  admin.fault({ kind: 'expiredDeltaToken' });
  expect(await reconcile('lead', 'PT0S')).toMatchObject({ isResync: true, missing: 0, deleted: 0 });

  const deletions = async (lead: string) =>
    (await historyOf(lead, 'event')).filter(
      ({ event }) => event.subject === `lead/${lead}` && event.data.change.kind === 'deleted',
    ).length;
  expect(await Promise.all([gone, told, secret, known, missed].map(deletions))).toEqual([1, 1, 0, 0, 0]);
  expect((await engagementOf(secret))?.status).toBe('open');
  expect([known, missed].map((lead) => tasksAbout(lead).length)).toEqual([1, 1]);
  expect(await Promise.all([known, missed].map(decisionsOf))).toEqual([1, 1]);
});

/** Whether the workflow of the leads has its activity under way. */
const isComparing = async (): Promise<boolean> => {
  const id = reconciliationId(line.tenant, 'sales', 'lead');
  const { raw } = await line.signalbox.runtime.temporal.workflow.getHandle(id).describe();
  return raw.pendingActivities?.length === 1;
};

test('a webhook that arrives while its change is compared is waited for: nothing is missing, nothing decided twice', async () => {
  const { admin } = line.crm;
  await settle();
  admin.fault({ kind: 'outOfOrderWebhook' });
  const lead = await admin.create('lead', leadOf(hotLead));
  const comparing = reconcile('lead', 'PT1M');
  await until('the comparison', isComparing);
  expect(await decisionsOf(lead)).toBe(0);
  admin.fault({ kind: 'clear' });
  expect(await comparing).toMatchObject({ found: 1, missing: 0 });
  await untilKnown(lead);
  await settle();
  expect(await decisionsOf(lead)).toBe(1);
  expect(tasksAbout(lead)).toHaveLength(1);
});

test('a webhook that arrives after all makes no second task', async () => {
  const { admin } = line.crm;
  await settle();
  admin.fault({ kind: 'outOfOrderWebhook' });
  const lead = await admin.create('lead', leadOf(hotLead));
  expect(await reconcile('lead', 'PT0S')).toMatchObject({ found: 1, missing: 1 });
  await untilTask(lead);
  await untilKnown(lead);
  admin.fault({ kind: 'clear' });
  await until('the webhook', async () =>
    (await historyOf(lead, 'event')).some(({ event }) => event.data.change.kind === 'created'),
  );
  // An old state of the same second was taken for the newest: mended by the next one.
  await admin.idle();
  await reconcile('lead', 'PT20S');
  const subject = `lead/${lead}`;
  await until('the record as it is', async () => {
    const [known] = await line.signalbox.runtime.ledger.records(line.tenant, [subject]);
    return known?.record.rating === 'Hot';
  });
  expect(tasksAbout(lead)).toHaveLength(1);
});

test('it goes by itself, as often as the tenant says', async () => {
  const { temporal, tenants } = line.signalbox.runtime;
  const settings = tenants.get(line.tenant)?.connections.sales;
  expect(settings?.reconcile).toBe(15 * 60_000);
  // Shorter than a file may ask for.
  Object.assign(settings ?? {}, { reconcile: 200 });
  await temporal.workflow.getHandle(reconciliationId(line.tenant, 'sales', 'task')).terminate();
  let before = await markOf('task');
  await startReconciling({ temporal }, tenants.get(line.tenant)!);
  for (let n = 1; n <= 3; n++) {
    await until(`time ${n}`, async () => (await markOf('task')) !== before);
    before = await markOf('task');
  }
});

import type { CanonicalEvent } from '../../canonical-schema/event';
import type { Tenant } from '../../tenants/tenant';
import type { LaneStatus } from '../../workflows/lane';
import { laneId, names } from '../../workflows/names';
import { eventOf, type EventSketch } from '../fixtures/events';
import { coldLead, hotLead, until } from '../line';
import { decide, leadOf, recordOf, startTenants, withoutIngest, type TenantsLine } from './tenants-line';
import { entries, tasksAbout, untilTask } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const variants = { usual: {}, picky: { useCase: { when: '$number(record.company) > 0' } } };
let line: TenantsLine<keyof typeof variants>;
beforeAll(async () => {
  line = await startTenants(variants, { roles: withoutIngest });
});
afterAll(() => line.stop());
afterEach(() => {
  line.org.admin.fault({ kind: 'clear' });
});

/** Bytes, as Temporal counts them, in a batch of 50. */
const historyPerEvent = 6_000;

let made = 0;
const started = Date.now();

interface Told extends EventSketch {
  readonly fields?: typeof hotLead | typeof coldLead;
  readonly company?: string;
  readonly tenantOf?: Tenant;
}

/** An event about a lead, later than all before it. */
function about(lead: string, told: Told = {}): CanonicalEvent {
  const { fields = hotLead, company = 'usual', tenantOf = line.tenants.usual, ...sketch } = told;
  made += 1;
  return eventOf({
    id: `e${made}`,
    tenant: tenantOf.tenant,
    time: new Date(started + made * 1_000).toISOString(),
    record: recordOf(lead, leadOf(company, fields)),
    ...sketch,
  });
}

const lead = (fields: Record<string, string | number> = leadOf('usual', coldLead)): string =>
  line.org.admin.create('Lead', fields);
const missing = { provenance: 'missing', change: { kind: 'updated', gap: true } } as const;
let batches = 0;
const give = (...events: CanonicalEvent[]): ReturnType<typeof decide> =>
  decide(line, line.tenants.usual, { id: `b${(batches += 1)}`, events });

async function statuses(
  record: string,
  tenant = line.tenants.usual,
): Promise<readonly (readonly [string, string, string?])[]> {
  const told = await entries(line, tenant, record, 'event');
  return told.map(({ event, status, because }) =>
    because === undefined ? [event.id, status] : [event.id, status, because],
  );
}

test('events of several records, interleaved over batches, are decided in order per record', async () => {
  const leads = [lead(), lead(), lead()];
  const events = Array.from({ length: 12 }, (_, n) =>
    about(leads[n % 3]!, { fields: coldLead, change: { kind: n < 3 ? 'created' : 'updated' } }),
  );
  for (let from = 0; from < events.length; from += 4) {
    expect(await give(...events.slice(from, from + 4))).toMatchObject({ decided: 4, duplicates: 0, parked: [] });
  }
  for (const one of leads) {
    const decided = await entries(line, line.tenants.usual, one, 'decision');
    const own = events.filter(({ subject }) => subject === `lead/${one}`).map(({ id }) => `${id}:lead-scoring`);
    expect(decided.map(({ decision }) => decision.id)).toEqual(own);
  }
});

test('an event that comes twice is decided once, within a batch and across batches, and counted', async () => {
  const one = lead();
  const event = about(one, { fields: coldLead });
  const before = await line.signalbox.runtime.ledger.counts(line.tenants.usual.tenant);
  expect(await give(event, event)).toMatchObject({ decided: 1, duplicates: 1 });
  expect(await give(event)).toMatchObject({ decided: 0, duplicates: 1 });
  const after = await line.signalbox.runtime.ledger.counts(line.tenants.usual.tenant);
  expect(after.duplicatesDropped - before.duplicatesDropped).toBe(2);
  expect(after.events - before.events).toBe(1);
  expect(await entries(line, line.tenants.usual, one, 'decision')).toHaveLength(1);
});

test('a batch that is handed over again is not decided again', async () => {
  const one = lead(leadOf('usual'));
  const batch = { id: 'again', events: [about(one)] };
  const first = await decide(line, line.tenants.usual, batch);
  await untilTask(line, line.tenants.usual, one);
  expect(await decide(line, line.tenants.usual, batch)).toEqual(first);
  expect(await decide(line, line.tenants.usual, { ...batch, partition: 1 })).toMatchObject({ duplicates: 0 });
  expect(await entries(line, line.tenants.usual, one, 'decision')).toHaveLength(1);
  expect(tasksAbout(line, one)).toHaveLength(1);
});

test('an event older than what the ledger knows is ignored', async () => {
  const one = lead();
  const [older, newer] = [about(one), about(one, { fields: coldLead })];
  await give(newer);
  await give(older);
  expect(await statuses(one)).toEqual([
    [older.id, 'ignored', 'the ledger knows a later state of the record'],
    [newer.id, 'decided'],
  ]);
});

test('the echo of an own write is recorded and not decided', async () => {
  const one = lead();
  const [created, echo] = [
    about(one, { fields: coldLead }),
    about(one, { origin: 'self', change: { kind: 'updated' } }),
  ];
  await give(created, echo);
  expect(await statuses(one)).toEqual([
    [created.id, 'decided'],
    [echo.id, 'echo'],
  ]);
  expect(await entries(line, line.tenants.usual, one, 'decision')).toHaveLength(1);
});

test.each([
  [
    'an update of a record that the ledger has never seen',
    { provenance: 'partial', change: { kind: 'updated', fields: ['phone'] } },
  ],
  ['an event that does not say what changed', missing],
] as const)('%s: the record is read from the CRM, and the ledger says so', async (_name, sketch) => {
  const one = lead();
  const event = about(one, { ...sketch, record: { id: one, nativeType: 'Lead', phone: '555' } });
  expect(await give(event)).toMatchObject({ decided: 1 });
  const [told] = await entries(line, line.tenants.usual, one, 'event');
  expect(told?.event.data.provenance).toMatchObject({
    record: 'hydrated',
    hydratedFields: expect.arrayContaining(['company', 'name']) as string[],
  });
  const [decided] = await entries(line, line.tenants.usual, one, 'decision');
  expect(decided?.decision.score).toBeCloseTo(0.024, 2);
});

test('a record that was deleted meanwhile is ignored, and the stream goes on', async () => {
  const [gone, alive] = [lead(), lead()];
  line.org.admin.remove(gone);
  const event = about(gone, { ...missing, record: { id: gone, nativeType: 'Lead' } });
  expect(await give(event, about(alive, { fields: coldLead }))).toMatchObject({ decided: 1, parked: [] });
  expect(await statuses(gone)).toEqual([[event.id, 'ignored', 'the record was deleted meanwhile']]);
});

test('a question that fails parks the event and those behind it; other records go on', async () => {
  const { picky } = line.tenants;
  const [bad, good] = [lead(), lead()];
  const told = { tenantOf: picky, fields: coldLead, company: '1' } as const;
  const events = [about(bad, { ...told, company: 'none' }), about(good, told), about(bad, told), about(good, told)];
  const outcome = await decide(line, picky, { id: 'poison', events });
  expect(outcome).toMatchObject({
    decided: 2,
    parked: [
      {
        eventid: events[0]?.id,
        cause: {
          code: 'SBX_EXPRESSION_FAILED',
          message: expect.stringContaining('$number(record.company) > 0') as string,
        },
      },
      {
        eventid: events[2]?.id,
        cause: { code: 'SBX_BEHIND_PARKED', message: `an earlier event of lead/${bad} is parked` },
      },
    ],
  });
  expect(
    (await line.signalbox.runtime.ledger.listParked(picky.tenant)).map(({ eventid, code }) => [eventid, code]),
  ).toEqual([
    [events[0]?.id, 'SBX_EXPRESSION_FAILED'],
    [events[2]?.id, 'SBX_BEHIND_PARKED'],
  ]);
});

test('a lane that cannot read from the CRM says that it is stalled and by what; parking the event frees it', async () => {
  const [stuck, free] = [lead(), lead()];
  const events = [
    about(stuck, { ...missing, record: { id: stuck, nativeType: 'Lead' } }),
    about(free, { fields: coldLead }),
  ];
  line.org.admin.fault({ kind: 'serverUnavailable', times: 1_000 });
  const lane = line.signalbox.runtime.temporal.workflow.getHandle(laneId(line.tenants.usual.tenant, 2));
  const deciding = decide(line, line.tenants.usual, { id: 'stalled', events, partition: 2 });
  const stalled = await until('the lane to stall', async () =>
    lane.query<LaneStatus>(names.laneStatus).then(
      ({ stalled: why }) => why,
      () => undefined,
    ),
  );
  expect(stalled).toMatchObject({
    cause: expect.stringMatching(/unavailable/i) as string,
    events: events.map(({ id }) => id),
  });
  await lane.signal(names.park, { eventid: events[0]!.id, because: 'taken out by a test' });
  expect(await deciding).toMatchObject({
    decided: 1,
    parked: [{ eventid: events[0]!.id, cause: { code: 'SBX_LANE_PARKED', message: 'taken out by a test' } }],
  });
  expect(await lane.query<LaneStatus>(names.laneStatus)).toEqual({ batches: 1, waiting: 0 });
});

test('a stalled lane goes on by itself once the CRM answers again', async () => {
  const one = lead();
  line.org.admin.fault({ kind: 'serverUnavailable', times: 4 });
  expect(await give(about(one, { ...missing, record: { id: one, nativeType: 'Lead' } }))).toMatchObject({
    decided: 1,
    parked: [],
  });
});

test('an empty batch is refused', async () => {
  await expect(give()).rejects.toMatchObject({ cause: { message: 'an empty batch' } });
});

test('a decided event costs a lane no more history than its budget', async () => {
  const events = Array.from({ length: 50 }, () => about(lead(), { fields: coldLead }));
  await decide(line, line.tenants.usual, { id: 'fifty', events, partition: 3 });
  const lane = line.signalbox.runtime.temporal.workflow.getHandle(laneId(line.tenants.usual.tenant, 3));
  const { raw } = await lane.describe();
  expect(Number(raw.workflowExecutionInfo?.historySizeBytes) / events.length).toBeLessThan(historyPerEvent);
});

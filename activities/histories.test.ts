import path from 'node:path';
import type { CanonicalEvent } from '../canonical-schema/event';
import { noInbox } from '../connectors/kit/no-inbox';
import { openLedger, type Ledger } from '../ledger/ledger';
import { loadModels } from '../models/registry';
import { openScorer } from '../models/score';
import { compileExpression } from '../tenants/expression';
import type { TenantCalendar } from '../tenants/calendar';
import type { Tenant } from '../tenants/tenant';
import { toUseCase } from '../tenants/to-use-case';
import { eventOf } from '../test/fixtures/events';
import { Connections } from './connections';
import { viewBatch } from './context';
import { infer } from './infer';
import type { LaneDependencies } from './lane-dependencies';
import { recordBatch } from './record';
import type { Scorer } from '../models/scored';

const usecase = 'anomaly';
const written = { connection: 'sales', entity: 'account', bands: { unusual: 0.5 } } as const;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let scorer: Scorer;
beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '../models'))).get('anomaly')!);
});
afterAll(() => scorer.close());

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

/** Each test has a tenant of its own, and may take another: a ledger that knows nothing. */
let tenant = '';
let tenants = 0;
const anotherTenant = (): void => {
  tenant = `t${(tenants += 1)}`;
};
beforeEach(() => {
  anotherTenant();
  calendar = undefined;
});

/** What the tenant's file says of days and hours. */
let calendar: TenantCalendar | undefined;

function deps(when?: string): LaneDependencies {
  const useCase = toUseCase(usecase, written, __dirname, 0);
  const acme: Tenant = {
    ...{ tenant, file: 'acme.yaml', partitions: 1, connections: {} },
    useCases: { anomaly: when === undefined ? useCase : { ...useCase, when: compileExpression(when) } },
    retention: { events: 1, decisions: 1 },
    ...(calendar === undefined ? {} : { calendar }),
  };
  const served = new Map([[tenant, acme]]);
  const nobody = () => Promise.reject(new Error('nobody is told here'));
  return {
    ...{ ledger, tenants: served, scorers: new Map([[usecase, scorer]]), log, now: Date.now },
    connections: new Connections(served, log, Date.now, () => noInbox),
    publishPrediction: nobody,
    engagements: { tell: nobody, end: nobody },
  };
}

const start = Date.UTC(2026, 0, 5, 9);
const day = 86_400_000;

/** What an account tells on a day. */
function told(
  n: number,
  value: number,
  account = 'a1',
  change: Partial<CanonicalEvent['data']['change']> = {},
): CanonicalEvent {
  return eventOf({
    id: `${account}-${n}`,
    entity: 'account',
    time: new Date(start + n * day).toISOString(),
    record: { id: account, nativeType: 'Account', attributes: { value } },
    change: { kind: 'updated', fields: ['attributes.value'], ...change },
  });
}

/** Forty days of about 100, then one of 900. */
const life = (account = 'a1'): readonly CanonicalEvent[] =>
  Array.from({ length: 41 }, (_, n) => told(n, n === 40 ? 900 : 100 + ((n * 7) % 11), account));

/** Scores a batch as a lane does, and records it where asked. */
async function scored(events: readonly CanonicalEvent[], options: { record?: boolean; when?: string } = {}) {
  const lane = deps(options.when);
  const input = { tenant, batchid: `b-${events[0]!.id}-${events.length}`, events, parked: [] };
  const view = await viewBatch(lane, input);
  const prepared = view.context.events;
  const requests = prepared.flatMap(({ eventid, usecases }) => usecases.map((name) => ({ eventid, usecase: name })));
  const inferences = await infer(lane, view, requests);
  if (options.record !== false) {
    const run = { workflowId: 'lane/acme/0', runId: 'r1' };
    await recordBatch(lane, { ...input, run, prepared, decisions: [], directives: [] }, view);
  }
  return requests.map(({ eventid }, n) => {
    const { score, abstained, reasons = [] } = inferences[n] ?? {};
    return {
      eventid,
      score,
      abstained,
      reasons: reasons.map(({ text }) => text),
      ...view.evidence.get(`${eventid}:${usecase}`)?.features,
    };
  });
}

async function inBatches(events: readonly CanonicalEvent[], size: number) {
  const all = [];
  for (let from = 0; from < events.length; from += size) all.push(...(await scored(events.slice(from, from + size))));
  return all;
}

it('calls what is unusual for a record, says what was expected, and says why it has no score before it knows', async () => {
  const all = await inBatches(life(), 5);
  expect(all[0]).toMatchObject({ abstained: expect.stringMatching(/^only 0 of 2 features are known/) as string });
  expect(all.slice(12, 40).every(({ score }) => score! < 0.5)).toBe(true);
  expect(all[40]!.score).toBeGreaterThan(0.9);
  expect(all[40]!.reasons[0]).toMatch(
    /^A value of 900, where \d+(\.\d)? to \d+ is usual on Saturdays about 09:00 UTC: /,
  );
});

it('knows hours, weekdays and holidays by the tenant’s file as it is now, the past of before too', async () => {
  const events = life();
  await inBatches(events.slice(0, 40), 5);
  const last = async (days: TenantCalendar | undefined, value: number) => {
    calendar = days;
    const [one] = await scored([{ ...told(40, value), id: `asked-${value}` }], { record: false });
    return one as { reasons: readonly string[]; score?: number; value?: number };
  };
  const date = new Date(start + 40 * day).toISOString().slice(0, 10);
  const ordinary = await last(undefined, 10);
  expect(ordinary.value).toBeLessThan(-4);
  expect(ordinary.reasons[0]).toContain('on Saturdays about 09:00 UTC');
  const sydney = await last({ timeZone: 'Australia/Sydney', holidays: [] }, 10);
  expect(sydney.reasons[0]).toContain('on Saturdays about 20:00 Australia/Sydney');
  const holiday = await last({ timeZone: 'Australia/Sydney', holidays: [date] }, 10);
  expect(holiday).toMatchObject({ value: 0 });
  expect(holiday.score).toBeLessThan(0.5);
  const flood = await last({ timeZone: 'Australia/Sydney', holidays: [date] }, 900);
  expect(flood.reasons[0]).toContain('on holidays about 20:00 Australia/Sydney');
  expect(flood.score).toBeGreaterThan(0.9);
});

it('gives the same whether the past came in one batch, in several or each by itself', async () => {
  const whole = await scored(life(), { record: false });
  for (const size of [1, 7, 41]) {
    anotherTenant();
    expect(await inBatches(life(), size)).toStrictEqual(whole);
  }
});

it('never sees the future: scoring a batch again, when the ledger knows all that followed, gives the same', async () => {
  const events = life();
  const first = await inBatches(events, 4);
  // The ledger must not call the events duplicates: it is asked for the past alone.
  const pasts = await ledger.pasts(tenant, [
    { usecase, series: 'a1', from: `${events[20]!.time}/`, most: 500, peers: { group: '', unless: 24, most: 200 } },
  ]);
  expect(pasts[0]!.own).toHaveLength(41);
  const context = jest.spyOn(ledger, 'laneContext').mockResolvedValue({
    ...{
      known: [],
      recorded: [],
      decisions: [],
      records: [],
      engagements: [],
      cases: [],
      parked: [],
      erased: [],
      champions: {},
    },
  });
  expect(await scored(events.slice(20, 24), { record: false })).toStrictEqual(first.slice(20, 24));
  expect(await scored(events, { record: false })).toStrictEqual(first);
  context.mockRestore();
});

it('is asked in one statement for a whole batch, however many records it has', async () => {
  const accounts = Array.from({ length: 20 }, (_, n) => `a${n}`);
  for (const account of accounts) await scored(life(account).slice(0, 30));
  const asked = jest.spyOn(ledger, 'pasts');
  await scored(accounts.map((account) => told(31, 100, account)));
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
});

it('remembers events that are not scored, and not what an event does not tell', async () => {
  const events = life();
  const usual = await inBatches(events, 41);
  anotherTenant();
  // Another field changed every noon: the value stands in the record, and is not told again.
  const noon = (event: CanonicalEvent, n: number): CanonicalEvent => ({
    ...event,
    id: `noon-${n}`,
    time: new Date(Date.parse(event.time) + day / 8).toISOString(),
    data: { ...event.data, change: { kind: 'updated', fields: ['phone'] } },
  });
  const mixed = events.slice(0, 40).flatMap((event, n) => [event, noon(event, n)]);
  const last = await scored([...mixed, events[40]!], { when: 'record.attributes.value > 500' });
  expect(last.map(({ eventid }) => eventid)).toStrictEqual(['a1-40']);
  expect(last[0]).toMatchObject({ value: (usual[40] as { value?: number }).value });
});

it('keeps the pasts of records and tenants apart, and no broken value', async () => {
  await scored(life('a1').slice(0, 40));
  expect(await scored([told(41, 100, 'a2')])).toMatchObject([{ value: expect.any(Number) as number, rate: null }]);
  const broken = told(42, Number.NaN);
  const [none] = await scored([
    { ...broken, data: { ...broken.data, record: { ...broken.data.record, attributes: { value: 'much' } } } },
  ]);
  expect(none).toMatchObject({ abstained: 'value (value that is watched) is "much", not a number' });
  const [past] = await ledger.pasts(tenant, [{ usecase, series: 'a1', from: '9', most: 500 }]);
  expect(past!.own).toHaveLength(40);
  expect(await ledger.pasts('other', [{ usecase, series: 'a1', from: '9', most: 500 }])).toStrictEqual([
    { own: [], peers: [] },
  ]);
});

it('deletes what events told with the events', async () => {
  await scored(life());
  const later = new Date(Date.now() + 1000).toISOString();
  expect(await ledger.purge(tenant, { eventsBefore: later, decisionsBefore: later })).toMatchObject({
    observations: 41,
  });
});

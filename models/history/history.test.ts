import { utc } from '../calendar';
import { deviationOf, rateOf, type Point } from './deviation';
import { historyFacts } from './facts';
import type { History, Observation } from './history';
import { Memory } from './memory';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const start = Date.UTC(2026, 0, 5);

/** The same "noise" every time, between -1 and 1. */
const noise = (n: number): number => (((n * 7_919) % 1_000) / 1_000) * 2 - 1;

const points = (count: number, valueOf: (n: number) => number, step = DAY): readonly Point[] =>
  Array.from({ length: count }, (_, n) => ({ at: start + n * step, value: valueOf(n) }));

/** What the value that comes next would be told. */
const next = (past: readonly Point[], value: number, others: readonly number[] = [], step = DAY) =>
  deviationOf(past, others, { at: start + past.length * step, value }, utc);

describe('a deviation', () => {
  const usual = points(60, (n) => 100 + 5 * noise(n));

  it('is small for what is usual, and grows with the distance, on either side', () => {
    expect(Math.abs(next(usual, 101)!.z)).toBeLessThan(1);
    const sizes = [110, 130, 200, 1_000].map((value) => next(usual, value)!.z);
    expect(sizes).toStrictEqual([...sizes].sort((a, b) => a - b));
    expect(sizes[0]).toBeGreaterThan(1);
    expect(next(usual, 50)!.z).toBeLessThan(-3);
    const { low, high } = next(usual, 100)!;
    expect(low).toBeGreaterThan(80);
    expect(high).toBeLessThan(125);
  });

  it('is hardly moved by one outlier, nor by five among sixty', () => {
    const clean = next(usual, 130)!.z;
    expect(next(usual.with(30, { ...usual[30]!, value: 1e9 }), 130)!.z).toBeCloseTo(clean, 0);
    const spoilt = usual.map((point, n) => (n % 12 === 5 ? { ...point, value: 1e6 } : point));
    expect(next(spoilt, 130)!.z).toBeGreaterThan(clean / 2);
  });

  it('knows the weekday: little on a Sunday is usual, and on a Tuesday it is not', () => {
    const weekly = points(140, (n) => (n % 7 === 6 ? 20 : 100) + noise(n));
    const sunday = deviationOf(weekly.slice(0, 139), [], { at: start + 139 * DAY, value: 20 }, utc)!;
    const tuesday = deviationOf(weekly.slice(0, 134), [], { at: start + 134 * DAY, value: 20 }, utc)!;
    expect(sunday).toMatchObject({ isSeasonal: true });
    expect(Math.abs(sunday.z)).toBeLessThan(3);
    expect(tuesday.z).toBeLessThan(-8);
  });

  it('is unknown of a series without a past, and by its peers until it has one', () => {
    const young = usual.slice(0, 3);
    expect(next(young, 100)).toBeUndefined();
    expect(next(usual.slice(0, 11), 100)).toBeUndefined();
    expect(next(usual.slice(0, 12), 100)).toMatchObject({ basis: 'own' });
    const others = usual.map(({ value }) => value);
    expect(next(young, 100, others.slice(0, 29))).toBeUndefined();
    expect(next([], 1_000, others)).toMatchObject({ basis: 'peers' });
    expect(next(young, 1_000, others)!.z).toBeGreaterThan(5);
    // Its own past is elsewhere: what it has itself is nearer than what others have.
    const higher = points(11, (n) => 300 + 5 * noise(n));
    expect(Math.abs(next(higher, 300, others)!.z)).toBeLessThan(Math.abs(next(higher, 100, others)!.z));
  });

  it('compares whole numbers as counts: none of three is nearer than fifteen, and what hardly varies and doubles is far out', () => {
    const few = points(60, (n) => 3 + Math.round(2 * noise(n)));
    const [none, many] = [next(few, 0)!.z, next(few, 15)!.z];
    expect(many).toBeGreaterThan(4);
    expect(-none).toBeLessThan(many / 1.5);
    const even = points(60, (n) => 100 + (n % 2));
    expect(next(even, 200)!.z).toBeGreaterThan(50);
    expect(next(few, 3)!.low).toBeLessThan(1);
  });

  it('is not misled by a value that most days share: what a fifth of them have is within the spread', () => {
    const shared = points(60, (n) => (n % 5 === 4 ? 20 : 10 + noise(n) / 10));
    expect(next(shared, 20)!.z).toBeLessThan(
      next(
        points(60, (n) => 10 + noise(n) / 10),
        20,
      )!.z / 1.4,
    );
  });

  it('is finite for values that never vary, that are zero, and that are below zero', () => {
    for (const constant of [5, 0, -5]) {
      const same = points(30, () => constant);
      expect(next(same, constant)!.z).toBeCloseTo(0, 9);
      expect(Math.abs(next(same, constant + 3)!.z)).toBeGreaterThan(5);
      expect(Number.isFinite(next(same, constant + 3)!.z)).toBe(true);
    }
  });
});

describe('a rate', () => {
  const times = Array.from({ length: 60 }, (_, n) => start + n * 12 * HOUR);

  it('is that of a burst, and unknown in the first week', () => {
    const now = start + 30 * DAY;
    expect(Math.abs(rateOf(times, now, 24, utc)!.z)).toBeLessThan(1);
    const burst = [...times, ...Array.from({ length: 20 }, (_, n) => now - HOUR + n)];
    expect(rateOf(burst, now, 24, utc)!.z).toBeGreaterThan(8);
    expect(rateOf(times.slice(0, 10), start + 5 * DAY, 24, utc)).toBeUndefined();
    expect(rateOf([], start, 24, utc)).toBeUndefined();
  });
});

const history: History = {
  series: { column: 'who', paths: ['id'], label: 'Who', missing: 'abstain' },
  time: { column: 'when', invalid: 'abstain', outOfOrder: 'abstain' },
  told: [
    {
      name: 'amount',
      column: 'amount',
      path: 'amount',
      label: 'Amount',
      kind: 'number',
      range: [0, 1e6],
      missing: 'unknown',
      invalid: 'abstain',
      outOfRange: 'refuse',
    },
    {
      name: 'item',
      column: 'item',
      path: 'item',
      label: 'Item',
      kind: 'text',
      missing: 'unknown',
      invalid: 'abstain',
      outOfRange: 'abstain',
    },
  ],
  most: 100,
  values: [
    { name: 'count', by: 'count', withinHours: 48 },
    { name: 'spent', by: 'sum', of: 'amount', withinHours: 48 },
    { name: 'idle', by: 'hoursSince' },
    { name: 'item', by: 'last', of: 'item', back: 0 },
    { name: 'before', by: 'last', of: 'item', back: 1 },
    { name: 'hadPen', by: 'had', of: 'item', value: 'pen' },
  ],
};

const observation = (hours: number, told: Observation['told']): Observation => ({ at: start + hours * HOUR, told });

describe('aggregates of a past', () => {
  it('count, sum and tell how long ago, over their window, without the event itself; what is told last, with it', () => {
    const past = [
      observation(0, { amount: 1, item: 'pen' }),
      observation(60, { amount: 10, item: 'ink' }),
      observation(90, { amount: 100 }),
    ];
    const now = observation(100, { amount: 1_000, item: 'book' });
    expect(historyFacts(history, { past, peers: [] }, now).values).toStrictEqual({
      ...{ count: 2, spent: 110, idle: 10 },
      ...{ item: 'book', before: 'ink', hadPen: 1 },
    });
    expect(historyFacts(history, { past: [], peers: [] }, now).values).toStrictEqual({
      ...{ count: 0, spent: 0 },
      ...{ item: 'book', hadPen: 0 },
    });
  });
});

describe('the memory of a file', () => {
  const row = (who: string, hours: number, amount = '1', item = 'pen') => ({
    ...{ who, amount, item },
    when: new Date(start + hours * HOUR).toISOString(),
  });
  const told = (rows: readonly ReturnType<typeof row>[]) => {
    const memory = new Memory(history);
    return rows.map((one) => memory.take(one));
  };
  const rows = Array.from({ length: 300 }, (_, n) => row(`w${n % 3}`, n, String(n), n % 5 === 0 ? 'pen' : 'ink'));

  it('never looks ahead: rows below change nothing above, and the same rows give the same', () => {
    const whole = told(rows);
    expect(told(rows)).toStrictEqual(whole);
    for (const length of [1, 50, 299]) expect(told(rows.slice(0, length))).toStrictEqual(whole.slice(0, length));
  });

  it.each([
    ['no series', { ...row('', 1) }, 'abstain', 'who (who) is missing'],
    ['no time', { ...row('w', 1), when: 'soon' }, 'abstain', 'when (time) is "soon", not a time'],
    ['no number', row('w', 1, 'many'), 'abstain', 'amount (amount) is "many", not a number'],
    ['NaN', row('w', 1, 'NaN'), 'abstain', 'amount (amount) is "NaN", not a number'],
    ['a number out of range', row('w', 1, '-1'), 'refuse', 'amount (amount) is -1, outside 0 to 1000000'],
    ['a time before the newest', row('w', -1), 'abstain', 'when (time) is earlier than that of a row of "w" above it'],
  ])('says what is wrong with a row with %s, and does not remember it', (_, bad, outcome, reason) => {
    const memory = new Memory(history);
    memory.take(row('w', 0));
    expect(memory.take(bad)).toMatchObject({ outcome, reason });
    expect(memory.take(row('w', 2))).toMatchObject({ values: { count: 1, spent: 1, idle: 2 } });
  });

  it('forgets nothing of what counts, and holds no more than that', () => {
    const memory = new Memory({ ...history, values: [{ name: 'count', by: 'count', withinHours: 1e6 }] });
    const counts = Array.from({ length: 450 }, (_, n) => memory.take(row('w', n)));
    expect(counts.map((facts) => ('values' in facts ? facts.values['count'] : NaN))).toStrictEqual(
      Array.from({ length: 450 }, (_, n) => Math.min(n, 100)),
    );
  });
});

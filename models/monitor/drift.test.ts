import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { dataSet } from '../held-out';
import { binsOf, sharesOf, type Observed } from './bins';
import { driftOf, referenceOf, stabilityIndex, type ScoredRow } from './drift';

/** Values that are spread evenly over 0 to 1, in an order that does not rise. */
const even = (rows: number): readonly number[] => Array.from({ length: rows }, (_, n) => ((n * 37) % rows) / rows);
const psi = (reference: readonly Observed[], window: readonly Observed[]): number => {
  const bins = binsOf(reference);
  return stabilityIndex(bins.shares, sharesOf(bins, window));
};

describe('the population stability index', () => {
  it('is what the formula gives by hand', () => {
    const expected = -0.25 * Math.log(0.25 / 0.5) + 0.25 * Math.log(0.75 / 0.5);
    expect(stabilityIndex([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(expected, 12);
    expect(psi(['a', 'a', 'b', 'b'], ['a', 'b', 'b', 'b'])).toBeCloseTo(expected, 12);
  });

  it('counts an empty bin as a share of 1e-4', () => {
    expect(stabilityIndex([1, 0], [0, 1])).toBeCloseTo(2 * 0.9999 * Math.log(1e4), 12);
  });

  it('is never negative, symmetric, and 0 between equals', () => {
    const shares = fc
      .array(fc.integer({ min: 0, max: 1000 }), { minLength: 11, maxLength: 11 })
      .map((counts) => counts.map((count) => (count + 1) / (counts.reduce((a, b) => a + b, 0) + 11)));
    fc.assert(
      fc.property(shares, shares, (a, b) => {
        expect(stabilityIndex(a, a)).toBe(0);
        expect(stabilityIndex(a, b)).toBeGreaterThanOrEqual(0);
        expect(stabilityIndex(a, b)).toBeCloseTo(stabilityIndex(b, a), 12);
      }),
    );
  });
});

const observed: fc.Arbitrary<Observed[]> = fc.oneof(
  fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)), { minLength: 1 }),
  fc.array(fc.oneof(fc.nat(4), fc.constant(null)), { minLength: 1 }),
  fc.array(fc.oneof(fc.string({ maxLength: 2 }), fc.constant(null)), { minLength: 1 }),
);

describe('bins', () => {
  it('take in every value of every window, once', () => {
    fc.assert(
      fc.property(observed, observed, (reference, window) => {
        const bins = binsOf(reference);
        const shares = sharesOf(bins, window);
        expect(shares).toHaveLength(bins.shares.length);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('tell no drift of the window they were frozen over, in whatever order', () => {
    fc.assert(
      fc.property(observed, (reference) => {
        expect(psi(reference, reference.toReversed())).toBe(0);
        expect(binsOf(reference.toReversed())).toStrictEqual(binsOf(reference));
      }),
    );
  });

  it('survive being kept as JSON', () => {
    fc.assert(
      fc.property(observed, (reference) => {
        const kept = JSON.parse(JSON.stringify(binsOf(reference))) as ReturnType<typeof binsOf>;
        expect(stabilityIndex(kept.shares, sharesOf(kept, reference))).toBeCloseTo(0, 9);
      }),
    );
  });

  it('are deciles of a number and the values themselves where there are few', () => {
    expect(binsOf(even(1000)).shares).toHaveLength(11);
    expect(
      binsOf(even(1000))
        .shares.slice(0, 10)
        .every((share) => Math.abs(share - 0.1) < 0.002),
    ).toBe(true);
    expect(binsOf([0, 1, 1, null])).toStrictEqual({
      kind: 'values',
      values: [1, 0],
      shares: [0.5, 0.25, 0, 0.25],
      rows: 4,
    });
  });

  it('need a row', () => {
    expect(() => binsOf([])).toThrow(RangeError);
  });
});

describe('drift', () => {
  const rows = (scores: readonly number[], plan: (n: number) => string): readonly ScoredRow[] =>
    scores.map((score, n) => ({ score, features: { plan: plan(n), age: score * 50 } }));
  const usual = rows(even(2000), (n) => (n % 2 === 0 ? 'a' : 'b'));
  const reference = referenceOf(usual);

  it('is steady where nothing moved, and within what chance alone makes', () => {
    const [score, ...features] = driftOf(reference, usual.slice(0, 1000));
    expect(score).toMatchObject({ what: 'score', level: 'steady' });
    expect(features.map(({ what }) => what).sort()).toStrictEqual(['age', 'plan']);
    for (const { psi: index, noise } of driftOf(reference, usual.slice(0, 1000))) expect(index).toBeLessThan(2 * noise);
  });

  it('warns from 0.1 and alarms from 0.25, and names what moved first', () => {
    const warned = rows(even(2000), (n) => (n % 3 === 0 ? 'a' : 'b'));
    expect(driftOf(reference, warned).find(({ what }) => what === 'plan')).toMatchObject({
      level: 'warn',
      psi: expect.closeTo((1 / 2 - 1 / 3) * Math.log(2 / 3 / (1 / 3)), 2) as number,
    });
    const alarmed = driftOf(
      reference,
      rows(even(2000), () => 'c'),
    );
    expect(alarmed[1]).toMatchObject({ what: 'plan', level: 'alarm' });
    const higher = rows(
      even(2000).map((score) => 0.5 + score / 2),
      (n) => (n % 2 === 0 ? 'a' : 'b'),
    );
    expect(driftOf(reference, higher)[0]).toMatchObject({ what: 'score', level: 'alarm' });
  });

  it('sees that a feature is no longer known', () => {
    const unknown = usual.map(({ score }) => ({ score, features: { plan: 'a', age: null } }));
    expect(driftOf(reference, unknown)[1]).toMatchObject({ what: 'age', level: 'alarm' });
    expect(
      driftOf(
        reference,
        usual.map(({ score }) => ({ score, features: {} })),
      )[1]?.level,
    ).toBe('alarm');
  });
});

const bank = dataSet('BANK_MARKETING_CSV', 'bank_marketing/bank_marketing.csv.gz');
(bank.isThere ? it : it.skip)('alarms on the interest rate of the bank marketing data, whose times changed', () => {
  const rows = parse(gunzipSync(readFileSync(bank.file)), { columns: true }) as unknown as Record<string, string>[];
  // The rows are in order of time, from May 2008 to November 2010.
  const rate = rows.map((row) => Number(row['euribor3m']));
  const weekday = rows.map((row) => row['day_of_week'] ?? null);
  const [early, late] = [Math.floor(rows.length * 0.6), Math.floor(rows.length * 0.8)];
  expect(psi(rate.slice(0, early), rate.slice(late))).toBeGreaterThan(3);
  expect(psi(weekday.slice(0, early), weekday.slice(late))).toBeLessThan(0.1);
});

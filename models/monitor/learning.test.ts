import fc from 'fast-check';
import { calibrationLimit, calibrationOf, type Labelled } from './calibration';
import { compare, type Paired } from './comparison';

/** Rows of one score, of which the given share has happened. */
const rowsAt = (score: number, rate: number, rows: number): readonly Labelled[] =>
  Array.from({ length: rows }, (_, n) => ({ score, happened: n < Math.round(rate * rows) }));
const tenths = Array.from({ length: 10 }, (_, n) => (n + 0.5) / 10);

describe('calibration', () => {
  it('has no error where as much happens as was said', () => {
    const calibrated = tenths.flatMap((score) => rowsAt(score, score, 100));
    expect(calibrationOf(calibrated)).toMatchObject({ rows: 1000, ece: expect.closeTo(0, 9) as number });
  });

  it('has the error by which scores are too high', () => {
    const tooHigh = tenths.flatMap((score) => rowsAt(score, score / 2, 200));
    const { ece, rate, meanScore } = calibrationOf(tooHigh);
    expect(ece).toBeCloseTo(0.25, 9);
    expect(meanScore - rate).toBeCloseTo(0.25, 9);
  });

  it('is a share, is at least the distance of the means, and does not hang on the order', () => {
    const row = fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), happened: fc.boolean() });
    fc.assert(
      fc.property(fc.uniqueArray(row, { minLength: 1, selector: ({ score }) => score }), (rows) => {
        const { ece, rate, meanScore } = calibrationOf(rows);
        expect(ece).toBeLessThanOrEqual(1);
        expect(ece).toBeGreaterThanOrEqual(Math.abs(rate - meanScore) - 1e-9);
        expect(calibrationOf(rows.toReversed()).ece).toBeCloseTo(ece, 9);
      }),
    );
  });

  it('is held to what chance makes of few rows, and to 0.03 where there are many', () => {
    expect(calibrationLimit({ rows: 200, rate: 0.5 })).toBeCloseTo(1.5 * Math.sqrt((2 / Math.PI) * (0.25 / 20)), 12);
    expect(calibrationLimit({ rows: 100_000, rate: 0.5 })).toBe(0.03);
    const random = [...Array(2000).keys()].map((n) => ((n * 7919) % 2003) / 2003);
    const within = (scale: number): number => {
      const windows = Array.from({ length: 10 }, (_, w) =>
        random.slice(w * 200, (w + 1) * 200).map((draw, n) => {
          const score = ((n % 10) + 0.5) / 10;
          return { score, happened: (draw * 104_729) % 1 < score * scale };
        }),
      );
      return windows.map(calibrationOf).filter((one) => one.ece <= calibrationLimit(one)).length;
    };
    expect(within(1)).toBe(10);
    expect(within(0.4)).toBe(0);
  });

  it('needs a row', () => {
    expect(() => calibrationOf([])).toThrow(RangeError);
  });
});

describe('a comparison', () => {
  const sharp = (n: number): Paired => {
    const happened = n % 3 === 0;
    return { happened, champion: 0.33, challenger: happened ? 0.6 : 0.2 };
  };
  const better = Array.from({ length: 300 }, (_, n) => sharp(n));

  it('finds the better one, with an interval that leaves 0 out', () => {
    const { rows, difference, high } = compare(better);
    expect(rows).toBe(300);
    const byHand = (-Math.log(0.6) + Math.log(0.33)) / 3 + (2 * (-Math.log(0.8) + Math.log(0.67))) / 3;
    expect(difference).toBeCloseTo(byHand, 9);
    expect(high).toBeLessThan(0);
  });

  it('finds neither better where they differ by chance', () => {
    const even = Array.from({ length: 300 }, (_, n) => ({
      happened: n % 2 === 0,
      champion: n % 4 < 2 ? 0.6 : 0.4,
      challenger: n % 4 < 2 ? 0.4 : 0.6,
    }));
    const { low, high } = compare(even);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  it('turns round when the two change places', () => {
    const turned = better.map(({ champion, challenger, happened }) => ({
      happened,
      champion: challenger,
      challenger: champion,
    }));
    expect(compare(turned).difference).toBeCloseTo(-compare(better).difference, 12);
    expect(compare(turned).low).toBeGreaterThan(0);
  });

  it('holds the difference within its interval, and is the same every time', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const pair = fc.record({ champion: share, challenger: share, happened: fc.boolean() });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 30 }), (pairs) => {
        const once = compare(pairs);
        expect(once.low).toBeLessThanOrEqual(once.high);
        expect(Number.isFinite(once.difference)).toBe(true);
        expect(compare(pairs)).toStrictEqual(once);
      }),
      { numRuns: 30 },
    );
  });

  it('is 0 where both say the same', () => {
    const same = better.map(({ champion, happened }) => ({ champion, challenger: champion, happened }));
    expect(compare(same)).toStrictEqual({ rows: 300, difference: 0, low: 0, high: 0 });
  });
});

import fc from 'fast-check';
import { utc } from '../calendar';
import { HOUR, median, type Point } from './deviation';
import { basisOf, hasLearnt, rhythmOf as judged, type RhythmRule } from './rhythm';

const start = Date.UTC(2026, 0, 5);

const rhythmOf = (known: readonly Point[], now: Point, told: RhythmRule) =>
  hasLearnt(known, now, told) ? judged(basisOf(known, now, utc), told) : undefined;

const rule = { learnDays: 28 };
const hourRule = { ...rule, hours: 1 };
const stretchRule = { ...rule, hours: 12 };

/** 40 an hour by day, 4 by night, a third of it on weekends, and a little more or less. */
function usual(n: number): number {
  const time = new Date(start + n * HOUR);
  const isDay = time.getUTCHours() >= 8 && time.getUTCHours() < 18;
  const mean = (isDay ? 40 : 4) * ([0, 6].includes(time.getUTCDay()) ? 1 / 3 : 1);
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * (((n * 7_919) % 13) / 6 - 1)));
}

const past = (hours: number, change: (n: number, value: number) => number = (_, value) => value): readonly Point[] =>
  Array.from({ length: hours }, (_, n) => ({ at: start + n * HOUR, value: change(n, usual(n)) }));

const at = (n: number, value: number): Point => ({ at: start + n * HOUR, value });
/** The Tuesday after five weeks, 14:00. */
const tuesday = 5 * 168 + 24 + 14;

describe('the rhythm of a stream', () => {
  it('is not known before its learning time is over', () => {
    expect(rhythmOf([], at(0, 3), hourRule)).toBeUndefined();
    expect(rhythmOf(past(28 * 24), at(28 * 24 - 1, 3), hourRule)).toBeUndefined();
    expect(rhythmOf(past(28 * 24), at(28 * 24, 3), hourRule)).toBeDefined();
  });

  it('takes a flood and a silence for unusual, and says what is usual', () => {
    const known = past(tuesday);
    const flood = rhythmOf(known, at(tuesday, 214), hourRule);
    expect(flood?.z).toBeGreaterThan(8);
    expect(flood).toMatchObject({ observed: 214 });
    expect(flood!.low).toBeGreaterThan(15);
    expect(flood!.high).toBeLessThan(75);
    expect(rhythmOf(known, at(tuesday, 0), hourRule)?.z).toBeLessThan(-6);
    expect(Math.abs(rhythmOf(known, at(tuesday, usual(tuesday)), hourRule)!.z)).toBeLessThan(2);
  });

  it('knows nights and weekends: what is nothing there is silence by day', () => {
    const sunday = 5 * 168 + 6 * 24 + 3;
    expect(Math.abs(rhythmOf(past(sunday), at(sunday, 0), hourRule)!.z)).toBeLessThan(3);
    const quiet = (value: number) => rhythmOf(past(sunday), at(sunday, value), hourRule)!.z;
    expect(quiet(40)).toBeGreaterThan(8);
  });

  it('adds up hours that are too quiet each for themselves', () => {
    const night = 5 * 168 + 24 + 5;
    const silent = past(night, (n, value) => (n > night - 9 ? 0 : value));
    expect(rhythmOf(silent, at(night, 0), hourRule)!.z).toBeGreaterThan(-4);
    const stretch = rhythmOf(silent, at(night, 0), stretchRule);
    expect(stretch?.z).toBeLessThan(-4);
    expect(stretch!.observed).toBeLessThan(stretch!.low);
  });

  it('does not hold a single flood for a busy half day', () => {
    const after = past(tuesday, (n, value) => (n === tuesday - 2 ? 900 : value));
    expect(Math.abs(rhythmOf(after, at(tuesday, usual(tuesday)), stretchRule)!.z)).toBeLessThan(3);
  });

  it('says nothing of hours together of which one was not counted', () => {
    const torn = past(tuesday).filter(({ at: when }) => when !== start + (tuesday - 3) * HOUR);
    expect(rhythmOf(torn, at(tuesday, 40), stretchRule)).toBeUndefined();
    expect(rhythmOf(torn, at(tuesday, 40), hourRule)).toBeDefined();
  });

  it('calls no single event of a stream that has hardly any', () => {
    const rare = past(tuesday, (n) => Number(n % 100 === 0));
    expect(rhythmOf(rare, at(tuesday, 2), hourRule)!.z).toBeLessThan(3);
    expect(rhythmOf(rare, at(tuesday, 0), stretchRule)!.z).toBeGreaterThan(-2);
    expect(rhythmOf(rare, at(tuesday, 60), hourRule)!.z).toBeGreaterThan(8);
  });
});

test('a median is the middle of the values in order, whatever their order, ties and number', () => {
  const few = fc.constantFrom(-1, 0, 0.5, 2);
  const values = fc.oneof(fc.array(few), fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })));
  fc.assert(
    fc.property(values, (given) => {
      const ordered = [...given].sort((one, other) => one - other);
      const middle = ordered.length >> 1;
      const [lower = NaN, upper = NaN] = [ordered[middle - 1], ordered[middle]];
      // Zero has a sign, which no order looks at.
      expect(median(given) + 0).toBe((ordered.length % 2 === 1 ? upper : (lower + upper) / 2) + 0);
    }),
  );
});

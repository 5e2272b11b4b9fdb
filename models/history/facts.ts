import { countIn, deviationOf, HOUR, rateOf, type Deviation, type Point } from './deviation';
import type { History, HistoryFacts, HistoryValue, Observation, Remembered } from './history';
import { basisOf, hasLearnt, rhythmOf, type RhythmBasis } from './rhythm';

const WEEKDAYS = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'] as const;
/** Digits of a number in words. */
const DIGITS = 3;

/** A value, absent where the past does not tell it, and its words. */
interface Fact {
  readonly value?: number | string;
  readonly words?: Readonly<Record<string, string>>;
}

/**
 * What the past of a series says of an event. Pure: the same past gives the same facts, whether it was kept while a file was
 * read or comes from the ledger.
 */
export function historyFacts({ values }: History, remembered: Remembered, now: Observation): HistoryFacts {
  const facts = { values: {} as Record<string, number | string>, words: {} as Record<string, string> };
  for (const value of values) {
    const { value: found, words = {} } = factOf(value, remembered, now);
    if (found !== undefined) facts.values[value.name] = found;
    for (const [word, text] of Object.entries(words)) facts.words[`${value.name}.${word}`] = text;
  }
  return facts;
}

function factOf(value: HistoryValue, remembered: Remembered, now: Observation): Fact {
  const { past } = remembered;
  switch (value.by) {
    case 'count':
      return { value: countIn(timesOf(past), now.at - value.withinHours * HOUR, now.at) };
    case 'sum': {
      const recent = pointsOf(past, value.of).filter(({ at }) => at > now.at - value.withinHours * HOUR);
      return { value: recent.reduce((sum, point) => sum + point.value, 0) };
    }
    case 'hoursSince': {
      const last = past.at(-1);
      return last === undefined ? {} : { value: (now.at - last.at) / HOUR };
    }
    case 'last':
      return found(
        [...past, now].filter(({ told }) => Object.hasOwn(told, value.of)).at(-1 - value.back)?.told[value.of],
      );
    case 'had':
      return { value: Number([...past, now].some(({ told }) => told[value.of] === value.value)) };
    default:
      return comparison(value, remembered, now);
  }
}

type Compared = Extract<HistoryValue, { by: 'deviation' | 'rate' | 'rhythm' }>;

/** What is measured against the past of its series. */
function comparison(value: Compared, remembered: Remembered, now: Observation): Fact {
  switch (value.by) {
    case 'deviation':
      return valueDeviation(value.of, remembered, now);
    case 'rate': {
      const times = timesOf(remembered.past);
      const count = countIn(times, now.at - value.hours * HOUR, now.at) + 1;
      return asFact(rateOf(times, now.at, value.hours), count, '');
    }
    case 'rhythm':
      return rhythmFact(value, remembered, now);
  }
}

function found(value: number | string | undefined): Fact {
  return value === undefined ? {} : { value };
}

function timesOf(past: readonly Observation[]): readonly number[] {
  return past.map(({ at }) => at);
}

function pointsOf(past: readonly Observation[], of: string): readonly Point[] {
  const points: Point[] = [];
  for (const { at, told } of past) {
    const value = told[of];
    if (typeof value === 'number') points.push({ at, value });
  }
  return points;
}

function valueDeviation(of: string, { past, peers }: Remembered, now: Observation): Fact {
  const [point] = pointsOf([now], of);
  if (point === undefined) return {};
  const others = pointsOf(peers, of).map(({ value }) => value);
  const deviation = deviationOf(pointsOf(past, of), others, point);
  const hour = clock(now.at).slice(0, 2);
  const when = deviation?.isSeasonal === true ? ` on ${weekdayOf(now.at)} about ${hour}:00 UTC` : '';
  return asFact(deviation, point.value, when);
}

/** Several values of one event ask for the same rhythm. */
const bases = new WeakMap<Remembered, { readonly of: string; readonly basis: RhythmBasis }>();

type RhythmValue = Extract<HistoryValue, { by: 'rhythm' }>;

function basisFor(value: RhythmValue, remembered: Remembered, now: Observation): RhythmBasis | undefined {
  const known = bases.get(remembered);
  if (known?.of === value.of) return hasLearnt(known.basis.past, known.basis.now, value) ? known.basis : undefined;
  const [point] = pointsOf([now], value.of);
  const points = pointsOf(remembered.past, value.of);
  if (point === undefined || !hasLearnt(points, point, value)) return undefined;
  const basis = basisOf(points, point);
  bases.set(remembered, { of: value.of, basis });
  return basis;
}

function rhythmFact(value: RhythmValue, remembered: Remembered, now: Observation): Fact {
  const basis = basisFor(value, remembered, now);
  const rhythm = basis === undefined ? undefined : rhythmOf(basis, value);
  if (rhythm === undefined) return {};
  const { z, observed, low, high } = rhythm;
  return {
    value: z,
    words: {
      observed: observed === 0 ? 'no' : String(observed),
      what: String(now.told[value.what] ?? 'events'),
      low: String(Math.floor(low)),
      high: String(Math.ceil(high)),
      weekday: weekdayOf(now.at),
      from: clock(now.at),
      to: clock(now.at + HOUR),
    },
  };
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

function weekdayOf(at: number): string {
  return WEEKDAYS[(new Date(at).getUTCDay() + 6) % 7] ?? '';
}

function asFact(deviation: Deviation | undefined, observed: number, when: string): Fact {
  if (deviation === undefined) return {};
  const { z, low, high, basis } = deviation;
  return {
    value: z,
    words: {
      observed: shown(observed),
      low: shown(low),
      high: shown(high),
      usual: basis === 'own' ? `usual${when}` : 'usual for others',
      far: `${Math.abs(z).toFixed(1)} times the usual spread ${z < 0 ? 'below' : 'above'}`,
    },
  };
}

function shown(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}

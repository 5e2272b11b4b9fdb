import { type Calendar, utc } from '../calendar';
import { countIn, deviationOf, HOUR, rateOf, type Deviation, type Point } from './deviation';
import type { History, HistoryFacts, HistoryValue, Observation, Remembered } from './history';
import { basisOf, hasLearnt, rhythmOf, type RhythmBasis } from './rhythm';

/** Digits of a number in words. */
const DIGITS = 3;

/** A value, absent where the past does not tell it, and its words. */
interface Fact {
  readonly value?: number | string;
  readonly words?: Readonly<Record<string, string>>;
}

/**
 * What the past of a series says of an event. Pure: the same past gives the same facts, whether it was kept while a file was
 * read or comes from the ledger. What a holiday told is left out of what is usual; on a holiday anything from nothing to what an ordinary
 * day of that weekday has is usual, so that only more is far out.
 */
export function historyFacts(
  { values }: History,
  remembered: Remembered,
  now: Observation,
  calendar: Calendar = utc,
): HistoryFacts {
  const facts = { values: {} as Record<string, number | string>, words: {} as Record<string, string> };
  for (const value of values) {
    const { value: found, words = {} } = factOf(value, remembered, now, calendar);
    if (found !== undefined) facts.values[value.name] = found;
    for (const [word, text] of Object.entries(words)) facts.words[`${value.name}.${word}`] = text;
  }
  return facts;
}

function factOf(value: HistoryValue, remembered: Remembered, now: Observation, calendar: Calendar): Fact {
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
      return comparison(value, remembered, now, calendar);
  }
}

type Compared = Extract<HistoryValue, { by: 'deviation' | 'rate' | 'rhythm' }>;

/** What is measured against the past of its series. */
function comparison(value: Compared, remembered: Remembered, now: Observation, calendar: Calendar): Fact {
  switch (value.by) {
    case 'deviation':
      return valueDeviation(value.of, remembered, now, calendar);
    case 'rate': {
      const times = timesOf(remembered.past);
      const count = countIn(times, now.at - value.hours * HOUR, now.at) + 1;
      return asFact(within(rateOf(times, now.at, value.hours, calendar), count, now, calendar), count, '');
    }
    case 'rhythm':
      return rhythmFact(value, remembered, now, calendar);
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

/** The points that say what is usual. */
function ordinary(points: readonly Point[], calendar: Calendar): readonly Point[] {
  return points.filter(({ at }) => !calendar.isHoliday(at));
}

/** On a holiday too little is not called. */
function within(
  deviation: Deviation | undefined,
  observed: number,
  { at }: Observation,
  calendar: Calendar,
): Deviation | undefined {
  if (deviation === undefined || !calendar.isHoliday(at)) return deviation;
  return { ...deviation, z: Math.max(0, deviation.z), low: Math.min(deviation.low, observed) };
}

function valueDeviation(of: string, { past, peers }: Remembered, now: Observation, calendar: Calendar): Fact {
  const [point] = pointsOf([now], of);
  if (point === undefined) return {};
  const others = pointsOf(peers, of).map(({ value }) => value);
  const deviation = deviationOf(ordinary(pointsOf(past, of), calendar), others, point, calendar);
  const hour = calendar.clockOf(now.at).slice(0, 2);
  const when =
    deviation?.isSeasonal === true ? ` on ${dayOf(now.at, calendar)} about ${hour}:00 ${calendar.timeZone}` : '';
  return asFact(within(deviation, point.value, now, calendar), point.value, when);
}

/** Several values of one event ask for the same rhythm. */
const bases = new WeakMap<Remembered, { readonly of: string; readonly basis: RhythmBasis }>();

type RhythmValue = Extract<HistoryValue, { by: 'rhythm' }>;

function basisFor(
  value: RhythmValue,
  remembered: Remembered,
  now: Observation,
  calendar: Calendar,
): RhythmBasis | undefined {
  const known = bases.get(remembered);
  if (known?.of === value.of) return hasLearnt(known.basis.past, known.basis.now, value) ? known.basis : undefined;
  const [point] = pointsOf([now], value.of);
  const points = ordinary(pointsOf(remembered.past, value.of), calendar);
  if (point === undefined || !hasLearnt(points, point, value)) return undefined;
  const basis = basisOf(points, point, calendar);
  bases.set(remembered, { of: value.of, basis });
  return basis;
}

function rhythmFact(value: RhythmValue, remembered: Remembered, now: Observation, calendar: Calendar): Fact {
  const isHoliday = calendar.isHoliday(now.at);
  // Hours together of which some are a holiday's are neither a holiday nor a day.
  if (isHoliday && value.hours > 1) return {};
  const basis = basisFor(value, remembered, now, calendar);
  const rhythm = basis === undefined ? undefined : rhythmOf(basis, value);
  if (rhythm === undefined) return {};
  const { z, observed, low, high } = rhythm;
  return {
    value: isHoliday ? Math.max(0, z) : z,
    words: {
      observed: observed === 0 ? 'no' : String(observed),
      what: String(now.told[value.what] ?? 'events'),
      low: String(isHoliday ? 0 : Math.floor(low)),
      high: String(Math.ceil(high)),
      weekday: dayOf(now.at, calendar),
      from: calendar.clockOf(now.at),
      to: `${calendar.clockOf(now.at + HOUR)} ${calendar.timeZone}`,
    },
  };
}

function dayOf(at: number, calendar: Calendar): string {
  return calendar.isHoliday(at) ? 'holidays' : calendar.weekdayOf(at);
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

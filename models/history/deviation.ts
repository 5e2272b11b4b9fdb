import type { Calendar } from '../calendar';

/** A number with its time. */
export interface Point {
  /** ms since 1970, UTC. */
  readonly at: number;
  readonly value: number;
}

/** How far a value is from what was to be expected. */
export interface Deviation {
  /** Robust standard deviations; above 0 is more than expected. */
  readonly z: number;
  readonly expected: number;
  /** Three deviations on either side. */
  readonly low: number;
  readonly high: number;
  readonly basis: 'own' | 'peers';
  /** Whether hour or weekday entered into it. */
  readonly isSeasonal: boolean;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Fewer own observations say nothing by themselves, nor do fewer of others. */
const LEAST_OWN = 12;
const LEAST_PEERS = 30;
/** With fewer own observations than this, peers are asked too; as many surplus to two weigh as much in the spread as they do. */
export const youngSeries = 24;
const BLEND = 8;
/** Observations by which a short past makes everything less certain. */
const INFLATION = 4;
/** A season is looked for from this span on, and each effect from this number of observations on. */
const SEASON_DAYS = 14;
const LEAST_FOR = { weekday: 21, hour: 96, both: 336 } as const;
/** Newest observations that tell the level of now. */
const RECENT = 48;
/** A standard deviation by the median absolute deviation, and by the mean one, of a normal distribution. */
export const BY_MEDIAN = 1.4826;
const BY_MEAN = 1.2533;
/** No spread is smaller than this share of the median. */
const FLOOR = 0.002;
/** Robust standard deviations that one residual counts for in a spread, at most. */
const MOST_OF_ONE = 4;
/** Counts vary by chance, and by the root of this as a share of themselves; what is added before the root (Anscombe 1948). */
const UNEVEN = 0.02;
const ANSCOMBE = 0.375;
/** What low and high are away. */
export const RANGE = 3;
/** Windows that a rate is compared over, at least and at most, and days of a week. */
const WINDOWS = { least: 7, most: 28 } as const;
const WEEK = 7;

/** The middle value; of an even number the mean of the middle two. NaN of none. */
export function median(values: readonly number[]): number {
  const found = new Float64Array(values);
  const middle = found.length >> 1;
  const upper = placed(found, middle);
  if (found.length % 2 === 1) return upper;
  let lower = NaN;
  for (let n = 0; n < middle; n += 1) if (!(lower >= at(found, n))) lower = at(found, n);
  return (lower + upper) / 2;
}

const at = (values: Float64Array, n: number): number => values[n] ?? NaN;

/**
 * The value that is at a place once all are in order, moved there with none greater before it (Hoare's selection). A rhythm is
 * medians, and to sort for each takes several times as long.
 */
function placed(values: Float64Array, place: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = at(values, (low + high) >> 1);
    let [left, right] = [low, high];
    while (left <= right) {
      while (at(values, left) < pivot) left += 1;
      while (at(values, right) > pivot) right -= 1;
      if (left > right) break;
      [values[left], values[right]] = [at(values, right), at(values, left)];
      left += 1;
      right -= 1;
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return at(values, place);
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** A scale on which values compare, and the way back. */
interface Scale {
  readonly to: (value: number) => number;
  readonly from: (y: number) => number;
  readonly floor: number;
}

/** Whole numbers: the root where they are small, logarithmic where they are great (the negative binomial's, Anscombe 1948). */
const scaleOfCounts: Scale = {
  to: (v) => (2 * Math.asinh(Math.sqrt(UNEVEN * (v + ANSCOMBE)))) / Math.sqrt(UNEVEN),
  from: (y) => Math.max(0, Math.sinh((Math.max(0, y) * Math.sqrt(UNEVEN)) / 2) ** 2 / UNEVEN - ANSCOMBE),
  floor: FLOOR,
};

/**
 * That of counts where the past is of whole numbers and nothing is below 0. Else logarithmic about the usual value where all is above 0,
 * since what varies there varies by shares; linear near 0 and logarithmic far from it where there are zeros; as it is where some are below.
 */
function scaleOf(values: readonly number[], others: readonly number[], value: number): Scale {
  const usual = median(values.length >= LEAST_OWN ? values : others);
  const least = [...values, ...others].reduce((a, b) => Math.min(a, b), value);
  if (least >= 0 && values.every(Number.isInteger) && others.every(Number.isInteger)) return scaleOfCounts;
  if (least > 0) return { to: (v) => Math.log(v / usual), from: (y) => usual * Math.exp(y), floor: FLOOR };
  if (least === 0 && usual > 0) {
    return { to: (v) => Math.log1p(v / usual), from: (y) => Math.max(0, usual * Math.expm1(y)), floor: FLOOR };
  }
  const size = median([...values, ...others].map(Math.abs));
  return { to: (v) => v, from: (y) => y, floor: Math.max(FLOOR * size, 1e-9) };
}

/**
 * A standard deviation that single outliers do not move: by the middle one, and by the mean where that is greater, as of a few values
 * that most days share, in which none counts for more than `MOST_OF_ONE`.
 */
function spread(residuals: readonly number[], floor: number): number {
  const sizes = residuals.map(Math.abs);
  const robust = BY_MEDIAN * median(sizes);
  const most = robust > 0 ? MOST_OF_ONE * robust : Infinity;
  return Math.max(robust, BY_MEAN * mean(sizes.map((size) => Math.min(size, most))), floor);
}

interface Baseline {
  readonly expected: number;
  readonly spread: number;
  readonly isSeasonal: boolean;
}

/** An effect less what chance may have made of it (James and Stein): nothing where its square is below the variance of its estimate. */
function certainOf(effect: number, variance: number): number {
  return variance < effect ** 2 ? effect * (1 - variance / effect ** 2) : 0;
}

/** What level and season let expect now, and what of the past they leave over. */
export interface Season {
  readonly expected: number;
  readonly residuals: readonly number[];
  readonly isSeasonal: boolean;
}

/** Level, hour of day, weekday and hour of week, one after the other, each by medians and drawn to nothing where it is uncertain. */
export function seasonOf(points: readonly Point[], ys: readonly number[], now: Point, calendar: Calendar): Season {
  const level = median(ys);
  let residuals = ys.map((y) => y - level);
  let expected = level;
  const span = now.at - (points[0]?.at ?? now.at);
  const isSeasonal = span >= SEASON_DAYS * DAY && points.length >= LEAST_FOR.weekday;
  const hours = points.map((point) => calendar.hourOfWeek(point.at));
  const remove = (cellOf: (hour: number) => number): void => {
    const cells: (number[] | undefined)[] = [];
    const places = hours.map(cellOf);
    places.forEach((cell, n) => (cells[cell] ??= []).push(residuals[n] ?? NaN));
    const noise = (BY_MEDIAN * median(residuals.map(Math.abs))) ** 2;
    const effects = cells.map((own) => (own === undefined ? 0 : certainOf(median(own), noise / own.length)));
    residuals = residuals.map((residual, n) => residual - (effects[places[n] ?? -1] ?? 0));
    expected += effects[cellOf(calendar.hourOfWeek(now.at))] ?? 0;
  };
  if (isSeasonal) {
    if (points.length >= LEAST_FOR.hour) remove((hour) => hour % 24);
    remove((hour) => Math.floor(hour / 24));
    if (points.length >= LEAST_FOR.both) remove((hour) => hour);
  }
  return { expected, residuals, isSeasonal };
}

function baselineOf(
  points: readonly Point[],
  ys: readonly number[],
  now: Point,
  floor: number,
  calendar: Calendar,
): Baseline {
  const { expected, residuals, isSeasonal } = seasonOf(points, ys, now, calendar);
  const recent = median(residuals.slice(-RECENT));
  return {
    expected: expected + recent,
    spread: spread(
      residuals.map((r) => r - recent),
      floor,
    ),
    isSeasonal,
  };
}

/**
 * How far a value is from what the past of its series lets expect, and from that of others while its own is short. Medians
 * throughout, so that one outlier leaves what is expected next where it was. Pure.
 * @param past oldest first, all before `now`
 * @param others values of other series of the group
 * @returns undefined where too little is known
 */
export function deviationOf(
  past: readonly Point[],
  others: readonly number[],
  now: Point,
  calendar: Calendar,
): Deviation | undefined {
  const n = past.length;
  const hasPeers = n < youngSeries && others.length >= LEAST_PEERS;
  if (n < LEAST_OWN && !hasPeers) return undefined;
  const values = past.map(({ value }) => value);
  const peers = hasPeers ? others : [];
  const scale = scaleOf(values, peers, now.value);
  const own = n === 0 ? undefined : baselineOf(past, values.map(scale.to), now, scale.floor, calendar);
  const { expected, spread: width } = hasPeers ? withPeers(own, n, peers.map(scale.to), scale.floor) : mustHave(own);
  const reach = width * (1 + INFLATION / (n + (hasPeers ? LEAST_PEERS : 0)));
  return {
    z: (scale.to(now.value) - expected) / reach,
    expected: scale.from(expected),
    low: scale.from(expected - RANGE * reach),
    high: scale.from(expected + RANGE * reach),
    basis: n >= LEAST_OWN ? 'own' : 'peers',
    isSeasonal: own?.isSeasonal === true,
  };
}

type Expected = Pick<Baseline, 'expected' | 'spread'>;

function mustHave(own: Baseline | undefined): Expected {
  if (own === undefined) throw new Error('a series without a past and without peers has no baseline');
  return own;
}

/** A young series' own baseline, drawn to its peers' by how sure each is. */
function withPeers(own: Baseline | undefined, n: number, ys: readonly number[], floor: number): Expected {
  const usual = median(ys);
  const residuals = ys.map((y) => y - usual);
  const between = spread(residuals, floor);
  if (own === undefined) return { expected: usual, spread: between };
  const surplus = Math.max(0, n - 2) / (Math.max(0, n - 2) + BLEND);
  const within = Math.sqrt(surplus * own.spread ** 2 + (1 - surplus) * between ** 2);
  const level = between ** 2 / (between ** 2 + within ** 2 / n);
  return { expected: level * own.expected + (1 - level) * usual, spread: within };
}

/**
 * How far the number of events in the last hours, the present one included, is from that of the windows of the same length
 * every day before, the same weekdays counting more; windows that a holiday is in are left out. Pure.
 * @param times ms, oldest first, all before `now`
 * @returns undefined where the series is younger than a week and such a window, or fewer windows are left
 */
export function rateOf(
  times: readonly number[],
  now: number,
  hours: number,
  calendar: Calendar,
): Deviation | undefined {
  const [first = now] = times;
  const length = hours * HOUR;
  const days = Math.min(WINDOWS.most, Math.floor((now - first - length) / DAY));
  const windows = Array.from({ length: Math.max(0, days) }, (_, k) => k + 1).filter(
    (ago) => !calendar.touchesHoliday(now - ago * DAY - length, now - ago * DAY),
  );
  if (windows.length < WINDOWS.least) return undefined;
  const countOf = (ago: number): number => countIn(times, now - ago * DAY - length, now - ago * DAY);
  const counts = windows.map(countOf);
  const usual = median(counts);
  const same = windows.filter((ago) => ago % WEEK === 0).map(countOf);
  const effect = same.length === 0 ? 0 : (same.length / (same.length + 2)) * (median(same) - usual);
  const expected = usual + effect;
  // A count varies at least as chance makes it vary.
  const width = Math.max(BY_MEDIAN * median(counts.map((c) => Math.abs(c - usual))), Math.sqrt(expected + 1));
  return {
    z: (countIn(times, now - length, now) + 1 - expected) / width,
    expected,
    low: Math.max(0, expected - RANGE * width),
    high: expected + RANGE * width,
    basis: 'own',
    isSeasonal: true,
  };
}

/** How many times lie after `from` and not after `to`. */
export function countIn(times: readonly number[], from: number, to: number): number {
  return placeAfter(times, to) - placeAfter(times, from);
}

function placeAfter(times: readonly number[], moment: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

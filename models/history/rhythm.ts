import type { Calendar } from '../calendar';
import { BY_MEDIAN, DAY, HOUR, median, RANGE, seasonOf, type Point } from './deviation';

/** How far the events of an hour, or of the hours up to it, are from what their stream lets expect. */
export interface Rhythm {
  /** In what chance and the stream's own past let it vary; above 0 is more than expected. */
  readonly z: number;
  readonly observed: number;
  /** Events that would be ordinary: three deviations on either side. */
  readonly low: number;
  readonly high: number;
}

/** Of counts by the hour: what is looked at, and from when on. */
export interface RhythmRule {
  /** 1, or how many of the newest together. */
  readonly hours: number;
  /** Nothing is said before the stream is so old. */
  readonly learnDays: number;
}

/** Hours that tell the level of now: a stream that grows is followed within days. */
const RECENT = 168;
const WEEK = 168;
/** The share of hours, the busiest, that tells how much more a stream varies than chance; fewer of them say nothing. */
const BUSIEST = 0.25;
const LEAST_BUSY = 24;
/** What one hour counts for among several, at most: a single flood is no flood of half a day. */
const MOST_OF_ONE = 2.5;
/** Makes the root of a small count vary as that of a great one (Anscombe 1948). */
const ANSCOMBE = 0.375;
/** The variance of a median, in that of one value. */
const CELL = 1.57;

/** A count on the scale where chance has a standard deviation of 1, whatever is expected; and the way back. */
const root = (count: number): number => 2 * Math.sqrt(count + ANSCOMBE);
const counted = (y: number): number => Math.max(0, (Math.max(y, 0) / 2) ** 2 - ANSCOMBE);
const within = (value: number, most: number): number => Math.min(most, Math.max(-most, value));

/** What the past of a stream lets expect of an hour, and how its other hours were. */
export interface RhythmBasis {
  readonly past: readonly Point[];
  readonly now: Point;
  /** Of the day, now. */
  readonly hour: number;
  /** On the scale of the root. */
  readonly expected: number;
  readonly residuals: readonly number[];
  /** What was to be expected of each hour of the past. */
  readonly means: readonly number[];
  /** Hours of the day of the past. */
  readonly hours: readonly number[];
  readonly widthOf: (mean: number, hour: number) => number;
}

/**
 * The rhythm of a stream: level, hour, weekday and hour of week by medians, as `deviationOf`, on the scale of counts. Pure.
 * @param past counts by the hour, oldest first, all before `now`; hours that nobody counted are left out
 */
export function basisOf(past: readonly Point[], now: Point, calendar: Calendar): RhythmBasis {
  const ys = past.map(({ value }) => root(value));
  const season = seasonOf(past, ys, now, calendar);
  const recent = median(season.residuals.slice(-RECENT));
  const residuals = season.residuals.map((residual) => residual - recent);
  const means = ys.map((y, n) => counted(y - (residuals[n] ?? 0)));
  const hours = past.map((point) => calendar.hourOfDay(point.at));
  const unevenAt = unevennessOf(hours, residuals, means);
  // Medians of few weeks are themselves uncertain.
  const sure = Math.sqrt(1 + CELL / Math.max(1, past.length / WEEK));
  const widthOf = (mean: number, hour: number): number => Math.sqrt(1 + unevenAt(hour) * mean) * sure;
  const hour = calendar.hourOfDay(now.at);
  return { past, now, hour, expected: season.expected + recent, residuals, means, hours, widthOf };
}

/** Whether a stream is old enough to have a rhythm. */
export function hasLearnt(
  [first]: readonly Point[],
  now: Point,
  { learnDays }: Pick<RhythmRule, 'learnDays'>,
): boolean {
  return first !== undefined && now.at - first.at >= learnDays * DAY;
}

/**
 * Compares the newest hour, or the newest hours together, with the rhythm of their stream. A silence is a count like any other. Pure.
 * @returns undefined of several hours where one of them was not counted
 */
export function rhythmOf(basis: RhythmBasis, { hours }: Pick<RhythmRule, 'hours'>): Rhythm | undefined {
  const { past, now, hour, expected, residuals, means, widthOf } = basis;
  const width = widthOf(counted(expected), hour);
  const z = (root(now.value) - expected) / width;
  if (hours === 1) return { z, observed: now.value, ...rangeAbout(expected, width) };
  const from = past[past.length - (hours - 1)];
  if (past.length < 2 * hours || from?.at !== now.at - (hours - 1) * HOUR) return undefined;
  const sizes = residuals.map((residual, n) =>
    within(residual / widthOf(means[n] ?? 0, basis.hours[n] ?? 0), MOST_OF_ONE),
  );
  const together = stretchOf(sizes, within(z, MOST_OF_ONE), hours);
  const newest = past.slice(-(hours - 1));
  const mean = means.slice(-(hours - 1)).reduce((sum, one) => sum + one, counted(expected));
  return {
    z: together.z,
    observed: newest.reduce((sum, { value }) => sum + value, now.value),
    ...rangeAbout(root(mean), widthOf(mean / hours, hour) * together.width),
  };
}

/**
 * By how much of its square a mean varies more than chance (the negative binomial's): as the busiest hours tell, and more at an hour
 * of the day that is less even by itself, such as that of an import every night.
 */
function unevennessOf(
  hours: readonly number[],
  residuals: readonly number[],
  means: readonly number[],
): (hour: number) => number {
  const ordered = new Float64Array(means).sort();
  const busy = Math.max(1, ordered[Math.min(ordered.length - 1, Math.trunc(ordered.length * (1 - BUSIEST)))] ?? 1);
  const ofAll: number[] = [];
  const byHour = Array.from({ length: 24 }, (): number[] => []);
  means.forEach((mean, n) => {
    const more = ((BY_MEDIAN * (residuals[n] ?? 0)) ** 2 - 1) / mean;
    if (mean >= busy) ofAll.push(more);
    if (mean >= 1) byHour[hours[n] ?? 0]?.push(more);
  });
  const told = (found: readonly number[]): number => (found.length < LEAST_BUSY ? 0 : Math.max(0, median(found)));
  const least = told(ofAll);
  const found = byHour.map((hour) => Math.max(least, told(hour)));
  return (hour) => found[hour] ?? least;
}

/** The sum of the newest deviations, in how much such sums varied before. */
function stretchOf(
  sizes: readonly number[],
  newest: number,
  hours: number,
): { readonly z: number; readonly width: number } {
  const sums = [0];
  for (const size of sizes) sums.push((sums.at(-1) ?? 0) + size);
  const between = (from: number, to: number): number => (sums[to] ?? 0) - (sums[from] ?? 0);
  const before = sums.slice(hours).map((_, n) => between(n, n + hours) / Math.sqrt(hours));
  const usual = median(before);
  const width = Math.max(1, BY_MEDIAN * median(before.map((one) => Math.abs(one - usual))));
  const last = sums.length - 1;
  return { z: (between(last - hours + 1, last) + newest) / Math.sqrt(hours) / width, width };
}

function rangeAbout(expected: number, width: number): Pick<Rhythm, 'low' | 'high'> {
  return { low: counted(expected - RANGE * width), high: counted(expected + RANGE * width) };
}

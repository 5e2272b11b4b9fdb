/** One record that champion and challenger have both scored, and whether what they predict has happened. */
export interface Paired {
  readonly champion: number;
  readonly challenger: number;
  readonly happened: boolean;
}

/** By how much the challenger's log-loss is above the champion's, with its 95 % interval: below 0 it is better. */
export interface Comparison {
  readonly rows: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2_000;
const SEED = 42;
/** A score of 0 or 1 that is wrong costs as much as this, not infinitely much. */
const LEAST = 1e-15;

/**
 * Paired bootstrap: records are drawn with both their scores, so that what makes a record hard does not count. The same
 * pairs always give the same interval.
 * @throws RangeError when there is no pair
 */
export function compare(pairs: readonly Paired[]): Comparison {
  if (pairs.length === 0) throw new RangeError('a comparison needs at least one pair');
  const differences = pairs.map(
    ({ champion, challenger, happened }) => logLoss(challenger, happened) - logLoss(champion, happened),
  );
  const random = randomOf(SEED);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let n = 0; n < differences.length; n += 1) sum += differences[Math.floor(random() * differences.length)] ?? 0;
    return sum / differences.length;
  }).sort((a, b) => a - b);
  return {
    rows: pairs.length,
    difference: differences.reduce((sum, one) => sum + one, 0) / differences.length,
    low: means[Math.floor(0.025 * RESAMPLES)] ?? NaN,
    high: means[Math.ceil(0.975 * RESAMPLES) - 1] ?? NaN,
  };
}

function logLoss(score: number, happened: boolean): number {
  return -Math.log(Math.max(LEAST, happened ? score : 1 - score));
}

/** Numbers from 0 to 1 (mulberry32): a figure on which a promotion hangs must come out the same for everybody. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

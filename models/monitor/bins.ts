/** One observed value: a number, a category, or null where it was not known. */
export type Observed = number | string | null;

/** How often each bin was met in a reference window, frozen: plain data, to be kept. */
export type Bins =
  | {
      readonly kind: 'numeric';
      /** Rising upper ends, each within its bin; the last bin has none. */
      readonly cuts: readonly number[];
      /** Of the bins, and last of what was not known. They add up to 1. */
      readonly shares: readonly number[];
      readonly rows: number;
    }
  | {
      readonly kind: 'values';
      readonly values: readonly (number | string)[];
      /** Of the values, then of all others, and last of what was not known. They add up to 1. */
      readonly shares: readonly number[];
      readonly rows: number;
    };

/** Bins of a number; of categories the most frequent are told apart, and the rest is one bin: a rare one is noise. */
const BINS = 10;

/**
 * Freezes bins over a reference window: deciles of a number, and the values themselves where there are few of them.
 * @throws RangeError when there is no row
 */
export function binsOf(reference: readonly Observed[]): Bins {
  if (reference.length === 0) throw new RangeError('bins need at least one row');
  const known = reference.filter((value) => value !== null);
  const numbers = known.filter((value) => typeof value === 'number');
  const counted = frequencies(known);
  if (numbers.length < known.length || counted.length <= BINS) {
    const values = counted.slice(0, BINS).map(([value]) => value);
    const empty: Bins = { kind: 'values', values, shares: [], rows: reference.length };
    return { ...empty, shares: sharesOf(empty, reference) };
  }
  const sorted = numbers.toSorted((a, b) => a - b);
  const deciles = Array.from({ length: BINS - 1 }, (_, n) => sorted[Math.floor(((n + 1) * sorted.length) / BINS)] ?? 0);
  // A value that fills several deciles is one bin; what lies above the last cut is the last bin.
  const cuts = [...new Set(deciles)];
  const empty: Bins = { kind: 'numeric', cuts, shares: [], rows: reference.length };
  return { ...empty, shares: sharesOf(empty, reference) };
}

/** The share of each bin in a window. */
export function sharesOf(bins: Bins, window: readonly Observed[]): readonly number[] {
  const places = bins.kind === 'numeric' ? bins.cuts.length + 1 : bins.values.length + 1;
  const counts = new Array<number>(places + 1).fill(0);
  for (const value of window) {
    const place = value === null ? places : placeOf(bins, value);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts.map((count) => count / window.length);
}

function placeOf(bins: Bins, value: number | string): number {
  if (bins.kind === 'values') {
    const place = bins.values.indexOf(value);
    return place < 0 ? bins.values.length : place;
  }
  const place = bins.cuts.findIndex((cut) => Number(value) <= cut);
  return place < 0 ? bins.cuts.length : place;
}

/** Values with their counts, most frequent first; of equals in their own order, so that the same rows give the same bins. */
function frequencies(values: readonly (number | string)[]): readonly (readonly [number | string, number])[] {
  const counts = new Map<number | string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

import { binsOf, sharesOf, type Bins, type Observed } from './bins';

/** A bin that was empty counts as this share: the logarithm of none has no value. */
const FLOOR = 1e-4;
/** From where on a population stability index is looked into, and from where on the model is no longer trusted. */
const driftLimits = { warn: 0.1, alarm: 0.25 } as const;

/** What a model was asked about, and what it said. */
export interface ScoredRow {
  readonly score: number;
  /** By the feature's name. */
  readonly features: Readonly<Record<string, Observed>>;
}

/** Bins of everything a model sees and says, frozen over the window that the future is held to. */
export interface DriftReference {
  readonly rows: number;
  readonly score: Bins;
  readonly features: Readonly<Record<string, Bins>>;
}

/** How far one distribution has moved. */
export interface Drift {
  /** `score`, or the feature's name. */
  readonly what: string;
  /** Population stability index. */
  readonly psi: number;
  /** What two windows of this size have without any drift, on average. */
  readonly noise: number;
  readonly level: 'steady' | 'warn' | 'alarm';
}

/** Freezes the bins of a reference window. */
export function referenceOf(rows: readonly ScoredRow[]): DriftReference {
  const names = [...new Set(rows.flatMap(({ features }) => Object.keys(features)))].sort();
  return {
    rows: rows.length,
    score: binsOf(rows.map(({ score }) => score)),
    features: Object.fromEntries(names.map((name) => [name, binsOf(observed(rows, name))])),
  };
}

/** The drift of the score, then that of the features, the furthest first. */
export function driftOf(reference: DriftReference, window: readonly ScoredRow[]): readonly Drift[] {
  const score = drift(
    'score',
    reference.score,
    window.map((row) => row.score),
  );
  const features = Object.entries(reference.features).map(([name, bins]) => drift(name, bins, observed(window, name)));
  return [score, ...features.sort((a, b) => b.psi - a.psi)];
}

function observed(rows: readonly ScoredRow[], name: string): readonly Observed[] {
  return rows.map(({ features }) => features[name] ?? null);
}

function drift(what: string, bins: Bins, window: readonly Observed[]): Drift {
  const psi = stabilityIndex(bins.shares, sharesOf(bins, window));
  // (bins - 1) (1/n + 1/m) is the expectation of the index where nothing has moved.
  const filled = bins.shares.filter((share) => share > 0).length;
  const noise = Math.max(0, filled - 1) * (1 / bins.rows + 1 / window.length);
  const level = psi >= driftLimits.alarm ? 'alarm' : psi >= driftLimits.warn ? 'warn' : 'steady';
  return { what, psi, noise, level };
}

/** Population stability index of two distributions over the same bins: 0 when they are equal, symmetric, never negative. */
export function stabilityIndex(expected: readonly number[], actual: readonly number[]): number {
  return expected.reduce((sum, share, n) => {
    const [before, after] = [Math.max(FLOOR, share), Math.max(FLOOR, actual[n] ?? 0)];
    return sum + (after - before) * Math.log(after / before);
  }, 0);
}

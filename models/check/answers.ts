import type { TabularManifest } from '../manifest';
import { softmax } from '../multiclass';
import { logitsOf } from '../row-scored';
import type { Inference } from '../session';
import type { Probe } from './probes';

/** What a model said of one probe. */
export interface Answer {
  readonly probe: Probe;
  /** One probability; with several classes, one of each. */
  readonly probability: Float32Array;
  /** Log-odds by term; with several classes, for each term one per class. */
  readonly contributions: Float32Array;
}

/** How many probabilities a model gives for a row. */
function columnsOf(manifest: TabularManifest): number {
  switch (manifest.task) {
    case 'binary':
      return 1;
    case 'multiclass':
    case 'uplift':
      return manifest.classes.length;
  }
}

/** The probabilities that intercepts and contributions make, in double precision: what a decision's score is. */
export function explained(manifest: TabularManifest, contributions: Float32Array): readonly number[] {
  switch (manifest.task) {
    case 'binary': {
      const logit = contributions.reduce((sum, one) => sum + one, manifest.intercept);
      return [1 / (1 + Math.exp(-logit))];
    }
    case 'multiclass':
      return softmax(logitsOf(manifest.intercepts, contributions));
    case 'uplift':
      return logitsOf(manifest.intercepts, contributions).map((logit) => 1 / (1 + Math.exp(-logit)));
  }
}

/** One run's outputs by probe. */
export function answersOf(
  manifest: TabularManifest,
  probes: readonly Probe[],
  inference: Inference,
): readonly Answer[] {
  const columns = columnsOf(manifest);
  const terms = manifest.terms.length * columns;
  return probes.map((probe, n) => ({
    probe,
    probability: inference.probability.slice(n * columns, (n + 1) * columns),
    contributions: inference.contributions.slice(n * terms, (n + 1) * terms),
  }));
}

/** The greatest distance between two outputs of one row; NaN beside NaN is none, NaN beside a number infinite. */
export function distance(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let greatest = 0;
  for (let n = 0; n < one.length; n += 1) {
    const [a = NaN, b = NaN] = [one[n], other[n]];
    if (Object.is(a, b)) continue;
    const apart = Math.abs(a - b);
    greatest = Math.max(greatest, Number.isNaN(apart) ? Infinity : apart);
  }
  return greatest;
}

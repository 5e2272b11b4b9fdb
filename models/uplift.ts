import { explainer } from './explain';
import type { UpliftManifest } from './manifest';
import { mustAgree, noContributions, type RowScored } from './row-scored';

/** What one arm of a trial would do for a row. */
export interface Arm {
  readonly label: string;
  /** Probability of the outcome under the arm. */
  readonly score: number;
  /** What the arm adds to that of the control; 0 for the control itself. */
  readonly uplift: number;
}

/**
 * Scores the arms by sigmoids, computed from the contributions in double precision (see `binaryScored`), and takes the
 * contributions and reasons of the arm that is recommended.
 */
export function upliftScored(manifest: UpliftManifest): RowScored {
  const explain = explainer(manifest);
  const none = noContributions(manifest);
  const { classes, control, intercepts, terms, policy } = manifest;
  const width = classes.length;
  return (row, probability, contributions) => {
    const scores = intercepts.map((intercept, k) => {
      let logit = intercept;
      for (let n = k; n < contributions.length; n += width) logit += contributions[n] ?? NaN;
      return 1 / (1 + Math.exp(-logit));
    });
    scores.forEach((score, k) => {
      mustAgree(manifest, probability[k] ?? NaN, score);
    });
    const without = scores[classes.indexOf(control)] ?? NaN;
    const arms = classes.map((label, k): Arm => {
      const score = scores[k] ?? NaN;
      return { label, score, uplift: score - without };
    });
    const chosen = recommended(arms, control, policy.leastUplift);
    const own = terms.map((_, n) => contributions[n * width + chosen] ?? NaN);
    const byTerm: Record<string, number> = { ...none };
    terms.forEach((term, n) => (byTerm[term.name] = own[n] ?? NaN));
    return {
      score: scores[chosen] ?? NaN,
      label: classes[chosen] ?? '',
      contributions: byTerm,
      intercept: intercepts[chosen] ?? NaN,
      reasons: explain(row.values, own),
      arms,
    };
  };
}

/** Place of the arm with the highest probability, of equals the first; the control where it adds less than `least`. */
function recommended(arms: readonly Arm[], control: string, least: number): number {
  let best = 0;
  arms.forEach((arm, k) => {
    if (arm.score > (arms[best]?.score ?? NaN)) best = k;
  });
  return (arms[best]?.uplift ?? 0) >= least ? best : arms.findIndex(({ label }) => label === control);
}

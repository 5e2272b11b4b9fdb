import { explainer } from './explain';
import { explored } from './explore';
import type { UpliftManifest } from './manifest';
import { logitsOf, mustAgree, namedBy, type RowScored } from './row-scored';
import type { Arm, Scored } from './scored';

/**
 * Scores the arms by sigmoids, computed from the contributions in double precision (see `binaryScored`). Contributions and
 * reasons are those of the arm that is chosen: the recommended one, or, where the row names its decision, now and then one by lot.
 */
export function upliftScored(manifest: UpliftManifest): RowScored {
  const explain = explainer(manifest);
  const named = namedBy(manifest);
  const { classes, control, intercepts, terms, policy } = manifest;
  const width = classes.length;
  const own = new Float64Array(terms.length);
  return (row, { probability, contributions }, n) => {
    const [from, to] = [n * terms.length * width, (n + 1) * terms.length * width];
    const scores = logitsOf(intercepts, contributions, from, to).map((logit) => 1 / (1 + Math.exp(-logit)));
    scores.forEach((score, k) => {
      mustAgree(manifest, probability[n * width + k] ?? NaN, score);
    });
    const without = scores[classes.indexOf(control)] ?? NaN;
    const arms = classes.map((label, k): Arm => {
      const score = scores[k] ?? NaN;
      return { label, score, uplift: score - without };
    });
    const best = recommended(arms, control, policy.leastUplift);
    const { arm: chosen, propensity } =
      row.decision === undefined
        ? { arm: best, propensity: undefined }
        : explored(best, width, policy.exploration, row.decision);
    terms.forEach((_, t) => (own[t] = contributions[from + t * width + chosen] ?? NaN));
    return {
      score: scores[chosen] ?? NaN,
      label: classes[chosen] ?? '',
      contributions: named(own),
      intercept: intercepts[chosen] ?? NaN,
      reasons: explain(row, own),
      arms,
      ranking: { best: ranked(arms, chosen) },
      ...(propensity === undefined ? {} : { propensity }),
    };
  };
}

/** The chosen arm, then the others, likeliest outcome first. */
function ranked(arms: readonly Arm[], chosen: number): NonNullable<Scored['ranking']>['best'] {
  const others = arms.filter((_, k) => k !== chosen).sort((a, b) => b.score - a.score);
  return [...arms.slice(chosen, chosen + 1), ...others].map(({ label, score }) => ({ label, score }));
}

/** Place of the arm with the highest probability, of equals the first; the control where it adds less than `least`. */
function recommended(arms: readonly Arm[], control: string, least: number): number {
  let best = 0;
  arms.forEach((arm, k) => {
    if (arm.score > (arms[best]?.score ?? NaN)) best = k;
  });
  return (arms[best]?.uplift ?? 0) >= least ? best : arms.findIndex(({ label }) => label === control);
}

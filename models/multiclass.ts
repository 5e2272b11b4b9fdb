import { explainer } from './explain';
import { greatest } from './greatest';
import type { MulticlassManifest } from './manifest';
import { logitsOf, mustAgree, noContributions, type RowScored } from './row-scored';
import type { Ranking } from './scored';

/** How many classes a row is given. */
const RANKED = 3;

/**
 * Scores by softmax, computed from the contributions in double precision (see `binaryScored`). A reason compares two
 * classes, so contributions and intercept are differences: the best class's less the second best's.
 */
export function multiclassScored(manifest: MulticlassManifest): RowScored {
  const explain = explainer(manifest);
  const none = noContributions(manifest);
  const { classes, intercepts, gates, terms } = manifest;
  const width = classes.length;
  return (row, probability, contributions) => {
    const scores = softmax(logitsOf(intercepts, contributions));
    scores.forEach((score, k) => {
      mustAgree(manifest, probability[k] ?? NaN, score);
    });
    const order = ranked(scores);
    const [first = 0, second = 1] = order;
    const against = terms.map((_, n) => at(contributions, n * width + first) - at(contributions, n * width + second));
    const byTerm: Record<string, number> = { ...none };
    terms.forEach((term, n) => (byTerm[term.name] = at(against, n)));
    const score = at(scores, first);
    const best = order.map((k) => ({ label: classes[k] ?? '', score: at(scores, k) }));
    return {
      score,
      label: classes[first] ?? '',
      contributions: byTerm,
      intercept: at(intercepts, first) - at(intercepts, second),
      reasons: explain(row, against, classes[first]),
      ranking: { best, gate: gateOf(gates, score) },
    };
  };
}

/** What the gates allow at a score. */
export function gateOf(gates: MulticlassManifest['gates'], score: number): NonNullable<Ranking['gate']> {
  return score >= gates.automate.from ? 'automate' : score >= gates.suggest.from ? 'suggest' : 'ask';
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? NaN;
}

/** Probabilities of log-odds. */
export function softmax(logits: readonly number[]): readonly number[] {
  const most = Math.max(...logits);
  const odds = logits.map((logit) => Math.exp(logit - most));
  const total = odds.reduce((sum, odd) => sum + odd, 0);
  return odds.map((odd) => odd / total);
}

/** Places of the classes that a row is given, by their scores. */
export function ranked(scores: readonly number[]): readonly number[] {
  return greatest(scores, RANKED);
}

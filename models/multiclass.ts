import { explainer } from './explain';
import { greatest } from './greatest';
import type { MulticlassManifest } from './manifest';
import { logitsOf, mustAgree, namedBy, type RowScored } from './row-scored';
import type { Ranking } from './scored';

/** How many classes a row is given. */
const RANKED = 3;

/**
 * Scores by softmax, computed from the contributions in double precision (see `binaryScored`). A reason compares two
 * classes, so contributions and intercept are differences: the best class's less the second best's.
 */
export function multiclassScored(manifest: MulticlassManifest): RowScored {
  const explain = explainer(manifest);
  const named = namedBy(manifest);
  const { classes, intercepts, gates, terms } = manifest;
  const width = classes.length;
  const against = new Float64Array(terms.length);
  return (row, { probability, contributions }, n) => {
    const [from, to] = [n * terms.length * width, (n + 1) * terms.length * width];
    const scores = softmax(logitsOf(intercepts, contributions, from, to));
    scores.forEach((score, k) => {
      mustAgree(manifest, at(probability, n * width + k), score);
    });
    const order = ranked(scores);
    const [first = 0, second = 1] = order;
    terms.forEach((_, t) => {
      const place = from + t * width;
      against[t] = at(contributions, place + first) - at(contributions, place + second);
    });
    const score = at(scores, first);
    const best = order.map((k) => ({ label: classes[k] ?? '', score: at(scores, k) }));
    return {
      score,
      label: classes[first] ?? '',
      contributions: named(against),
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
  let most = -Infinity;
  for (const logit of logits) most = Math.max(most, logit);
  const odds: number[] = [];
  let total = 0;
  for (const logit of logits) {
    const odd = Math.exp(logit - most);
    odds.push(odd);
    total += odd;
  }
  return odds.map((odd) => odd / total);
}

/** Places of the classes that a row is given, by their scores. */
export function ranked(scores: readonly number[]): readonly number[] {
  return greatest(scores, RANKED);
}

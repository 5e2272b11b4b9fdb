import type { Decision } from '../../canonical-schema/decision';
import type { Inference } from '../../activities/lane-types';
import type { Scored } from '../../models/scored';
import type { Verdict } from '../../workflows/policy';

/** Something that did not come out as it was recorded. */
export interface Difference {
  /** `score`, `contribution of <term>`, `band`, … */
  readonly what: string;
  readonly recorded: unknown;
  readonly again: unknown;
}

/** What a score differs in from what a decision recorded, bit for bit; of many contributions the first three. */
export function scoreDifferences(decision: Decision, scored: Scored): readonly Difference[] {
  const { contributions, ranking, propensity } = decision;
  const terms = new Set([...Object.keys(contributions), ...Object.keys(scored.contributions)]);
  const ofTerms = [...terms]
    .map((term) => pair(`contribution of ${term}`, contributions[term], scored.contributions[term]))
    .filter(differs);
  return [
    pair('score', decision.score, scored.score),
    pair('intercept', decision.intercept, scored.intercept),
    ...ofTerms.slice(0, 3),
    pair('ranking', rankingText(ranking), rankingText(scored.ranking?.best)),
    pair('propensity', propensity, scored.propensity),
    pair('reasons', reasonsText(decision.reasons), reasonsText(scored.reasons)),
  ].filter(differs);
}

/** A score as policy is given it. */
export function inferenceOf({ score, ranking }: Pick<Decision, 'score' | 'ranking'>): Inference {
  return {
    reasons: [],
    ...(score === undefined ? {} : { score }),
    ...(ranking === undefined ? {} : { ranking }),
  };
}

/** What policy differs in from what a decision recorded. */
export function policyDifferences({ band, outcome }: Decision, verdict: Verdict): readonly Difference[] {
  return [pair('band', band, verdict.band), pair('outcome', outcome, verdict.outcome)].filter(differs);
}

const pair = (what: string, recorded: unknown, again: unknown): Difference => ({ what, recorded, again });

const differs = ({ recorded, again }: Difference): boolean => recorded !== again;

/** Classes with their probabilities, each number with all its digits. */
function rankingText(ranking: Decision['ranking']): string | undefined {
  return ranking?.map(({ label, score }) => `${label} ${score}`).join(', ');
}

/** Terms with their strengths. Their words are the manifest's, whose digest is the model's, and what the past had to say. */
function reasonsText(reasons: readonly Pick<Decision['reasons'][number], 'term' | 'contribution'>[]): string {
  return reasons.map(({ term, contribution }) => `${term} ${contribution}`).join(', ');
}

import type { Ledger, RecordedDecision, RecordedQuestion } from '../../ledger/ledger';
import { weigh } from '../../workflows/policy';
import { inferenceOf, policyDifferences, scoreDifferences, type Difference } from './differences';
import type { ModelsByDigest } from './models-by-digest';
import type { Policies } from './policies';
import { rescore, type NotScored, type Rescored } from './rescore';

/**
 * What became of a decision that was made again. `same`: score, contributions, reasons, band and outcome bit for bit;
 * `policy-gone`: the score is the same, and no version of the tenant's file has its policy.
 */
export type ReplayResult = 'same' | 'differs' | 'policy-gone' | NotScored;

/** One decision, made again. */
export interface Replayed extends RecordedDecision {
  readonly result: ReplayResult;
  /** Why it is not the same, for a person. */
  readonly because?: string;
  readonly differences: readonly Difference[];
  /** The score that came out now. */
  readonly score?: number;
  readonly band?: string;
  readonly outcome?: string;
}

/** What decisions are made again with. */
export interface ReplayWith {
  readonly models: Pick<ModelsByDigest, 'find'>;
  readonly policies: Policies;
}

/** Makes decisions again from the ledger, with the models and policies that they name. Changes nothing. */
export async function* replay(
  ledger: Pick<Ledger, 'recorded'>,
  tenant: string,
  asked: RecordedQuestion,
  { models, policies }: ReplayWith,
): AsyncGenerator<Replayed> {
  for await (const page of ledger.recorded.pages(tenant, asked)) {
    for (const one of await rescore(ledger, tenant, page, models)) yield hold(one, policies);
  }
}

function hold(one: Rescored, policies: Policies): Replayed {
  const { decision, erasedat, outcomes } = one;
  const told = { decision, outcomes, ...(erasedat === undefined ? {} : { erasedat }) };
  if (one.scored === undefined) return { ...told, result: one.notScored, because: one.because, differences: [] };
  const { score, ranking } = one.scored;
  const ofScore = scoreDifferences(decision, one.scored);
  const policy = policies.get(decision.policy);
  if (policy === undefined) {
    const because = `no version of the tenant's file has its policy ${decision.policy}`;
    if (ofScore.length > 0) return { ...told, result: 'differs', score, differences: ofScore };
    return { ...told, result: 'policy-gone', because, score, differences: [] };
  }
  // Band and outcome do not hang on an engagement that may have been open.
  const verdict = weigh(
    policy,
    inferenceOf({ score, ...(ranking === undefined ? {} : { ranking: ranking.best }) }),
    undefined,
  );
  const differences = [...ofScore, ...policyDifferences(decision, verdict)];
  const { band, outcome } = verdict;
  const again = { score, outcome, ...(band === undefined ? {} : { band }), differences };
  return { ...told, result: differences.length === 0 ? 'same' : 'differs', ...again };
}

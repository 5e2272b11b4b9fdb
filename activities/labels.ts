import type { Labelled } from '../ledger/ledger';
import type { UseCase } from '../tenants/tenant';

/**
 * What a decision's outcome says of the thing whose probability its score is. `censored`: nothing, and nothing is to be learnt
 * from it; no outcome yet is not the same as no.
 */
export type Label = 'yes' | 'no' | 'censored';

/**
 * The label of a decision. Within `outcome.within` a decision is censored even when its outcome is known (unless the use case
 * says `early`): what is known so soon are the quick ends, and a model of these would take speed for success. A decision whose
 * engagement never told an outcome of it (it was not acted on, or a newer one took its place) stays censored.
 * @param now milliseconds since the epoch
 */
export function labelOf(
  { outcome: rule, learning }: Pick<UseCase, 'outcome' | 'learning'>,
  { decision, outcome }: Labelled,
  now: number,
): Label {
  if (outcome === undefined) return 'censored';
  const isYoung = now - Date.parse(decision.decidedat) < (rule?.within ?? 0);
  if (isYoung && !learning.early) return 'censored';
  const says = (labels: readonly string[]): boolean => labels.includes(outcome.label);
  return says(learning.yes) ? 'yes' : says(learning.no) ? 'no' : 'censored';
}

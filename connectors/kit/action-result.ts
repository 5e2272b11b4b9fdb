import type { Action, ActionResult, FailureClass } from '../../canonical-schema/action';

/** The action has its effect in the CRM, now or from an earlier try. */
export function applied(
  action: Action,
  outcome: 'applied' | 'already-applied',
  nativeId: string,
  answer: unknown,
  nativeVersion?: string,
): ActionResult {
  return { actionId: action.id, outcome, nativeId, answer, ...(nativeVersion === undefined ? {} : { nativeVersion }) };
}

/** The action has no effect: the CRM's refusal, or a finding of one's own. */
export function refused(
  action: Action,
  failure: FailureClass,
  code: string,
  message: string,
  answer: unknown = null,
): ActionResult {
  return { actionId: action.id, outcome: 'failed', failure, code, message, answer };
}

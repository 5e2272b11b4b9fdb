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

/** An action of a kind that the connector does not list in `accepts`: it is refused before, where its tenant's file is read. */
export function notAccepted(action: Action, connector: string): ActionResult {
  const message = `the connector ${connector} takes no action of kind ${action.kind}`;
  return refused(action, 'permanent', 'SBX_ACTION_NOT_ACCEPTED', message);
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

import type { Action, ActionResult } from '../../../canonical-schema/action';
import { Permanent, Retryable } from '../../contract';
import { refused } from '../../kit/action-result';
import { type Answer, classOf, failureOf, ODataFailure } from '../odata/failure';

/** The service refused this action alone. */
export function failedAnswer(action: Action, answer: Answer): ActionResult {
  return failedCall(action, failureOf(answer));
}

/** A call failed. Without an answer its effect is unknown: the same action again has it once. */
export function failedCall(action: Action, error: unknown): ActionResult {
  if (error instanceof ODataFailure) {
    const { status, code, message, retryAfterMs, answer } = error;
    return {
      ...refused(action, classOf(status), code, message, answer),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }
  if (error instanceof Permanent) return refused(action, 'auth', error.code, error.message);
  if (error instanceof Retryable) {
    const delay = error.afterMs === undefined ? {} : { retryAfterMs: error.afterMs };
    return { ...refused(action, 'retryable', error.code, error.message), ...delay };
  }
  return refused(
    action,
    'retryable',
    'SBX_SAP_NO_ANSWER',
    `no answer from SAP, the effect is unknown: ${String(error)}`,
  );
}

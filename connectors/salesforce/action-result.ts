import type { Action, ActionResult, FailureClass } from '../../canonical-schema/action';
import { Permanent, Retryable } from '../contract';
import { classOf, RestFailure } from './rest-failure';

/** One row of a collections answer; rows fail by themselves inside an HTTP 200. */
export interface RowAnswer {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly {
    readonly statusCode: string;
    readonly message: string;
    readonly fields?: readonly string[];
  }[];
}

/** The row was written, or had been. */
export function applied(
  action: Action,
  outcome: 'applied' | 'already-applied',
  nativeId: string,
  answer: unknown,
  nativeVersion?: string,
): ActionResult {
  return { actionId: action.id, outcome, nativeId, answer, ...(nativeVersion === undefined ? {} : { nativeVersion }) };
}

/** A failure of one's own finding. */
export function refused(
  action: Action,
  failure: FailureClass,
  code: string,
  message: string,
  answer: unknown = null,
): ActionResult {
  return { actionId: action.id, outcome: 'failed', failure, code, message, answer };
}

/** The row was refused. */
export function failedRow(action: Action, answer: RowAnswer): ActionResult {
  const [first] = answer.errors;
  const code = first?.statusCode ?? 'UNKNOWN_EXCEPTION';
  const fields = first?.fields?.length ? ` (${first.fields.join(', ')})` : '';
  return {
    ...refused(action, 'permanent', code, `${first?.message ?? 'refused without a reason'}${fields}`, answer),
    ...classOf(code, 200),
  };
}

/** The whole call failed. Without an answer its effect is unknown: the same action again has it once. */
export function failedCall(action: Action, error: unknown): ActionResult {
  if (error instanceof RestFailure) {
    const { status, error: told, retryAfterMs, answer } = error;
    const server = retryAfterMs === undefined ? {} : { retryAfterMs };
    return {
      ...refused(action, 'permanent', told.code, told.message, answer),
      ...classOf(told.code, status),
      ...server,
    };
  }
  if (error instanceof Permanent) return refused(action, 'auth', error.code, error.message);
  if (error instanceof Retryable) {
    const server = error.afterMs === undefined ? {} : { retryAfterMs: error.afterMs };
    return { ...refused(action, 'retryable', error.code, error.message), ...server };
  }
  const { code, message } = error as { code?: unknown; message?: unknown };
  const name = typeof code === 'string' ? code : 'SBX_SALESFORCE_NO_ANSWER';
  return refused(action, 'retryable', name, `no answer from Salesforce, the effect is unknown: ${String(message)}`);
}

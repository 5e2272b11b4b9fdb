import type { Action, ActionResult } from '../../canonical-schema/action';
import { Permanent, Retryable } from '../contract';
import { refused } from '../kit/action-result';
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

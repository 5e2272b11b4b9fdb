import type { Action, ActionResult } from '../../canonical-schema/action';
import { Permanent, Retryable } from '../contract';
import { refused } from '../kit/action-result';
import { classOf, GraphFailure } from './graph-failure';

/** The write failed. Without an answer its effect is unknown: the same action again has it once. */
export function failed(action: Action, error: unknown): ActionResult {
  if (error instanceof GraphFailure) {
    return { ...refused(action, 'permanent', error.code, error.message), ...classOf(error) };
  }
  if (error instanceof Permanent) {
    const isOwn = error.code.startsWith('SBX_GRAPH_');
    return refused(action, isOwn ? 'permanent' : 'auth', error.code, error.message);
  }
  if (error instanceof Retryable) {
    const delay = error.afterMs === undefined ? {} : { retryAfterMs: error.afterMs };
    return { ...refused(action, 'retryable', error.code, error.message), ...delay };
  }
  const { message, cause } = error as Error;
  const why = cause instanceof Error ? cause.message : message;
  return refused(action, 'retryable', 'SBX_GRAPH_NO_ANSWER', `no answer from Graph, the effect is unknown: ${why}`);
}

import type { Action, ActionResult } from '../../canonical-schema/action';
import { Permanent, Retryable } from '../contract';
import { applied as appliedAs, refused } from '../kit/action-result';
import { objectOf, ownOf } from '../kit/json';
import { versionOf } from './normalise/told';
import type { ApiAnswer } from './web-api';
import { classOf, WebApiFailure } from './web-api-failure';

/** The row was written, or had been. Its version is the ETag's number. */
export function applied(
  action: Action,
  outcome: 'applied' | 'already-applied',
  nativeId: string,
  { headers, body }: Pick<ApiAnswer, 'headers' | 'body'>,
): ActionResult {
  const row = objectOf(body);
  const version = versionOf(row === undefined ? headers.etag : (ownOf(row, '@odata.etag') ?? headers.etag));
  return appliedAs(action, outcome, nativeId, body ?? null, version);
}

/** The write failed. Without an answer its effect is unknown: the same action again has it once. */
export function failed(action: Action, error: unknown): ActionResult {
  if (error instanceof WebApiFailure) {
    return { ...refused(action, 'permanent', error.code, error.message, error.answer ?? null), ...classOf(error) };
  }
  if (error instanceof Permanent) {
    const isOwn = error.code.startsWith('SBX_DYNAMICS365_');
    return refused(action, isOwn ? 'permanent' : 'auth', error.code, error.message);
  }
  if (error instanceof Retryable) {
    const delay = error.afterMs === undefined ? {} : { retryAfterMs: error.afterMs };
    return { ...refused(action, 'retryable', error.code, error.message), ...delay };
  }
  const { message, cause } = error as Error;
  const why = cause instanceof Error ? cause.message : message;
  const what = `no answer from Dataverse, the effect is unknown: ${why}`;
  return refused(action, 'retryable', 'SBX_DYNAMICS365_NO_ANSWER', what);
}

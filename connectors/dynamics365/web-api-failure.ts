import type { FailureClass } from '../../canonical-schema/action';
import { type ConnectorError, Permanent, Retryable } from '../contract';
import { objectOf, textOf } from '../kit/json';
import { delayOf } from '../kit/retry-after';

/** Codes that another try may cure: service protection, locks, time-outs, two writers of one key. */
const passing = new Set(['0x80072321', '0x80072322', '0x80072326', '0x80044151', '0x80040237']);
/** The row does not exist (any more). */
/** "This case has already been resolved": a person was quicker. */
const resolvedCase = '0x800404cf';
const goneCodes = new Set(['0x80040217', '0x80060891']);

/** A refused request, or a refused part of a batch. */
export class WebApiFailure extends Error {
  constructor(
    readonly status: number,
    /** Dataverse's own, `0x80040217`, else `HTTP_<status>`. */
    readonly code: string,
    message: string,
    /** The server's own delay. */
    readonly retryAfterMs: number | undefined,
    readonly answer: unknown,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** What to do about a refusal. */
export function classOf({ status, code, retryAfterMs }: WebApiFailure): {
  failure: FailureClass;
  retryAfterMs?: number;
} {
  const delay = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401) return { failure: 'auth' };
  if (status === 404 || goneCodes.has(code)) return { failure: 'gone' };
  if (status === 412 || code === resolvedCase) return { failure: 'conflict' };
  if (status === 429 || status >= 500 || passing.has(code)) return { failure: 'retryable', ...delay };
  return { failure: 'permanent' };
}

/** Reads a refusal: `{"error": {"code", "message"}}`, or a page of some proxy. */
export function failureOf(status: number, retryAfter: string | null, body: unknown): WebApiFailure {
  const error = objectOf(objectOf(body)?.error);
  const code = textOf(error?.code) ?? `HTTP_${status}`;
  const text = typeof body === 'string' && body !== '' ? body.slice(0, 500) : 'no reason given';
  return new WebApiFailure(status, code, textOf(error?.message) ?? text, delayOf(retryAfter), body);
}

/** The same as an error for callers that read: Retryable or Permanent. */
export function connectorErrorOf(error: unknown, what: string): ConnectorError {
  if (error instanceof Retryable || error instanceof Permanent) return error;
  if (!(error instanceof WebApiFailure)) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    return new Retryable('SBX_DYNAMICS365_UNREACHABLE', `${what}: ${why}`, undefined, { cause: error });
  }
  const { failure, retryAfterMs } = classOf(error);
  const message = `${what}: ${error.status} ${error.code}: ${error.message}`;
  if (failure !== 'retryable') return new Permanent(error.code, message, { cause: error });
  return new Retryable(error.code, message, retryAfterMs, { cause: error });
}

import type { FailureClass } from '../../canonical-schema/action';
import { type ConnectorError, Permanent, Retryable } from '../contract';
import { objectOf, textOf } from '../kit/json';

/** An error of the REST API, for a whole request or for one row of a collection. */
export interface RestError {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** Codes that another try may cure. */
const passing = new Set([
  'UNABLE_TO_LOCK_ROW',
  'REQUEST_RUNNING_TOO_LONG',
  'SERVER_UNAVAILABLE',
  'QUERY_TIMEOUT',
  'CONCURRENT_PER_ORG_LONG_TXN',
  // Two first inserts with one key at once: the next try finds the winner's record.
  'DUPLICATE_VALUE',
  'UNKNOWN_EXCEPTION',
]);
const authCodes = new Set(['INVALID_SESSION_ID', 'INVALID_AUTH_HEADER']);
/** The daily allocation frees itself over 24 hours, the concurrent one sooner. */
const limitDelayMs = 5 * 60_000;

/** What to do about an error code, by the status of the request that it came with. */
export function classOf(code: string, status: number): { failure: FailureClass; retryAfterMs?: number } {
  if (authCodes.has(code) || status === 401) return { failure: 'auth' };
  if (code.endsWith('REQUEST_LIMIT_EXCEEDED')) return { failure: 'retryable', retryAfterMs: limitDelayMs };
  if (passing.has(code) || status === 429 || status >= 500) return { failure: 'retryable' };
  if (code === 'ENTITY_IS_DELETED') return { failure: 'gone' };
  // Someone converted the lead meanwhile: that goes first.
  if (status === 412 || code === 'CANNOT_UPDATE_CONVERTED_LEAD') return { failure: 'conflict' };
  return { failure: 'permanent' };
}

/** A refused request. */
export class RestFailure extends Error {
  constructor(
    readonly status: number,
    readonly error: RestError,
    /** The server's own delay. */
    readonly retryAfterMs: number | undefined,
    readonly answer: unknown,
  ) {
    super(error.message);
    this.name = new.target.name;
  }
}

/** Reads an answer's error: a list of them, of which the first says enough, or a page of some proxy. */
export function failureOfAnswer(status: number, retryAfter: string | undefined, body: string): RestFailure {
  let answer: unknown = body;
  try {
    answer = JSON.parse(body);
  } catch {
    // Not JSON: the text itself is the answer.
  }
  const first = objectOf(Array.isArray(answer) ? (answer[0] as unknown) : answer);
  const error = {
    code: textOf(first?.errorCode) ?? textOf(first?.error) ?? `HTTP_${status}`,
    message: textOf(first?.message) ?? body.slice(0, 500),
    fields: [],
  };
  return new RestFailure(status, error, delayOf(retryAfter), answer);
}

/** `Retry-After` in seconds or as a date, as ms. */
function delayOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** The same as an error for callers that read: Retryable or Permanent. */
export function connectorErrorOf(error: unknown, what: string): ConnectorError {
  if (error instanceof Retryable || error instanceof Permanent) return error;
  if (!(error instanceof RestFailure)) {
    const { code, message } = error as { code?: string; message: string };
    return new Retryable(code ?? 'SBX_SALESFORCE_UNREACHABLE', `${what}: ${message}`, undefined, { cause: error });
  }
  const { failure, retryAfterMs } = classOf(error.error.code, error.status);
  const message = `${what}: ${error.error.code}: ${error.error.message}`;
  if (failure !== 'retryable') return new Permanent(error.error.code, message, { cause: error });
  return new Retryable(error.error.code, message, error.retryAfterMs ?? retryAfterMs, { cause: error });
}

import type { FailureClass } from '../../canonical-schema/action';
import { type ConnectorError, Permanent, Retryable } from '../contract';

/** A refused request. */
export class GraphFailure extends Error {
  constructor(
    readonly status: number,
    /** Graph's own, `ErrorItemNotFound`, else `HTTP_<status>`. */
    readonly code: string,
    message: string,
    /** The server's own delay. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** What to do about a refusal. */
export function classOf({ status, retryAfterMs }: GraphFailure): { failure: FailureClass; retryAfterMs?: number } {
  const delay = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401) return { failure: 'auth' };
  if (status === 404 || status === 410) return { failure: 'gone' };
  if (status === 412) return { failure: 'conflict' };
  // 409 and 423: another write was under way.
  if ([409, 423, 429].includes(status) || status >= 500) return { failure: 'retryable', ...delay };
  return { failure: 'permanent' };
}

/** Any failure of a call as an error for callers that read: Retryable or Permanent. */
export function connectorErrorOf(error: unknown, what: string): ConnectorError {
  if (error instanceof Retryable || error instanceof Permanent) return error;
  if (!(error instanceof GraphFailure)) {
    return new Retryable('SBX_GRAPH_UNREACHABLE', `${what}: ${(error as Error).message}`, undefined, { cause: error });
  }
  const { failure, retryAfterMs } = classOf(error);
  const message = `${what}: ${error.status} ${error.code}: ${error.message}`;
  if (failure !== 'retryable') return new Permanent(error.code, message, { cause: error });
  return new Retryable(error.code, message, retryAfterMs, { cause: error });
}

import type { FailureClass } from '../../../canonical-schema/action';
import { type ConnectorError, Permanent, Retryable } from '../../contract';
import { objectOf, textOf } from '../json';

/** An answer of an OData service, alone or as a part of a batch. */
export interface Answer {
  readonly status: number;
  /** By small names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A refusal of an OData service. */
export class ODataFailure extends Error {
  constructor(
    readonly status: number,
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

/** What the error of an answer says: OData's JSON, or a page of the web server or some proxy. */
export function failureOf({ status, headers, body }: Answer): ODataFailure {
  const answer = jsonOf(body);
  const error = objectOf(objectOf(answer)?.error);
  const code = textOf(error?.code) ?? `HTTP_${status}`;
  const message = textOf(objectOf(error?.message)?.value) ?? textOf(error?.message) ?? plain(body);
  return new ODataFailure(status, code, message, delayOf(headers['retry-after']), answer ?? plain(body));
}

/** The JSON of a text; undefined where it is none. */
export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function plain(body: string): string {
  const text = body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? 'no reason given' : text.slice(0, 300);
}

/** `Retry-After` in seconds or as a date, as ms. */
function delayOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** What to do about a refusal, by its status. */
export function classOf(status: number): FailureClass {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404 || status === 410) return 'gone';
  if (status === 409 || status === 412 || status === 428) return 'conflict';
  return status === 429 || status >= 500 ? 'retryable' : 'permanent';
}

/** The same as an error for callers that read: Retryable or Permanent. */
export function connectorErrorOf(error: unknown, what: string): ConnectorError {
  if (error instanceof Retryable || error instanceof Permanent) return error;
  if (!(error instanceof ODataFailure)) {
    const { message } = error as Error;
    return new Retryable('SBX_SAP_UNREACHABLE', `${what}: ${message}`, undefined, { cause: error });
  }
  const message = `${what}: ${error.status} ${error.code}: ${error.message}`;
  if (classOf(error.status) !== 'retryable') return new Permanent(error.code, message, { cause: error });
  return new Retryable(error.code, message, error.retryAfterMs, { cause: error });
}

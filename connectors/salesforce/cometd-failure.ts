import { type ConnectorError, Permanent, PositionExpired, Retryable } from '../contract';
import { objectOf, textOf } from '../kit/json';
import { deliveryLimitMs } from './pubsub-failure';
import { TokenRefused } from './token-refused';

/** A message of the Bayeux protocol. */
export interface BayeuxMessage {
  readonly channel: string;
  readonly id?: string;
  readonly clientId?: string;
  readonly successful?: boolean;
  readonly subscription?: string;
  /** `403::Unknown client` */
  readonly error?: string;
  readonly advice?: { readonly reconnect?: string; readonly interval?: number };
  readonly ext?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}

/** Classes a refused message by the text of its error: the Streaming API has no codes of its own. */
export function failureOfReply(reply: BayeuxMessage): ConnectorError {
  const said = saidBy(reply);
  const message = `${[reply.channel, reply.subscription].join(' ').trim()}: ${said}`;
  const code = `COMETD_${/\b(\d{3}):/.exec(said)?.[1] ?? 'REFUSED'}`;
  if (/\b401:/.test(said)) return new TokenRefused(code, message);
  if (/replay ?id.*(invalid|unknown|expired|no longer)/i.test(said)) {
    return new PositionExpired(
      code,
      `${message} The position is not (or no longer) kept by Salesforce: it keeps 72 hours`,
    );
  }
  if (/limit exceeded/i.test(said)) return new Retryable(code, message, deliveryLimitMs);
  // A session is asked for anew; what a subscription is refused for, a person has to mend.
  if (reply.channel === '/meta/subscribe' && /\b40\d:/.test(said)) return new Permanent(code, message);
  return new Retryable(code, message, reply.advice?.interval);
}

/** The error and the reason that Salesforce adds to some. */
function saidBy({ error = 'refused without a reason', ext }: BayeuxMessage): string {
  return [error, textOf(objectOf(ext?.sfdc)?.failureReason) ?? ''].join(' ').trim();
}

/** Classes an answer that was no list of Bayeux messages. */
export function failureOfStatus(status: number, retryAfter: string | null, url: string): ConnectorError {
  const message = `${url} answered ${status}`;
  if (status === 401) return new TokenRefused(`HTTP_${status}`, message);
  const seconds = Number(retryAfter ?? Number.NaN);
  return new Retryable(`HTTP_${status}`, message, Number.isFinite(seconds) ? seconds * 1000 : undefined);
}

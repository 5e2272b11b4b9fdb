import { ConnectorError, Retryable } from '../contract';
import { parseLossless } from '../kit/lossless-json';
import { type BayeuxMessage, failureOfStatus } from './cometd-failure';

export interface CometdTransportOptions {
  /** `https://acme.my.salesforce.com/cometd/62.0` */
  readonly url: string;
  readonly accessToken: string;
  /** Ms without an answer after which the connection counts as dead. Salesforce ends a poll after 110 s. */
  readonly silenceMs: number;
  /** Each message of an answer, in order. */
  readonly onReply: (reply: BayeuxMessage) => void;
  /** No usable answer came. */
  readonly onFailure: (error: ConnectorError) => void;
}

/** How long a good-bye may take. */
const goodbyeMs = 5_000;

/**
 * Carries the messages of jsforce's CometD client (faye) over Node's own fetch. faye's carrier reads numbers as doubles,
 * which cuts the last digits off commit numbers; goes on sending a message that got no answer when nobody wants it any
 * more; and does not tell what was wrong. The members are those that faye expects of a transport.
 */
export class CometdTransport {
  readonly connectionType = 'long-polling';
  readonly endpoint: URL;
  readonly #options: CometdTransportOptions;
  readonly #cookies = new Map<string, string>();
  /** Messages without an answer yet. */
  readonly #open = new Map<BayeuxMessage, AbortController>();

  constructor(options: CometdTransportOptions) {
    this.#options = options;
    this.endpoint = new URL(options.url);
  }

  /** Sends one message; each in a request of its own, so that a poll keeps no other waiting. */
  sendMessage(message: BayeuxMessage): Promise<void> {
    void this.#send(message);
    return Promise.resolve();
  }

  /** Ends what is under way but a good-bye. faye waits for answers, so it gets one to each message. */
  close(): void {
    for (const [message, request] of this.#open) {
      if (message.channel === '/meta/disconnect') continue;
      request.abort();
      this.#settle(message);
    }
  }

  async #send(message: BayeuxMessage): Promise<void> {
    const request = new AbortController();
    this.#open.set(message, request);
    try {
      const replies = await this.#post(message, request.signal);
      this.#open.delete(message);
      for (const reply of replies) this.#options.onReply(reply);
    } catch (error) {
      if (request.signal.aborted) return;
      this.#options.onFailure(this.#failureOf(error));
      this.#settle(message);
    }
  }

  #settle(message: BayeuxMessage): void {
    const { id, channel } = message;
    if (this.#open.delete(message) && id !== undefined) this.#options.onReply({ id, channel, successful: false });
  }

  async #post(message: BayeuxMessage, signal: AbortSignal): Promise<readonly BayeuxMessage[]> {
    const { url, accessToken, silenceMs } = this.#options;
    const patienceMs = message.channel === '/meta/disconnect' ? goodbyeMs : silenceMs;
    const response = await fetch(url, {
      method: 'POST',
      // The Streaming API knows no `Bearer`. Cookies go back as they came: they say which node holds the session.
      headers: {
        authorization: `OAuth ${accessToken}`,
        'content-type': 'application/json',
        cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; '),
      },
      body: JSON.stringify([message]),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^\s*([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
    }
    const replies = repliesOf(await response.text());
    if (replies === undefined) throw failureOfStatus(response.status, response.headers.get('retry-after'), url);
    return replies;
  }

  #failureOf(error: unknown): ConnectorError {
    if (error instanceof ConnectorError) return error;
    const { url, silenceMs } = this.#options;
    if ((error as Error).name === 'TimeoutError') {
      const message = `${url}: no answer for ${silenceMs / 1000} s, although Salesforce ends a poll after 110 s`;
      return new Retryable('SBX_SALESFORCE_SILENCE', message, undefined, { cause: error });
    }
    const { cause, message } = error as { cause?: { code?: string }; message: string };
    return new Retryable(cause?.code ?? 'SBX_SALESFORCE_STREAM_ENDED', `${url}: ${message}`, undefined, {
      cause: error,
    });
  }
}

/** The messages of an answer; undefined for anything else, a proxy's page or an error of the REST API. */
function repliesOf(text: string): readonly BayeuxMessage[] | undefined {
  try {
    const replies = parseLossless(text);
    const isBayeux = Array.isArray(replies) && replies.every((reply) => 'channel' in (reply as object));
    return isBayeux ? (replies as readonly BayeuxMessage[]) : undefined;
  } catch {
    return undefined;
  }
}

import { ConnectorError, Retryable } from '../contract';
import { untilAborted } from '../kit/abort';
import { parseLossless } from '../kit/lossless-json';
import { type BayeuxMessage, failureOfStatus } from './cometd-failure';
import { listElements } from './list-elements';

export interface CometdTransportOptions {
  /** `https://acme.my.salesforce.com/cometd/62.0` */
  readonly url: string;
  readonly accessToken: string;
  /** Ms without an answer after which the connection counts as dead. Salesforce ends a poll after 110 s. */
  readonly silenceMs: number;
  /** Settles when a message of an answer is wanted: what stands behind it stays on the connection until then. */
  readonly isWanted: (reply: BayeuxMessage) => Promise<void>;
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
 * more; takes in an answer whole, however long; and does not tell what was wrong. The members are those that faye expects
 * of a transport.
 */
export class CometdTransport {
  readonly connectionType = 'long-polling';
  readonly endpoint: URL;
  readonly #options: CometdTransportOptions;
  readonly #cookies = new Map<string, string>();
  /** Messages whose answer is not read yet. */
  readonly #open = new Map<BayeuxMessage, AbortController>();
  /** Settles when all polls so far are answered and their answers read. */
  #polls = Promise.resolve();

  constructor(options: CometdTransportOptions) {
    this.#options = options;
    this.endpoint = new URL(options.url);
  }

  /** Sends one message; each in a request of its own, so that a poll keeps no other waiting. Polls wait for the last one's answer. */
  sendMessage(message: BayeuxMessage): Promise<void> {
    // faye takes what is long under way for lost, and sends it again.
    if (this.#open.has(message)) return Promise.resolve();
    this.#open.set(message, new AbortController());
    if (message.channel === '/meta/connect') this.#polls = this.#polls.then(() => this.#send(message));
    else void this.#send(message);
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
    const request = this.#open.get(message);
    if (request === undefined) return;
    const { isWanted, onReply, onFailure } = this.#options;
    try {
      for await (const reply of this.#repliesTo(message, request)) {
        await isWanted(reply);
        if (!this.#open.has(message)) return;
        onReply(reply);
      }
      this.#open.delete(message);
    } catch (error) {
      if (!this.#open.has(message)) return;
      onFailure(this.#failureOf(error));
      this.#settle(message);
    }
  }

  #settle(message: BayeuxMessage): void {
    const { id, channel } = message;
    if (this.#open.delete(message) && id !== undefined) this.#options.onReply({ id, channel, successful: false });
  }

  /** Reads no further than the messages are taken, so that a long answer waits in Salesforce and not in memory. */
  async *#repliesTo(message: BayeuxMessage, request: AbortController): AsyncGenerator<BayeuxMessage, void, undefined> {
    const { url, silenceMs } = this.#options;
    const inTime = endingSilence(request, message.channel === '/meta/disconnect' ? goodbyeMs : silenceMs);
    const response = await inTime(this.#post(message, request.signal));
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^\s*([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
    }
    try {
      for await (const element of listElements(textOf(response, inTime))) yield bayeuxMessage(element);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw failureOfStatus(response.status, response.headers.get('retry-after'), url);
    }
  }

  #post(message: BayeuxMessage, signal: AbortSignal): Promise<Response> {
    const { url, accessToken } = this.#options;
    return fetch(url, {
      method: 'POST',
      // The Streaming API knows no `Bearer`. Cookies go back as they came: they say which node holds the session.
      headers: {
        authorization: `OAuth ${accessToken}`,
        'content-type': 'application/json',
        cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; '),
      },
      body: JSON.stringify([message]),
      signal,
    });
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

/** Throws SyntaxError for anything else: a proxy's page, or an error of the REST API. */
function bayeuxMessage(element: string): BayeuxMessage {
  const message = parseLossless(element) as BayeuxMessage;
  if (!('channel' in message)) throw new SyntaxError('no message of the Bayeux protocol');
  return message;
}

type InTime = <T>(answer: Promise<T>) => Promise<T>;

/** The chunks of an answer's body, each waited for no longer than silence may last, however long the last one was looked at. */
async function* textOf({ body }: Response, inTime: InTime): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  for (;;) {
    const chunk = await inTime(reader.read());
    if (chunk.done) return;
    yield decoder.decode(chunk.value, { stream: true });
  }
}

/**
 * What the other side is to answer in time; else the request is aborted with a TimeoutError. An abort is heeded here, too: fetch
 * may never settle where it comes together with the end of an answer.
 */
function endingSilence(request: AbortController, patienceMs: number): InTime {
  return (answer) => {
    const timer = setTimeout(() => {
      request.abort(new DOMException(`silent for ${patienceMs} ms`, 'TimeoutError'));
    }, patienceMs);
    return untilAborted(answer, request.signal).finally(() => {
      clearTimeout(timer);
    });
  };
}

import { type ConnectorError, Retryable } from '../contract';
import { objectOf } from '../kit/json';
import type { Session } from './auth';
import { CometdClient, type CometdExtension } from './cometd-client';
import { type BayeuxMessage, failureOfReply } from './cometd-failure';
import { TokenRefused } from './token-refused';

/** Replay values of the Streaming API: only what comes, or all that is kept. */
export const replay = { latest: -1, earliest: -2 } as const;

export interface ChannelStreamOptions {
  readonly session: Session;
  readonly apiVersion: string;
  readonly silenceMs: number;
  readonly channel: string;
  /** Replay id after which to begin, or one of `replay`. */
  readonly after: number;
}

/** Sessions lost one after the other without an answered poll, after which the caller's backoff takes over. */
const mostHandshakes = 3;

/**
 * One channel of the Streaming API. The protocol has no credits: an answer holds what the server likes. So an answer is read
 * message by message, as the consumer asks for them, the rest of it waiting on the connection, and the next poll follows when
 * all of it was read. If that takes longer than the server keeps the session, the handshake and the subscription are made
 * anew, behind the last message that was received.
 */
export class ChannelStream {
  readonly #options: ChannelStreamOptions;
  readonly #client: CometdClient;
  readonly #queue: BayeuxMessage[] = [];
  #after: number;
  #handshakes = 0;
  /** The consumer waits for news. */
  #wake: (() => void) | undefined;
  /** An answer is read no further until the consumer waits. */
  #readOn: (() => void) | undefined;
  #failure: ConnectorError | undefined;
  #isClosed = false;
  #isAcknowledged = false;

  constructor(options: ChannelStreamOptions) {
    this.#options = options;
    this.#after = options.after;
    const { session, apiVersion, silenceMs } = options;
    this.#client = new CometdClient({
      ...{ session, apiVersion, silenceMs },
      extension: this.#extension,
      isWanted: this.#isWanted,
      onFailure: this.#fail,
    });
    this.#client.subscribe(options.channel);
  }

  /** Settles when the subscription is acknowledged; rejects as `next`. */
  async acknowledged(): Promise<void> {
    while (!this.#isAcknowledged) await this.#news();
  }

  /** The next message. Rejects with TokenRefused, PositionExpired, Retryable or Permanent when there will be none. */
  async next(): Promise<BayeuxMessage> {
    for (;;) {
      const message = this.#queue.shift();
      if (message !== undefined) return message;
      await this.#news();
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#failure ??= new Retryable(
      'SBX_SALESFORCE_STREAM_ENDED',
      `${this.#options.channel}: the connection was closed`,
    );
    // The good-bye still passes the extension.
    this.#client.close();
    this.#isClosed = true;
    this.#readOn?.();
    this.#awaken();
  }

  readonly #extension: CometdExtension = {
    outgoing: (message, next) => {
      // faye would go on shaking hands for ever.
      if (this.#isClosed) next(null);
      else if (message.channel === '/meta/handshake') this.#shakeHands(message, next);
      else if (message.channel === '/meta/subscribe') this.#subscribe(message, next);
      else next(message);
    },
    incoming: (message, next) => {
      if (this.#isClosed) return;
      if (message.channel === this.#options.channel) this.#receive(message);
      else if (message.successful === false) this.#refuse(message, next);
      else {
        if (message.channel === '/meta/connect') this.#handshakes = 0;
        next(message);
        if (message.channel !== '/meta/subscribe') return;
        this.#isAcknowledged = true;
        this.#awaken();
      }
    },
  };

  readonly #isWanted = async ({ channel }: BayeuxMessage): Promise<void> => {
    if (channel !== this.#options.channel || this.#wake !== undefined || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      this.#readOn = resolve;
    });
  };

  #shakeHands(message: BayeuxMessage, next: (message: BayeuxMessage) => void): void {
    this.#handshakes++;
    next({ ...message, ext: { ...message.ext, replay: true } });
  }

  #subscribe(message: BayeuxMessage, next: (message: BayeuxMessage) => void): void {
    if (this.#isUnplaced) this.#fail(unplaced(message.channel));
    else next({ ...message, ext: { ...message.ext, replay: { [this.#options.channel]: this.#after } } });
  }

  #receive(message: BayeuxMessage): void {
    this.#after = replayIdIn(message) ?? this.#after;
    this.#queue.push(message);
    this.#awaken();
  }

  #refuse(message: BayeuxMessage, next: (message: BayeuxMessage) => void): void {
    const isLost = message.advice?.reconnect === 'handshake';
    // The poll tells the same, and leads to a new handshake and subscription; told of a refused one, faye would forget it.
    if (isLost && message.channel === '/meta/subscribe') return;
    if (isLost && this.#handshakes < mostHandshakes) next(message);
    else this.#fail(failureOfReply(message));
  }

  /** It began at what comes, and nothing came yet: a second `latest` would skip what came between the two. */
  get #isUnplaced(): boolean {
    return this.#isAcknowledged && this.#after === replay.latest;
  }

  readonly #fail = (error: ConnectorError): void => {
    if (this.#failure !== undefined) return;
    this.#failure = error instanceof TokenRefused && this.#isUnplaced ? unplaced(error.message) : error;
    this.close();
  };

  /** Settles when something happened; rejects when nothing will any more. */
  async #news(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#readOn?.();
      this.#readOn = undefined;
    });
  }

  #awaken(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** Undefined for a message without one. */
export function replayIdIn(message: BayeuxMessage): number | undefined {
  const replayId = objectOf(objectOf(message.data)?.event)?.replayId;
  return typeof replayId === 'number' ? replayId : undefined;
}

function unplaced(why: string): Retryable {
  return new Retryable('SBX_SALESFORCE_NO_PLACE', `the session was lost before the first event told its place: ${why}`);
}

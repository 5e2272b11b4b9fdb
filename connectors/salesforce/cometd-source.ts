import type { Delivery, Position, Source, Start, SubscribeOptions } from '../contract';
import { untilAborted } from '../kit/abort';
import type { Authenticator, Session } from './auth';
import type { BayeuxMessage } from './cometd-failure';
import { ChannelStream, replay } from './cometd-stream';
import type { JsonNative } from './native';
import { streamingMessage } from './read-natives';
import { replayIdOf } from './replay-id';
import { resuming } from './resuming';

export interface CometdSourceOptions {
  readonly auth: Authenticator;
  readonly apiVersion: string;
  /** Ms without an answer after which a poll counts as dead. Salesforce answers within 110 s. */
  readonly silenceMs: number;
}

/**
 * Hears channels of the Streaming API (CometD). A position is the replay id of what was handed over last. What one answer
 * holds is read ahead, however much that is, and never a second one: see ChannelStream.
 */
export class CometdSource implements Source<JsonNative> {
  readonly #options: CometdSourceOptions;

  constructor(options: CometdSourceOptions) {
    this.#options = options;
  }

  /** See Source. */
  subscribe(channel: string, options: SubscribeOptions): AsyncGenerator<Delivery<JsonNative>, void, undefined> {
    return resuming(this.#options.auth, options, (session, start) =>
      this.#open(channel, session, start, options.signal),
    );
  }

  /** Salesforce keeps no place for a subscriber: the position is ours to save. */
  ack(): Promise<void> {
    return Promise.resolve();
  }

  /** Subscribes and leaves again. Rejects with what Salesforce says against it. */
  async prove(channel: string, signal: AbortSignal): Promise<void> {
    const session = await this.#options.auth.session();
    const stream = this.#stream(channel, session, { from: 'latest' });
    try {
      await untilAborted(stream.acknowledged(), signal);
    } finally {
      stream.close();
    }
  }

  async *#open(
    channel: string,
    session: Session,
    start: Start,
    signal: AbortSignal,
  ): AsyncGenerator<Delivery<JsonNative>, never, undefined> {
    const stream = this.#stream(channel, session, start);
    try {
      for (;;) yield deliveryOf(await untilAborted(stream.next(), signal), stream.after);
    } finally {
      stream.close();
    }
  }

  #stream(channel: string, session: Session, start: Start): ChannelStream {
    const { apiVersion, silenceMs } = this.#options;
    const after =
      start.from === 'position' ? replayIdOf(start.position, 'number', 'Streaming API') : replay[start.from];
    return new ChannelStream({ session, apiVersion, silenceMs, channel, after });
  }
}

/** @param received where a message without a replay id counts as being */
function deliveryOf(message: BayeuxMessage, received: number): Delivery<JsonNative> {
  const { replayId = received } = ((message.data as { event?: object } | undefined)?.event ?? {}) as {
    replayId?: number;
  };
  const position: Position = { v: 1, replayId };
  const native = streamingMessage({ channel: message.channel, data: message.data });
  if (native !== undefined) return { kind: 'event', native, position };
  const bytes = Buffer.from(JSON.stringify(message.data ?? null));
  const why = `a message on ${message.channel} without a payload or an event`;
  return { kind: 'undecodable', bytes, code: 'SBX_SALESFORCE_PAYLOAD', message: why, position };
}

import type { Delivery, Position, Source, Start, SubscribeOptions } from '../contract';
import { untilAborted } from '../kit/abort';
import type { Authenticator, Session } from './auth';
import type { BayeuxMessage } from './cometd-failure';
import { ChannelStream, replay, replayIdIn } from './cometd-stream';
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
 * Hears channels of the Streaming API (CometD). A position is the replay id of what was handed over last. Nothing is read
 * ahead but the bytes that come along with a message: see ChannelStream.
 */
export class CometdSource implements Source<JsonNative> {
  readonly #options: CometdSourceOptions;
  readonly #streams = new Set<ChannelStream>();

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
    const stream = this.#stream(channel, session, replay.latest);
    try {
      await untilAborted(stream.acknowledged(), signal);
    } finally {
      this.#end(stream);
    }
  }

  async *#open(
    channel: string,
    session: Session,
    start: Start,
    signal: AbortSignal,
  ): AsyncGenerator<Delivery<JsonNative>, never, undefined> {
    let reached =
      start.from === 'position' ? replayIdOf(start.position, 'number', 'Streaming API') : replay[start.from];
    const stream = this.#stream(channel, session, reached);
    try {
      for (;;) {
        const message = await untilAborted(stream.next(), signal);
        reached = replayIdIn(message) ?? reached;
        yield deliveryOf(message, { v: 1, replayId: reached });
      }
    } finally {
      this.#end(stream);
    }
  }

  /** Ends what is open; who still reads it gets Retryable. Idempotent. */
  close(): void {
    for (const stream of this.#streams) this.#end(stream);
  }

  #stream(channel: string, session: Session, after: number): ChannelStream {
    const { apiVersion, silenceMs } = this.#options;
    const stream = new ChannelStream({ session, apiVersion, silenceMs, channel, after });
    this.#streams.add(stream);
    return stream;
  }

  #end(stream: ChannelStream): void {
    stream.close();
    this.#streams.delete(stream);
  }
}

/** @param position a message without a replay id has that of the one before it */
function deliveryOf(message: BayeuxMessage, position: Position): Delivery<JsonNative> {
  const native = streamingMessage({ channel: message.channel, data: message.data });
  if (native !== undefined) return { kind: 'event', native, position };
  const bytes = Buffer.from(JSON.stringify(message.data ?? null));
  const why = `a message on ${message.channel} without a payload or an event`;
  return { kind: 'undecodable', bytes, code: 'SBX_SALESFORCE_PAYLOAD', message: why, position };
}

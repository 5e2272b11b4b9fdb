import {
  type Delivery,
  type Position,
  Retryable,
  type Source,
  type Start,
  type SubscribeOptions,
  Unmappable,
} from '../contract';
import { untilAborted } from '../kit/abort';
import type { Authenticator, Session } from './auth';
import { decodeEvent } from './decode';
import type { PubSubNative } from './native';
import type { EventStream, FetchRequest, FetchResponse, PubSubClient } from './pubsub-client';
import { failureOf } from './pubsub-failure';
import { replayIdOf } from './replay-id';
import { resuming } from './resuming';
import type { SchemaCache } from './schema-cache';

export interface SourceOptions {
  readonly client: PubSubClient;
  readonly auth: Authenticator;
  readonly schemas: SchemaCache;
  /** Ms without an answer, while events are owed, after which the stream counts as dead. Salesforce answers within 270 s. */
  readonly silenceMs: number;
}

/** Salesforce owes at most this many events at once; asking for more changes nothing. */
const mostCredits = 100;

type RawEvent = FetchResponse['events'][number];

/** Hears topics of the Pub/Sub API. A position is the opaque replay id of what was handed over last. */
export class PubSubSource implements Source<PubSubNative> {
  readonly #options: SourceOptions;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  /** See Source. */
  subscribe(stream: string, options: SubscribeOptions): AsyncGenerator<Delivery<PubSubNative>, void, undefined> {
    return resuming(this.#options.auth, options, (session, start) => this.#open(stream, options, session, start));
  }

  async *#open(
    stream: string,
    options: SubscribeOptions,
    session: Session,
    start: Start,
  ): AsyncGenerator<Delivery<PubSubNative>, never, undefined> {
    const call = this.#options.client.subscribe(session);
    const topic = new TopicStream(call, stream, options, this.#options.silenceMs);
    try {
      topic.begin(start);
      return yield* this.#deliveries(topic, stream, options.signal);
    } finally {
      topic.close();
    }
  }

  /** Salesforce keeps no place for a subscriber: the position is ours to save. */
  ack(): Promise<void> {
    return Promise.resolve();
  }

  async *#deliveries(
    topic: TopicStream,
    name: string,
    signal: AbortSignal,
  ): AsyncGenerator<Delivery<PubSubNative>, never, undefined> {
    for (;;) {
      const response = await topic.next();
      if (response.events.length === 0 && response.latestReplayId.length > 0) {
        yield { kind: 'keepalive', position: positionOf(response.latestReplayId) };
      }
      for (const event of response.events) {
        yield await untilAborted(this.#deliver(event, name), signal);
        // Back here the consumer has asked for the next one: this one's credit is free again.
        topic.consumed();
      }
    }
  }

  async #deliver({ event, replayId }: RawEvent, topic: string): Promise<Delivery<PubSubNative>> {
    const position = positionOf(replayId);
    try {
      const schema = await this.#options.schemas.get(event.schemaId);
      const { id, payload } = event;
      return {
        kind: 'event',
        native: decodeEvent({ topic, id, payload, replayId: position.replayId }, schema),
        position,
      };
    } catch (error) {
      if (!(error instanceof Unmappable)) throw error;
      return { kind: 'undecodable', bytes: event.payload, code: error.code, message: error.message, position };
    }
  }
}

/** One Subscribe call: credits, silence and abort. */
class TopicStream {
  readonly #call: EventStream;
  readonly #responses: AsyncIterator<FetchResponse>;
  readonly #topicName: string;
  readonly #window: number;
  readonly #silenceMs: number;
  readonly #signal: AbortSignal;
  #freed = 0;

  constructor(call: EventStream, topicName: string, options: SubscribeOptions, silenceMs: number) {
    this.#call = call;
    this.#topicName = topicName;
    this.#window = Math.max(1, Math.min(mostCredits, options.maxInFlight));
    this.#silenceMs = silenceMs;
    this.#signal = options.signal;
    this.#responses = call[Symbol.asyncIterator]() as AsyncIterator<FetchResponse>;
    // The iterator reports errors; one that comes after it has ended must not end the process.
    call.on('error', () => undefined);
    this.#signal.addEventListener('abort', this.close, { once: true });
  }

  begin(start: Start): void {
    this.#request({ ...replayOf(start), numRequested: this.#window });
  }

  /** The next answer. Throws Retryable when the stream ended, or fell silent although events are owed. */
  async next(): Promise<FetchResponse> {
    const silence = new AbortController();
    const watchdog = setTimeout(() => {
      silence.abort();
      this.#call.cancel();
    }, this.#silenceMs);
    try {
      const { done, value } = (await this.#responses.next()) as IteratorResult<FetchResponse, undefined>;
      if (done !== true) return value;
      throw new Retryable('SBX_SALESFORCE_STREAM_ENDED', `Subscribe ${this.#topicName}: Salesforce ended the stream`);
    } catch (error) {
      if (!silence.signal.aborted) throw failureOf(error, `Subscribe ${this.#topicName}`);
      const message = `Subscribe ${this.#topicName}: no answer for ${this.#silenceMs / 1000} s, although Salesforce sends a keepalive every 270 s`;
      throw new Retryable('SBX_SALESFORCE_SILENCE', message, undefined, { cause: error });
    } finally {
      clearTimeout(watchdog);
    }
  }

  /**
   * Gives a consumed event's credit back, in halves of the window: a request per event would double the traffic, and
   * with all credits back the stream must never stand at nothing requested, or Salesforce closes it after 60 s.
   */
  consumed(): void {
    this.#freed++;
    if (this.#freed * 2 < this.#window) return;
    this.#request({ numRequested: this.#freed });
    this.#freed = 0;
  }

  readonly close = (): void => {
    this.#signal.removeEventListener('abort', this.close);
    this.#call.cancel();
  };

  #request(request: Omit<FetchRequest, 'topicName'>): void {
    if (this.#call.writable) this.#call.write({ topicName: this.#topicName, ...request });
  }
}

/** The preset is always said: proto3's default is LATEST, which would skip everything stored. */
function replayOf(start: Start): Pick<FetchRequest, 'replayPreset' | 'replayId'> {
  if (start.from !== 'position') return { replayPreset: start.from === 'latest' ? 'LATEST' : 'EARLIEST' };
  const replayId = replayIdOf(start.position, 'string', 'Pub/Sub API');
  return { replayPreset: 'CUSTOM', replayId: Buffer.from(replayId, 'base64') };
}

function positionOf(replayId: Buffer): Position & { readonly replayId: string } {
  return { v: 1, replayId: replayId.toString('base64') };
}

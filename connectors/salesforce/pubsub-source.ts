import { randomUUID } from 'node:crypto';
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
import type { EventStream, FetchRequest, FetchResponse, ManagedFetchRequest, PubSubClient } from './pubsub-client';
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
  /** Id or developer name of the subscription whose place Salesforce keeps. */
  readonly managed: string | undefined;
}

/** Salesforce owes at most this many events at once; asking for more changes nothing. */
const mostCredits = 100;

type RawEvent = FetchResponse['events'][number];

/**
 * Hears topics of the Pub/Sub API. A position is the opaque replay id of what was handed over last. With a managed
 * subscription Salesforce begins behind what was acknowledged last, whatever start is asked for: what was not yet
 * acknowledged comes again.
 */
export class PubSubSource implements Source<PubSubNative> {
  readonly #options: SourceOptions;
  /** The open stream of a managed subscription. */
  #managed: TopicStream | undefined;

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
    const { client, managed, silenceMs } = this.#options;
    const call = managed === undefined ? client.subscribe(session) : client.subscribeManaged(session);
    const topic = new TopicStream(
      call,
      managed === undefined ? { topicName: stream } : named(managed),
      options,
      silenceMs,
    );
    try {
      topic.begin(managed === undefined ? replayOf(start) : {});
      if (managed !== undefined) this.#managed = topic;
      return yield* this.#deliveries(topic, stream, options.signal);
    } finally {
      topic.close();
    }
  }

  /** Moves the place of a managed subscription; one that is not open now is moved by the next acknowledgement. */
  ack(_stream: string, position: Position): Promise<void> {
    if (this.#options.managed !== undefined) this.#managed?.commit(replayIdOf(position, 'string', 'Pub/Sub API'));
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
  /** What says in each request which subscription it is. */
  readonly #naming: Naming;
  readonly #name: string;
  readonly #window: number;
  readonly #silenceMs: number;
  readonly #signal: AbortSignal;
  #freed = 0;

  constructor(call: EventStream, naming: Naming, options: SubscribeOptions, silenceMs: number) {
    this.#call = call;
    this.#naming = naming;
    this.#name = Object.values(naming).join();
    this.#window = Math.max(1, Math.min(mostCredits, options.maxInFlight));
    this.#silenceMs = silenceMs;
    this.#signal = options.signal;
    this.#responses = call[Symbol.asyncIterator]() as AsyncIterator<FetchResponse>;
    // The iterator reports errors; one that comes after it has ended must not end the process.
    call.on('error', () => undefined);
    this.#signal.addEventListener('abort', this.close, { once: true });
  }

  begin(place: Replay | Record<string, never>): void {
    this.#request({ ...place, numRequested: this.#window });
  }

  /** @param replayId base64 */
  commit(replayId: string): void {
    const commitReplayIdRequest = { commitRequestId: randomUUID(), replayId: Buffer.from(replayId, 'base64') };
    this.#request({ commitReplayIdRequest });
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
      if (done !== true) return committed(value);
      throw new Retryable('SBX_SALESFORCE_STREAM_ENDED', `Subscribe ${this.#name}: Salesforce ended the stream`);
    } catch (error) {
      if (!silence.signal.aborted) throw failureOf(error, `Subscribe ${this.#name}`);
      const message = `Subscribe ${this.#name}: no answer for ${this.#silenceMs / 1000} s, although Salesforce sends a keepalive every 270 s`;
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

  #request(request: Omit<FetchRequest, 'topicName' | 'numRequested'> & ManagedFetchRequest): void {
    if (this.#call.writable) this.#call.write({ ...this.#naming, ...request });
  }
}

type Replay = Pick<FetchRequest, 'replayPreset' | 'replayId'>;
type Naming = { readonly topicName: string } | { readonly subscriptionId: string } | { readonly developerName: string };

/** Ids begin with a digit, developer names with a letter. */
function named(managed: string): Naming {
  return /^\d/.test(managed) ? { subscriptionId: managed } : { developerName: managed };
}

/** Throws Retryable where a commit was refused: the stream is opened again at the place that Salesforce has. */
function committed(response: FetchResponse): FetchResponse {
  const error = response.commitResponse?.error;
  if (error == null) return response;
  throw new Retryable('SBX_SALESFORCE_COMMIT', `the place was not moved: ${error.msg}`);
}

/** The preset is always said: proto3's default is LATEST, which would skip everything stored. */
function replayOf(start: Start): Replay {
  if (start.from !== 'position') return { replayPreset: start.from === 'latest' ? 'LATEST' : 'EARLIEST' };
  const replayId = replayIdOf(start.position, 'string', 'Pub/Sub API');
  return { replayPreset: 'CUSTOM', replayId: Buffer.from(replayId, 'base64') };
}

function positionOf(replayId: Buffer): Position & { readonly replayId: string } {
  return { v: 1, replayId: replayId.toString('base64') };
}

import { randomUUID } from 'node:crypto';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { EventLog, StoredEvent, TopicLog } from './event-log';
import type { ManagedPlace, ManagedSubscriptions } from './managed-subscriptions';
import { rpcError, type RpcFailure } from './rpc-error';

/** `FetchRequest` or `ManagedFetchRequest` as the proto loader hands it over (camel case, enums as names). */
export interface FetchRequest {
  readonly topicName: string;
  readonly replayPreset: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  readonly replayId: Buffer;
  readonly numRequested: number;
  /** Managed only. */
  readonly subscriptionId?: string;
  /** Managed only. */
  readonly developerName?: string;
  /** Managed only. */
  readonly commitReplayIdRequest?: { readonly commitRequestId: string; readonly replayId: Buffer } | null;
}

/** `FetchResponse` in the same form. */
export interface FetchResponse {
  readonly events: readonly {
    readonly event: { id: string; schemaId: string; payload: Buffer };
    readonly replayId: Buffer;
  }[];
  readonly latestReplayId: Buffer;
  readonly rpcId: string;
  readonly pendingNumRequested: number;
  /** Managed only. */
  readonly commitResponse?: {
    readonly commitRequestId: string;
    readonly replayId: Buffer;
    readonly error?: { readonly code: 'COMMIT'; readonly msg: string };
  };
}

/** What a subscription needs from the rest. */
export interface SubscriptionContext {
  readonly log: EventLog;
  /** Only where the call is a managed one: it names no topic and no place, the server has them. */
  readonly managed?: ManagedSubscriptions;
  /** Longest silence while events are owed, in milliseconds (the service: 270,000). */
  readonly keepaliveMs: number;
  /** How long a stream lives without credit, in milliseconds (the service: 60,000). */
  readonly idleMs: number;
  readonly expiredReplayIdError: 'replayCorrupted' | 'replayExpired';
  /** One strike of a fault, if armed. */
  readonly strike: (fault: 'corruptReplayId' | 'dropStream' | 'keepaliveSilence') => boolean;
  readonly onClose: (subscription: Subscription) => void;
}

/** Most events owed at a time; a request above it is cut to it. */
const MAX_PENDING = 100;
/** A response holds at most this many bytes of payload. */
const MAX_RESPONSE_BYTES = 3 * 1_048_576;

const toConsumerEvent = (event: StoredEvent): FetchResponse['events'][number] => ({
  event: { id: event.id, schemaId: event.schemaId, payload: event.payload },
  replayId: event.replayId,
});

/** One Subscribe call: credits, delivery in order, keepalives. */
export class Subscription {
  readonly #rpcId = randomUUID();
  #topic: TopicLog | undefined;
  #managed: ManagedPlace | undefined;
  #position = 0;
  #pending = 0;
  #isBlocked = false;
  #isOver = false;
  #isSilent = false;
  #keepalive: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly call: ServerDuplexStream<FetchRequest, FetchResponse>,
    private readonly context: SubscriptionContext,
  ) {
    call.on('data', (request: FetchRequest) => {
      this.#take(request);
    });
    // The client has said all it will say: a stream without a way to ask for more ends.
    call.on('end', () => {
      this.#close();
      call.end();
    });
    call.on('cancelled', () => {
      this.#close();
    });
    call.on('error', () => {
      this.#close();
    });
    call.on('drain', () => {
      this.#isBlocked = false;
      this.deliver();
    });
  }

  /** The topic, once the first request has named it. */
  get topic(): TopicLog | undefined {
    return this.#topic;
  }

  /** Sends what the credit allows. Called when events were stored and when credit arrives. */
  deliver(): void {
    const topic = this.#topic;
    if (topic === undefined || this.#isOver || this.#isSilent) return;
    while (this.#pending > 0 && !this.#isBlocked) {
      const batch = this.#nextBatch(topic);
      if (batch.length === 0) return;
      this.#position = Math.max(this.#position, topic.oldest) + batch.length;
      this.#pending -= batch.length;
      this.context.log.delivered += batch.length;
      this.#send(batch, batch[batch.length - 1]?.replayId ?? this.context.log.tipReplayId());
    }
  }

  /** Stops all sending while the stream stays open: the client must notice by itself. */
  silence(): void {
    this.#isSilent = true;
  }

  /** Ends the stream with an error. */
  fail(failure: RpcFailure): void {
    if (this.#isOver) return;
    this.#close();
    this.call.emit('error', rpcError(failure, this.#rpcId));
  }

  #take(request: FetchRequest): void {
    if (this.#isOver) return;
    const { commitReplayIdRequest: commit } = request;
    if (commit != null) this.#commit(commit);
    if (commit != null && request.numRequested === 0) return;
    const failure = this.#faultOf(request);
    if (failure !== undefined) {
      this.fail(failure);
      return;
    }
    this.#pending = Math.min(this.#pending + request.numRequested, MAX_PENDING);
    clearTimeout(this.#idle);
    this.#scheduleKeepalive();
    this.deliver();
  }

  #faultOf(request: FetchRequest): RpcFailure | undefined {
    if (request.numRequested <= 0) return 'countInvalid';
    if (this.#topic === undefined) return this.#start(request);
    const isOther = this.#managed === undefined && request.topicName !== '' && request.topicName !== this.#topic.name;
    return isOther ? 'topicMismatch' : undefined;
  }

  /** The first request fixes topic and position; answers with the failure, if it is one. */
  #start(request: FetchRequest): RpcFailure | undefined {
    if (this.context.managed !== undefined) return this.#startManaged(this.context.managed, request);
    if (request.topicName === '') return 'topicEmpty';
    const topic = this.context.log.topic(request.topicName);
    if (topic === undefined) return 'topicMissing';
    if (this.context.strike('dropStream')) return 'unavailable';
    if (this.context.strike('keepaliveSilence')) this.silence();
    const position = this.#positionOf(topic, request);
    if (typeof position !== 'number') return position;
    this.#topic = topic;
    this.#position = position;
    return undefined;
  }

  #startManaged(all: ManagedSubscriptions, request: FetchRequest): RpcFailure | undefined {
    const place = all.place(request.subscriptionId ?? '', request.developerName ?? '');
    if (typeof place === 'string') return place;
    if (this.context.strike('dropStream')) return 'unavailable';
    this.#managed = place;
    this.#topic = place.topic;
    this.#position = place.position;
    return undefined;
  }

  #commit({ commitRequestId, replayId }: NonNullable<FetchRequest['commitReplayIdRequest']>): void {
    const isDone = this.#managed?.commit(replayId) === true;
    const error = { code: 'COMMIT', msg: 'The replay ID is not one of the subscription.' } as const;
    this.call.write({
      events: [],
      latestReplayId: Buffer.alloc(0),
      rpcId: this.#rpcId,
      pendingNumRequested: this.#pending,
      commitResponse: { commitRequestId, replayId, ...(isDone ? {} : { error }) },
    });
  }

  #positionOf(topic: TopicLog, request: FetchRequest): number | RpcFailure {
    if (request.replayPreset === 'LATEST') return topic.tip;
    if (request.replayPreset === 'EARLIEST') return topic.oldest;
    if (request.replayId.length === 0) return 'replayMissing';
    if (this.context.strike('corruptReplayId')) return 'replayCorrupted';
    const found = this.context.log.resolve(request.replayId);
    if (found.kind === 'expired') return this.context.expiredReplayIdError;
    return found.kind === 'unknown' ? 'replayCorrupted' : topic.after(found.sequence);
  }

  #nextBatch(topic: TopicLog): readonly StoredEvent[] {
    const events = topic.read(this.#position, this.#pending);
    let bytes = 0;
    const tooMany = events.findIndex((event) => (bytes += event.payload.length) > MAX_RESPONSE_BYTES);
    return tooMany > 0 ? events.slice(0, tooMany) : events;
  }

  #send(events: readonly StoredEvent[], latestReplayId: Buffer): void {
    this.#isBlocked = !this.call.write({
      events: events.map(toConsumerEvent),
      latestReplayId,
      rpcId: this.#rpcId,
      pendingNumRequested: this.#pending,
    });
    if (this.#pending > 0) this.#scheduleKeepalive();
    else this.#scheduleIdleEnd();
  }

  #scheduleKeepalive(): void {
    clearTimeout(this.#keepalive);
    this.#keepalive = setTimeout(() => {
      if (!this.#isSilent && !this.#isBlocked) this.#send([], this.context.log.tipReplayId());
    }, this.context.keepaliveMs);
  }

  #scheduleIdleEnd(): void {
    clearTimeout(this.#keepalive);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#close();
      this.call.end();
    }, this.context.idleMs);
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#keepalive);
    clearTimeout(this.#idle);
    this.context.onClose(this);
  }
}

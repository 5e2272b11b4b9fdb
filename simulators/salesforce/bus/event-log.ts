import type { StoredSchema } from './avro-types';

/** An event as it lies in the log: encoded once, delivered many times. */
export interface StoredEvent {
  /** Position in the org's stream; grows, with holes. */
  readonly sequence: number;
  /** The opaque 10 bytes that clients see. */
  readonly replayId: Buffer;
  /** UUID; the same for a redelivered event. */
  readonly id: string;
  readonly schemaId: string;
  readonly payload: Buffer;
  /** Epoch milliseconds of publication. */
  readonly at: number;
}

/** What a replay id turned out to be. */
export type ReplayPosition =
  { readonly kind: 'after'; readonly sequence: number } | { readonly kind: 'expired' } | { readonly kind: 'unknown' };

// Consecutive sequences are this far apart on the wire: ids are cursors, not counters, and a computed one must fail.
const STRIDE = 7;
const FIRST_REPLAY = 10_962_937;

const encodeReplayId = (sequence: number): Buffer => {
  const buffer = Buffer.alloc(10);
  buffer.writeBigUInt64BE(BigInt(FIRST_REPLAY + sequence * STRIDE));
  return buffer;
};

/** One topic's events; positions are absolute, so that expiry does not move a reader. */
export class TopicLog {
  #events: StoredEvent[] = [];
  #expired = 0;

  constructor(
    /** `/data/LeadChangeEvent`, `/data/ChangeEvents`, `/event/X__e`. */
    readonly name: string,
    /** The topic's schema now; the multi-object channel has none. */
    public schema: StoredSchema | undefined,
  ) {}

  /** Where the next event will go. */
  get tip(): number {
    return this.#expired + this.#events.length;
  }

  /** The oldest event still there. */
  get oldest(): number {
    return this.#expired;
  }

  /** All retained events. */
  get events(): readonly StoredEvent[] {
    return this.#events;
  }

  append(event: StoredEvent): void {
    this.#events.push(event);
  }

  /** At most `count` events from a position on. */
  read(position: number, count: number): readonly StoredEvent[] {
    const start = Math.max(position, this.#expired) - this.#expired;
    return this.#events.slice(start, start + count);
  }

  /** The position of the first event after a sequence. */
  after(sequence: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
      else high = middle;
    }
    return this.#expired + low;
  }

  /** Forgets what is stored up to and including a sequence. */
  expire(sequence: number): void {
    const position = this.after(sequence);
    this.#events = this.#events.slice(position - this.#expired);
    this.#expired = position;
  }
}

/** The org's event stream: numbering, topics, retention. */
export class EventLog {
  /** Events handed out on all streams so far. */
  delivered = 0;
  readonly #topics = new Map<string, TopicLog>();
  #latest = 0;
  #expiredUpTo = 0;

  /** Adds a topic or changes its schema. */
  define(name: string, schema: StoredSchema | undefined): TopicLog {
    const known = this.#topics.get(name);
    if (known !== undefined) {
      known.schema = schema;
      return known;
    }
    const topic = new TopicLog(name, schema);
    this.#topics.set(name, topic);
    return topic;
  }

  /** The topic of this exact name: channels are case-sensitive. */
  topic(name: string): TopicLog | undefined {
    return this.#topics.get(name);
  }

  get topics(): readonly TopicLog[] {
    return [...this.#topics.values()];
  }

  /** Stores an event in its topics. */
  append(topics: readonly TopicLog[], event: Pick<StoredEvent, 'id' | 'schemaId' | 'payload'>): StoredEvent {
    const sequence = this.#next();
    const stored: StoredEvent = {
      sequence,
      replayId: encodeReplayId(sequence),
      id: event.id,
      schemaId: event.schemaId,
      payload: event.payload,
      at: Date.now(),
    };
    for (const topic of topics) topic.append(stored);
    return stored;
  }

  /** A replay id for "up to now", as keepalives carry it: newer than every event and inside retention. */
  tipReplayId(): Buffer {
    return encodeReplayId(this.#next());
  }

  /** Ends the retention of everything stored so far; also of replay ids that keepalives handed out. */
  expireAll(): void {
    this.#expiredUpTo = this.#latest;
    for (const topic of this.#topics.values()) topic.expire(this.#latest);
  }

  /** Understands a client's replay id. Eight bytes are taken too: widely used clients cut the trailing zeros off. */
  resolve(replayId: Buffer): ReplayPosition {
    const isKnownForm = replayId.length === 8 || (replayId.length === 10 && replayId.readUInt16BE(8) === 0);
    if (!isKnownForm) return { kind: 'unknown' };
    const sequence = (Number(replayId.readBigUInt64BE()) - FIRST_REPLAY) / STRIDE;
    if (!Number.isInteger(sequence) || sequence < 1 || sequence > this.#latest) return { kind: 'unknown' };
    return sequence <= this.#expiredUpTo ? { kind: 'expired' } : { kind: 'after', sequence };
  }

  #next(): number {
    this.#latest += 1;
    return this.#latest;
  }
}

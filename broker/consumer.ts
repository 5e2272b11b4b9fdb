import type { Channel, ConsumeMessage } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { CanonicalEvent } from '../canonical-schema/event';
import { orderOf } from '../canonical-schema/order';
import { type BatchLimits, Backlog, type Entry } from './backlog';
import { type BrokerConnection, hasAborted } from './connection';
import { orderKey, ParkedRecords } from './parked-records';
import { type Cause, loadParkedRecords, park, parkingHeader } from './parking';
import type { Publisher } from './publisher';
import { defaultPartitions, laneQueue } from './routing';
import { assertTopology } from './topology';

/** Events of one lane queue, in the broker's order. */
export interface Batch {
  /** The same on every attempt with these events. */
  readonly id: string;
  readonly tenant: string;
  readonly partition: number;
  /** At least one. */
  readonly events: readonly CanonicalEvent[];
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** An event that could not be decided; its later fellows of the same record must be in the list, too, or not be decided yet. */
export interface Undecided {
  readonly eventid: string;
  readonly cause: Cause;
}

export interface ConsumerOptions extends Partial<BatchLimits> {
  readonly tenant: string;
  readonly partition: number;
  /** As in the topology. Default 4. */
  readonly partitions?: number;
  /** Messages that the broker sends ahead. Default three times `maxEvents`. */
  readonly prefetch?: number;
  /**
   * Takes a batch. When it resolves, the events it names are parked and all others acknowledged. When it rejects, the
   * same batch is given again after a pause, as often as it takes: the broker holds the rest back meanwhile.
   * The signal aborts when the broker took the batch back, because the channel was lost: it will be delivered again.
   */
  readonly onBatch: (batch: Batch, signal: AbortSignal) => Promise<readonly Undecided[]>;
  /** Parks with this one. */
  readonly publisher: Publisher;
}

const defaults: BatchLimits = { maxEvents: 100, maxBytes: 512 * 1024, lingerMs: 20, echoLingerMs: 250 };

/**
 * Consumes one lane queue, one batch at a time. Bad bodies and events behind a parked one of their record are parked
 * without being given out. Reconnects by itself; what was not acknowledged by then is delivered again.
 */
export class Consumer {
  private readonly stopping = new AbortController();
  private readonly limits: BatchLimits;
  private readonly queue: string;
  private readonly running: Promise<void>;
  private parked = new ParkedRecords();

  /** Starts at once; the topology is asserted first, on every connection anew. */
  constructor(
    private readonly connection: BrokerConnection,
    private readonly options: ConsumerOptions,
  ) {
    this.limits = {
      maxEvents: options.maxEvents ?? defaults.maxEvents,
      maxBytes: options.maxBytes ?? defaults.maxBytes,
      lingerMs: options.lingerMs ?? defaults.lingerMs,
      echoLingerMs: options.echoLingerMs ?? defaults.echoLingerMs,
    };
    this.queue = laneQueue(options.tenant, options.partition);
    const open = (model: { createChannel(): Promise<Channel> }): Promise<Channel> => model.createChannel();
    const use = (channel: Channel, lost: AbortSignal): Promise<void> => this.consume(channel, lost);
    this.running = connection.keepChannel({ name: this.queue, open, use }, this.stopping.signal);
  }

  /** Stops taking messages, lets the batch under way finish, and returns the others to the queue. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async consume(channel: Channel, lost: AbortSignal): Promise<void> {
    const { tenant, partitions = defaultPartitions } = this.options;
    await assertTopology(this.connection, [{ tenant, partitions }]);
    const cancelled = new AbortController();
    const gone = AbortSignal.any([lost, cancelled.signal]);
    const end = AbortSignal.any([gone, this.stopping.signal]);
    const backlog = new Backlog(this.limits, end);
    await channel.prefetch(this.options.prefetch ?? 3 * this.limits.maxEvents);
    const { consumerTag } = await channel.consume(this.queue, (message) => {
      if (message === null) cancelled.abort();
      else backlog.add(message);
    });
    let isFresh = true;
    while (!end.aborted) {
      const entries = await backlog.take();
      if (entries.length === 0) continue;
      // With the first delivery this consumer became the active one: what the one before it parked counts from here.
      if (isFresh) await this.reloadParked();
      isFresh = false;
      if (await this.settle(entries, gone, end)) acknowledge(channel, entries, lost);
    }
    if (!lost.aborted) await channel.cancel(consumerTag).catch(() => undefined);
    if (cancelled.signal.aborted) throw new Error(`the broker cancelled the consumer of ${this.queue}`);
  }

  private async reloadParked(): Promise<void> {
    this.parked = new ParkedRecords();
    await loadParkedRecords(this.connection.url, this.options.tenant, this.parked);
  }

  /** Says whether all entries are dealt with, so that they can be acknowledged. */
  private async settle(entries: readonly Entry[], gone: AbortSignal, end: AbortSignal): Promise<boolean> {
    const causes = new Map<Entry, Cause>();
    const given = entries.filter((entry) => this.isToBeGiven(entry, causes));
    if (given.length > 0) {
      const undecided = await this.give(given, gone, end);
      if (undecided === undefined) return false;
      const byId = new Map(undecided.map(({ eventid, cause }) => [eventid, cause]));
      for (const entry of given) {
        const cause = byId.get(entry.event?.id ?? '');
        if (cause !== undefined) causes.set(entry, cause);
      }
    }
    for (const entry of entries) {
      const cause = causes.get(entry);
      if (cause === undefined) continue;
      await park(this.options.publisher, entry.message, cause);
      if (entry.event !== undefined) this.parked.add(entry.event);
    }
    return true;
  }

  /** Decides an entry's way by what is parked; notes the cause of one that must be parked as well. */
  private isToBeGiven(entry: Entry, causes: Map<Entry, Cause>): boolean {
    const { event, badBody, message } = entry;
    if (event === undefined) {
      causes.set(entry, { code: badBody.code, message: badBody.message });
      return false;
    }
    const mark: unknown = message.properties.headers?.[parkingHeader];
    if (mark !== undefined) this.parked.remove(event);
    if (mark === 'dropped') return false;
    // Parked by a consumer that died before it could acknowledge: it is safe already.
    if (this.parked.has(event)) return false;
    const before = this.parked.before(event) ?? waitsInBatch(event, causes);
    if (before === undefined) return true;
    causes.set(entry, { code: 'SBX_BROKER_PARKED_BEHIND', message: `event ${before} of the same record is parked` });
    return false;
  }

  /** Gives a batch out until it is taken; undefined when the consumer ends first. */
  private async give(
    given: readonly Entry[],
    gone: AbortSignal,
    end: AbortSignal,
  ): Promise<readonly Undecided[] | undefined> {
    const { tenant, partition, onBatch } = this.options;
    const events = given.flatMap(({ event }) => (event === undefined ? [] : [event]));
    const id = randomUUID();
    for (let attempt = 1; ; attempt++) {
      try {
        return await onBatch({ id, tenant, partition, events, attempt }, gone);
      } catch (error) {
        if (hasAborted(end)) return undefined;
        const fields = { queue: this.queue, batch: id, attempt, event: events[0]?.id, err: String(error) };
        this.connection.log.warn(fields, 'a batch was not taken; giving it again');
        await wait(Math.min(5000, 100 * 2 ** (attempt - 1)), undefined, { signal: end }).catch(() => undefined);
        if (hasAborted(end)) return undefined;
      }
    }
  }
}

/** The event of this batch that is about to be parked and that this one has to wait behind. */
function waitsInBatch(event: CanonicalEvent, causes: ReadonlyMap<Entry, Cause>): string | undefined {
  for (const { event: other } of causes.keys()) {
    if (other === undefined || orderKey(other) !== orderKey(event)) continue;
    if (orderOf(other) <= orderOf(event)) return other.id;
  }
  return undefined;
}

/** One acknowledgement for the whole batch: a batch is always the oldest unacknowledged messages of its channel. */
function acknowledge(channel: Channel, entries: readonly Entry[], lost: AbortSignal): void {
  const last: ConsumeMessage | undefined = entries.at(-1)?.message;
  if (last !== undefined && !lost.aborted) channel.ack(last, true);
}

import type { ConfirmChannel } from 'amqplib';
import type { CanonicalEvent, Envelope } from '../canonical-schema/event';
import { type EncodedEvent, encodeEvent } from './binding';
import { type BrokerConnection, aborted, openConfirmChannel } from './connection';
import { BrokerUnavailable, Unroutable } from './errors';
import { defaultPartitions, eventsExchange, predictionKeyOf, predictionsExchange, routingKeyOf } from './routing';

/** How a publisher routes and how long it waits. */
export interface PublisherOptions {
  /** Lane queues per tenant, as in the topology: of every tenant, or of each. Default 4. */
  readonly partitions?: number | ((tenant: string) => number);
  /** How long the broker may leave a message unconfirmed before its channel counts as dead, ms. Default 30,000. */
  readonly confirmWithinMs?: number;
}

/** One message on its way. */
interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly message: EncodedEvent;
  /** Whether a message that no queue takes is an error. */
  readonly isMandatory: boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  isReturned: boolean;
  sentAt: number;
}

/**
 * Publishes with confirms. Any number of messages may be under way; they reach the broker in the order of the calls.
 * When the broker is lost, all that it has not confirmed is rejected with BrokerUnavailable: whether it was taken is not
 * known, so the caller publishes the same event again. The publisher itself reconnects.
 */
export class Publisher {
  private channel: ConfirmChannel | undefined;
  private isFull = false;
  /** Held back until the socket drains. */
  private readonly waiting: Outgoing[] = [];
  /** Sent and not confirmed, oldest first. */
  private readonly unconfirmed = new Set<Outgoing>();
  /** Ends the channel that leaves messages unconfirmed; the next one is then opened. */
  private silent = new AbortController();
  private readonly stopping = new AbortController();
  private readonly partitionsOf: (tenant: string) => number;
  private readonly running: Promise<void>;
  private readonly watchdog: NodeJS.Timeout;

  private constructor(connection: BrokerConnection, options: PublisherOptions, onReady: () => void) {
    const { partitions = defaultPartitions } = options;
    this.partitionsOf = typeof partitions === 'number' ? () => partitions : partitions;
    const use = async (channel: ConfirmChannel, lost: AbortSignal): Promise<void> => {
      this.adopt(channel);
      onReady();
      this.silent = new AbortController();
      await aborted(AbortSignal.any([lost, this.silent.signal, this.stopping.signal]));
      this.abandon();
    };
    this.running = connection.keepChannel({ name: 'publisher', use, open: openConfirmChannel }, this.stopping.signal);
    const limit = options.confirmWithinMs ?? 30_000;
    this.watchdog = setInterval(() => {
      this.endSilentChannel(limit);
    }, limit / 10).unref();
  }

  /** Opens a publisher; resolves when it can publish. */
  static open(connection: BrokerConnection, options: PublisherOptions = {}): Promise<Publisher> {
    return new Promise((resolve) => {
      const publisher: Publisher = new Publisher(connection, options, () => {
        resolve(publisher);
      });
    });
  }

  /** Resolves when the broker has the event safe. Rejects with BrokerUnavailable, Unroutable, RangeError. */
  publish(event: CanonicalEvent): Promise<void> {
    return this.send(
      eventsExchange,
      () => routingKeyOf(event, this.partitionsOf(event.tenantid)),
      () => encodeEvent(event),
      true,
    );
  }

  /** Publishes to the exchange of predictions, where nobody needs to listen. Rejects with BrokerUnavailable, RangeError. */
  publishPrediction(event: Envelope<unknown>): Promise<void> {
    return this.send(
      predictionsExchange,
      () => predictionKeyOf(event),
      () => encodeEvent(event),
      false,
    );
  }

  /** Publishes a message as it is: for parking and redriving. Rejects with BrokerUnavailable, Unroutable. */
  publishRaw(exchange: string, routingKey: string, message: EncodedEvent): Promise<void> {
    return this.send(
      exchange,
      () => routingKey,
      () => message,
      true,
    );
  }

  private send(exchange: string, key: () => string, encode: () => EncodedEvent, isMandatory: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      // A key or a body that cannot be made rejects here, before the broker has seen anything.
      const message = encode();
      const outgoing = {
        exchange,
        routingKey: key(),
        message,
        isMandatory,
        resolve,
        reject,
        isReturned: false,
        sentAt: 0,
      };
      if (this.channel === undefined) reject(new BrokerUnavailable('not connected to the broker; publish again later'));
      else if (this.isFull || this.waiting.length > 0) this.waiting.push(outgoing);
      else this.write(this.channel, outgoing);
    });
  }

  private write(channel: ConfirmChannel, outgoing: Outgoing): void {
    const { exchange, routingKey, message, isMandatory } = outgoing;
    outgoing.sentAt = Date.now();
    this.unconfirmed.add(outgoing);
    try {
      const options = { ...message.options, mandatory: isMandatory };
      this.isFull = !channel.publish(exchange, routingKey, message.content, options, (error: unknown) => {
        this.settle(outgoing, error);
      });
    } catch (error) {
      this.unconfirmed.delete(outgoing);
      outgoing.reject(
        error instanceof RangeError ? error : new BrokerUnavailable('the channel is closed', { cause: error }),
      );
    }
  }

  private settle(outgoing: Outgoing, error: unknown): void {
    if (!this.unconfirmed.delete(outgoing)) return;
    if (error !== null && error !== undefined) {
      outgoing.reject(
        new BrokerUnavailable('the broker did not confirm the message; publish it again', { cause: error }),
      );
    } else if (outgoing.isReturned) outgoing.reject(new Unroutable(outgoing.exchange, outgoing.routingKey));
    else outgoing.resolve();
  }

  private adopt(channel: ConfirmChannel): void {
    this.channel = channel;
    this.isFull = false;
    channel.on('drain', () => {
      this.isFull = false;
      this.flush(channel);
    });
    // A returned message comes back before its confirm. Messages with one id have one route, hence one fate.
    channel.on('return', ({ properties, fields }) => {
      for (const outgoing of this.unconfirmed) {
        const { messageId } = outgoing.message.options;
        if (messageId === properties.messageId && outgoing.routingKey === fields.routingKey) outgoing.isReturned = true;
      }
    });
  }

  private flush(channel: ConfirmChannel): void {
    while (this.waiting.length > 0 && !this.isFull && this.channel === channel) {
      const next = this.waiting.shift();
      if (next !== undefined) this.write(channel, next);
    }
  }

  private abandon(): void {
    this.channel = undefined;
    const lost = new BrokerUnavailable('the broker was lost before it confirmed the message; publish it again');
    for (const outgoing of this.unconfirmed) outgoing.reject(lost);
    for (const outgoing of this.waiting.splice(0)) outgoing.reject(lost);
    this.unconfirmed.clear();
  }

  private endSilentChannel(limitMs: number): void {
    const [oldest] = this.unconfirmed;
    if (oldest === undefined || Date.now() - oldest.sentAt < limitMs) return;
    this.silent.abort();
  }

  /** Waits for what is on its way, at most `withinMs`, then closes. */
  async close(withinMs = 10_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (this.unconfirmed.size + this.waiting.length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    clearInterval(this.watchdog);
    this.stopping.abort();
    await this.running;
  }
}

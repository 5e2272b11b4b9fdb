import type { Inbox, Source } from '../contract';
import type { AmqpMessage } from './amqp-message';
import type { AmqpQueue } from './amqp-link';
import { inboxNumberAt, inboxNumberOf, inboxPosition } from './inbox-source';
import { Intake, type Kept } from './intake';

export interface QueueSourceOptions<N> {
  readonly inbox: Inbox;
  readonly queue: AmqpQueue;
  /**
   * The stream whose subscription takes from the queue. One alone does, because two takers of one queue would break the order of
   * a record; what it takes for other streams they find in their inboxes.
   */
  readonly taker: string;
  /** Entries of a message, each with its stream. */
  readonly keep: (message: AmqpMessage) => readonly Kept[];
  /** Reads the inbox. */
  readonly kept: Source<N>;
}

/** A source over an AMQP 1.0 queue. */
export interface QueueSource<N> extends Source<N> {
  /** Ends what is taken from the queue; what is not in the inbox yet goes back. */
  close(): Promise<void>;
}

/**
 * The source of a connection whose CRM puts events into a queue that cannot be read twice. A message is kept in the inbox,
 * then accepted, then read from there: positions, order and resuming are those of `inboxSource`. No more than
 * `maxInFlight` messages lie between the queue and the consumer; the others wait in the queue.
 */
export function queueSource<N>({ inbox, queue, taker, keep, kept }: QueueSourceOptions<N>): QueueSource<N> {
  const intakes = new Set<Intake>();
  return {
    ack: (stream, position) => kept.ack(stream, position),
    subscribe: async function* (stream, { start, maxInFlight, signal }) {
      if (signal.aborted) return;
      if (stream !== taker) {
        yield* kept.subscribe(stream, { start, maxInFlight, signal });
        return;
      }
      // Before anything is taken: what `latest` means must not move.
      const after = await inboxNumberOf(inbox, stream, start);
      const intake = new Intake({ inbox, queue, stream, keep, room: maxInFlight, after, signal });
      intakes.add(intake);
      try {
        await intake.open();
        const from = { from: 'position', position: inboxPosition(after) } as const;
        for await (const delivery of kept.subscribe(stream, { start: from, maxInFlight, signal: intake.signal })) {
          intake.read(inboxNumberAt(delivery.position));
          yield delivery;
        }
        intake.throwIfBroken();
      } finally {
        intakes.delete(intake);
        await intake.close();
      }
    },
    close: async () => {
      await Promise.all([...intakes].map((intake) => intake.close()));
    },
  };
}

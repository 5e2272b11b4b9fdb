import type { Connection, Container, EventContext, Message as AmqpMessage, Sender } from 'rhea';
import type { Message, Queue } from './queue';

/** A client's link that takes messages of a queue. */
interface Consumer {
  readonly queue: Queue;
  /** Handed out and not settled, by delivery. */
  readonly out: Map<unknown, Message>;
  /** Messages given to rhea; its own count is of those that it has written. */
  sent: number;
  /** Told of messages. */
  readonly wake: () => void;
  readonly leave: () => void;
}

/** The links of a container's clients that take from queues: credit, settlement, and what a lost link gives back. */
export class QueueConsumers {
  readonly #consumers = new Map<Sender, Consumer>();

  constructor(
    private readonly container: Container,
    private readonly outgoing: (message: Message) => AmqpMessage,
  ) {
    container.on('sendable', ({ sender }: EventContext) => {
      if (sender !== undefined) this.#serve(sender);
    });
    this.#settleOn('accepted', (queue, message) => {
      queue.settle(message);
    });
    // A rejected message is for nobody; without a dead message queue it is gone.
    this.#settleOn('rejected', (queue, message) => {
      queue.settle(message);
    });
    for (const outcome of ['released', 'modified']) {
      this.#settleOn(outcome, (queue, message) => {
        queue.release(message);
      });
    }
    container.on('sender_close', ({ sender }: EventContext) => {
      if (sender !== undefined) {
        setImmediate(() => {
          this.detach(sender);
        });
      }
    });
    container.on('disconnected', ({ connection }: EventContext) => {
      this.#gone(connection);
    });
    // Later: rhea tells what was settled in the same packet only after the close.
    container.on('connection_close', ({ connection }: EventContext) => {
      setImmediate(() => {
        this.#gone(connection);
      });
    });
    // Told by the link or connection; without a listener rhea throws.
    for (const end of ['error', 'connection_error', 'sender_error', 'receiver_error'])
      container.on(end, () => undefined);
  }

  /** Lets a link take from a queue. */
  attach(sender: Sender, queue: Queue): void {
    sender.set_source({ address: sender.source.address });
    const wake = (): void => {
      this.#serve(sender);
    };
    const leave = queue.listen(wake);
    this.#consumers.set(sender, { queue, out: new Map(), sent: 0, wake, leave });
    wake();
  }

  /** What the link has not settled goes back to its queue. */
  detach(sender: Sender): void {
    const consumer = this.#consumers.get(sender);
    if (consumer === undefined) return;
    this.#consumers.delete(sender);
    consumer.leave();
    for (const message of consumer.out.values()) consumer.queue.release(message);
  }

  /** The links of a connection. */
  of(connection: Connection): readonly Sender[] {
    return [...this.#consumers.keys()].filter((sender) => sender.connection === connection);
  }

  #serve(sender: Sender): void {
    const consumer = this.#consumers.get(sender);
    if (consumer?.queue.serves(consumer.wake) !== true) return;
    // rhea counts credit when it writes, and would take more messages than that into its own buffer.
    const written = sender as unknown as { readonly credit: number; readonly delivery_count: number };
    const hasRoom = (): boolean => written.credit > consumer.sent - written.delivery_count;
    while (sender.is_open() && sender.sendable() && hasRoom()) {
      const message = consumer.queue.take();
      if (message === undefined) return;
      const delivery = sender.send(this.outgoing(message));
      consumer.sent += 1;
      // Sent settled, where the client asked for that: nothing will come back.
      if (sender.snd_settle_mode === 1) consumer.queue.settle(message);
      else consumer.out.set(delivery, message);
    }
  }

  #settleOn(outcome: string, settle: (queue: Queue, message: Message) => void): void {
    this.container.on(outcome, ({ sender, delivery }: EventContext) => {
      const consumer = sender === undefined ? undefined : this.#consumers.get(sender);
      const message = consumer?.out.get(delivery);
      if (consumer === undefined || message === undefined) return;
      consumer.out.delete(delivery);
      settle(consumer.queue, message);
    });
  }

  #gone(connection: Connection): void {
    for (const sender of this.of(connection)) this.detach(sender);
  }
}

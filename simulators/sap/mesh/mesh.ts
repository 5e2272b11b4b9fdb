import { randomUUID } from 'node:crypto';
import type { ArmedFaults } from '../faults';
import { Queue } from '../../kit/queue';

/** A message as it was published, as `GET /simulator/events` shows it. */
export interface Published {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly topic: string;
  readonly contentType: string;
  readonly body: string;
  /** How many copies went to each queue: 0 where it was lost on request. */
  readonly copies: number;
}

interface Held {
  readonly topic: string;
  readonly body: string;
  readonly contentType: string;
}

/** Topics and queues of SAP Event Mesh. */
export class Mesh {
  readonly queues = new Map<string, Queue>();
  readonly published: Published[] = [];
  #sequence = 0;
  #held: Held | undefined;

  constructor(
    /** Begins every topic. */
    readonly namespace: string,
    private readonly faults: ArmedFaults,
  ) {}

  /** The queue of a name, made if there is none. */
  queue(name: string, exclusive = false): Queue {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const made = new Queue(name, exclusive);
    this.queues.set(name, made);
    return made;
  }

  /** Deletes a queue with its messages. */
  deleteQueue(name: string): boolean {
    this.queues.get(name)?.close();
    return this.queues.delete(name);
  }

  /** Publishes what a system emits; faults of events strike here. */
  emit(topic: string, body: string, contentType: string): void {
    const event = { topic, body, contentType };
    if (this.#held === undefined && this.faults.take('reorderEvents') !== undefined) {
      this.#held = event;
      return;
    }
    const lost = this.faults.take('loseEvents') !== undefined;
    const twice = !lost && this.faults.take('duplicateEvents') !== undefined;
    this.publish(event, lost ? 0 : twice ? 2 : 1);
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.publish(held);
  }

  /** Puts copies of a message into every queue that wants its topic. */
  publish({ topic, body, contentType }: Held, copies = 1): void {
    this.published.push({ at: Date.now(), topic, contentType, body, copies });
    for (let copy = 0; copy < copies; copy += 1) {
      this.#sequence += 1;
      for (const queue of this.queues.values()) {
        if (!queue.wants(topic)) continue;
        const bytes = Buffer.from(body, 'utf8');
        queue.put({ id: randomUUID(), sequence: this.#sequence, topic, contentType, body: bytes, deliveries: 0 });
      }
    }
  }

  /** Throws everything away. */
  close(): void {
    for (const queue of this.queues.values()) queue.close();
  }
}

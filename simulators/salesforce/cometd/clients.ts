import type { Engine, EngineServer } from 'faye';
import type { EventBus } from '../bus/event-bus';
import type { TopicLog } from '../bus/event-log';
import { streamingData } from './streaming-message';

interface Client {
  /** The next event to send, by channel. */
  readonly positions: Map<string, number>;
  life?: NodeJS.Timeout;
}

/** What the server's clients need from the rest. */
export interface ClientsContext {
  readonly bus: EventBus;
  /** Ms after an answer within which a client must connect again (the service: 40,000). */
  readonly sessionMs: number;
  /** Ms that a poll without events lasts. */
  readonly pollMs: number;
}

/**
 * The Bayeux clients of the org, as the engine of a `faye` server: nothing is queued for a client, it has a position in
 * each of its channels, and an answer carries everything that is stored behind it.
 */
export class Clients implements Engine {
  readonly #clients = new Map<string, Client>();
  readonly #asked = new Map<string, number>();

  constructor(
    private readonly server: EngineServer,
    private readonly context: ClientsContext,
  ) {}

  createClient(callback: (this: unknown, clientId: string) => void, context: unknown): void {
    const id = this.server.generateId();
    this.#clients.set(id, { positions: new Map() });
    this.ping(id);
    callback.call(context, id);
  }

  clientExists(clientId: string, callback: (this: unknown, exists: boolean) => void, context: unknown): void {
    callback.call(context, this.#clients.has(clientId));
  }

  destroyClient(clientId: string): void {
    clearTimeout(this.#clients.get(clientId)?.life);
    this.#clients.delete(clientId);
    this.server.trigger('close', clientId);
  }

  /** Begins the client's time anew: a poll, and then the time within which the next one must come. */
  ping(clientId: string): void {
    const client = this.#clients.get(clientId);
    if (client === undefined) return;
    clearTimeout(client.life);
    client.life = setTimeout(() => {
      this.destroyClient(clientId);
    }, this.context.pollMs + this.context.sessionMs);
  }

  /** Says where the client's next subscription to a channel begins. */
  startAt(clientId: string, channel: string, position: number): void {
    this.#asked.set(`${clientId} ${channel}`, position);
  }

  subscribe(clientId: string, channel: string): void {
    const key = `${clientId} ${channel}`;
    const position = this.#asked.get(key) ?? this.#topic(channel)?.tip ?? 0;
    this.#asked.delete(key);
    this.#clients.get(clientId)?.positions.set(channel, position);
    // A poll that is open already brings what is stored, after the answer to the subscription.
    setImmediate(() => {
      this.emptyQueue(clientId);
    });
  }

  unsubscribe(clientId: string, channel: string): void {
    this.#clients.get(clientId)?.positions.delete(channel);
  }

  /** What clients publish goes nowhere: channels of the org are fed by the org. */
  publish(): void {
    return undefined;
  }

  /** Sends what is stored behind the client's positions, if it is polling. */
  emptyQueue(clientId: string): void {
    const client = this.#clients.get(clientId);
    if (client === undefined || !this.server.hasConnection(clientId)) return;
    for (const [channel, position] of client.positions) {
      const topic = this.#topic(channel);
      const events = topic?.read(position, Infinity) ?? [];
      client.positions.set(channel, Math.max(position, topic?.tip ?? 0));
      const messages = events.map((event) => ({
        channel,
        data: streamingData(channel, event, this.context.bus.schemas),
      }));
      this.context.bus.log.delivered += messages.length;
      this.server.deliver(clientId, messages);
    }
  }

  /** Delivers to everybody who polls. */
  notify(): void {
    for (const clientId of this.#clients.keys()) this.emptyQueue(clientId);
  }

  /** Forgets all clients, as a restarted node of the service does; open polls are answered. */
  disconnect(): void {
    for (const clientId of [...this.#clients.keys()]) this.destroyClient(clientId);
  }

  #topic(channel: string): TopicLog | undefined {
    return this.context.bus.log.topic(channel);
  }
}

/** The parts of the Bayeux server `faye` that the simulator uses; the package brings no types. */
declare module 'faye' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface BayeuxMessage {
    channel?: string;
    clientId?: string;
    successful?: boolean;
    subscription?: string | readonly string[];
    error?: string;
    advice?: { reconnect?: string; interval?: number; timeout?: number };
    ext?: Record<string, unknown>;
    data?: unknown;
  }

  /** The next step; a message with `error` is answered by the server as a refusal. */
  type Pipe = (message: BayeuxMessage) => void;

  export interface Extension {
    incoming?(message: BayeuxMessage, request: IncomingMessage, next: Pipe): void;
    outgoing?(message: BayeuxMessage, request: IncomingMessage, next: Pipe): void;
  }

  /** What an engine is given to speak with its clients. */
  export interface EngineServer {
    generateId(): string;
    hasConnection(clientId: string): boolean;
    deliver(clientId: string, messages: readonly BayeuxMessage[]): boolean;
    trigger(event: 'close', clientId: string): void;
  }

  /** Keeps clients, their subscriptions and what waits for them. */
  export interface Engine {
    createClient(callback: (this: unknown, clientId: string) => void, context: unknown): void;
    clientExists(clientId: string, callback: (this: unknown, exists: boolean) => void, context: unknown): void;
    destroyClient(clientId: string): void;
    ping(clientId: string): void;
    subscribe(clientId: string, channel: string): void;
    unsubscribe(clientId: string, channel: string): void;
    publish(): void;
    emptyQueue(clientId: string): void;
    disconnect(): void;
  }

  export class NodeAdapter {
    constructor(options: {
      mount: string;
      /** Seconds. */
      timeout: number;
      engine: { type: { create(server: EngineServer): Engine } };
      extensions: readonly Extension[];
    });
    handle(request: IncomingMessage, response: ServerResponse): void;
    close(): void;
  }
}

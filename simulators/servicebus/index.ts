import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { BusServer, type PutToken, type ServerOptions } from './server';

/** How to start a namespace. */
export interface ServiceBusOptions extends Partial<Pick<ServerOptions, 'jwtEnd'>> {
  readonly queues: readonly string[];
}

/** A message for a queue, as Dataverse's plug-in puts it there. */
export interface BusMessage {
  readonly body: Uint8Array | string;
  readonly contentType?: string;
  /** Application properties. */
  readonly properties?: Readonly<Record<string, string | boolean>>;
}

export interface RunningServiceBus {
  /** `amqp://127.0.0.1:port` */
  readonly url: string;
  /** The shared access policy that may listen. */
  readonly policy: { readonly name: string; readonly key: string };
  put(queue: string, message: BusMessage): void;
  /** Messages that nobody has settled. */
  pending(queue: string): number;
  /** How often a message was handed out. */
  handedOut(queue: string): number;
  /** What was put to `$cbs`, in order. */
  tokens(): readonly PutToken[];
  /** Every token ends now. */
  endTokens(): void;
  stop(): Promise<void>;
}

/** Starts a namespace of the Service Bus on loopback, without TLS. See the README beside. */
export const startServiceBus = async ({ queues, jwtEnd }: ServiceBusOptions): Promise<RunningServiceBus> => {
  const policy = { name: 'signalbox-listen', key: randomBytes(32).toString('base64') };
  const server = new BusServer({ queues, policy, jwtEnd: jwtEnd ?? (() => undefined) });
  const listener = server.container.listen({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => listener.once('listening', resolve));
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => sockets.add(socket));
  let sequence = 0;
  const queueAt = (name: string) => {
    const queue = server.queues.get(name);
    if (queue === undefined) throw new Error(`no queue '${name}'; there are ${queues.join(', ')}`);
    return queue;
  };
  return {
    url: `amqp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    policy,
    put: (name, { body, contentType = 'application/json', properties }) => {
      const about = { id: randomUUID(), sequence: (sequence += 1), topic: '', contentType, deliveries: 0 };
      queueAt(name).put({ ...about, body: Buffer.from(body), ...(properties === undefined ? {} : { properties }) });
    },
    pending: (name) => queueAt(name).pending,
    handedOut: (name) => queueAt(name).handedOut,
    tokens: () => server.tokens,
    endTokens: () => {
      server.endTokens();
    },
    stop: () =>
      new Promise((resolve) => {
        server.endTokens();
        for (const queue of server.queues.values()) queue.close();
        listener.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
};

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import rhea, {
  type Connection,
  type Container,
  type EventContext,
  type Message as AmqpMessage,
  type Sender,
} from 'rhea';
import { WebSocketServer } from 'ws';
import type { Mesh } from './mesh';
import type { Message, Queue } from './queue';

/** Where clients upgrade. */
const path = '/protocols/amqp10ws';

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

/** The topic comes in `to`, the bytes as a data section. */
const outgoing = ({ id, topic, contentType, body, deliveries }: Message): AmqpMessage => ({
  message_id: id,
  to: `topic:/${topic}`,
  content_type: contentType,
  delivery_count: deliveries - 1,
  body: rhea.message.data_section(body) as unknown,
});

const addressOf = (address: unknown): { readonly kind: string; readonly name: string } => {
  const [, kind = '', name = ''] = /^(queue|topic):\/?(.+)$/.exec(typeof address === 'string' ? address : '') ?? [];
  return { kind, name };
};

const bytesOf = (body: unknown): string => {
  if (typeof body === 'string') return body;
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  // A data section: rhea keeps its bytes in `content`.
  const { content } = (body ?? {}) as { content?: unknown };
  return Buffer.isBuffer(content) ? content.toString('utf8') : JSON.stringify(body);
};

/** AMQP 1.0 over WebSocket: queues to consume from and topics to publish to. */
export class AmqpServer {
  readonly #container: Container = rhea.create_container({ id: 'signalbox-event-mesh' });
  readonly #sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => offered.has('amqp') && 'amqp',
  });
  readonly #consumers = new Map<Sender, Consumer>();

  constructor(
    private readonly mesh: Mesh,
    /** Whether an `Authorization` header opens the door. */
    private readonly isAllowed: (authorization: string | undefined) => boolean,
  ) {
    const container = this.#container;
    // The token on the upgrade has said who it is.
    (container.sasl_server_mechanisms as { enable_anonymous(): void }).enable_anonymous();
    container.on('sender_open', ({ sender }: EventContext) => {
      if (sender !== undefined) this.#attach(sender);
    });
    container.on('receiver_open', ({ receiver }: EventContext) => {
      const { kind } = addressOf(receiver?.target.address);
      if (kind !== 'topic') receiver?.close({ condition: 'amqp:not-found', description: 'publish to topic:<name>' });
    });
    container.on('sendable', ({ sender }: EventContext) => {
      if (sender !== undefined) this.#serve(sender);
    });
    container.on('message', (context: EventContext) => {
      this.#publish(context);
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
          this.#detach(sender);
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
    container.on('error', () => undefined);
    container.on('connection_error', () => undefined);
    container.on('sender_error', () => undefined);
    container.on('receiver_error', () => undefined);
  }

  /** Takes upgrades of a host; answers the address. */
  serve(server: Server, url: string): string {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const allowed = this.isAllowed(request.headers.authorization);
      if (!allowed || new URL(request.url ?? '/', url).pathname !== path) {
        socket.end(`HTTP/1.1 ${allowed ? '404 Not Found' : '401 Unauthorized'}\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#container.websocket_accept(webSocket as never, {});
      });
    });
    return `${url.replace(/^http/, 'ws')}${path}`;
  }

  /** Cuts every connection; what was not settled goes back to its queue. */
  dropLinks(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** Ends every connection. */
  close(): void {
    this.dropLinks();
    this.#sockets.close();
  }

  #attach(sender: Sender): void {
    const { kind, name } = addressOf(sender.source.address);
    const queue = this.mesh.queues.get(name);
    if (kind !== 'queue' || queue === undefined) {
      sender.close({ condition: 'amqp:not-found', description: `no queue at '${sender.source.address}'` });
      return;
    }
    sender.set_source({ address: sender.source.address });
    const wake = (): void => {
      this.#serve(sender);
    };
    const leave = queue.listen(wake);
    this.#consumers.set(sender, { queue, out: new Map(), sent: 0, wake, leave });
    wake();
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
      const delivery = sender.send(outgoing(message));
      consumer.sent += 1;
      // Sent settled, where the client asked for that: nothing will come back.
      if (sender.snd_settle_mode === 1) consumer.queue.settle(message);
      else consumer.out.set(delivery, message);
    }
  }

  #settleOn(outcome: string, settle: (queue: Queue, message: Message) => void): void {
    this.#container.on(outcome, ({ sender, delivery }: EventContext) => {
      const consumer = sender === undefined ? undefined : this.#consumers.get(sender);
      const message = consumer?.out.get(delivery);
      if (consumer === undefined || message === undefined) return;
      consumer.out.delete(delivery);
      settle(consumer.queue, message);
    });
  }

  #publish({ receiver, message }: EventContext): void {
    if (message === undefined) return;
    const address = receiver?.target.address ?? message.to;
    const { name } = addressOf(address);
    const contentType = message.content_type ?? 'application/json';
    this.mesh.publish({ topic: name, body: bytesOf(message.body), contentType });
  }

  #detach(sender: Sender): void {
    const consumer = this.#consumers.get(sender);
    if (consumer === undefined) return;
    this.#consumers.delete(sender);
    consumer.leave();
    for (const message of consumer.out.values()) consumer.queue.release(message);
  }

  #gone(connection: Connection): void {
    for (const sender of [...this.#consumers.keys()]) if (sender.connection === connection) this.#detach(sender);
  }
}

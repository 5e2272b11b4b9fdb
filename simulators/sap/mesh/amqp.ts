import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import rhea, { type Container, type EventContext, type Message as AmqpMessage, type Sender } from 'rhea';
import { WebSocketServer } from 'ws';
import type { Mesh } from './mesh';
import type { Message } from '../../kit/queue';
import { QueueConsumers } from '../../kit/queue-consumers';

/** Where clients upgrade. */
const path = '/protocols/amqp10ws';

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
  readonly #consumers = new QueueConsumers(this.#container, outgoing);

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
    container.on('message', (context: EventContext) => {
      this.#publish(context);
    });
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
    this.#consumers.attach(sender, queue);
  }

  #publish({ receiver, message }: EventContext): void {
    if (message === undefined) return;
    const address = receiver?.target.address ?? message.to;
    const { name } = addressOf(address);
    const contentType = message.content_type ?? 'application/json';
    this.mesh.publish({ topic: name, body: bytesOf(message.body), contentType });
  }
}

import rhea, {
  type Connection,
  type Container,
  type EventContext,
  type Message as AmqpMessage,
  type Receiver,
  type Sender,
} from 'rhea';
import { Queue, type Message } from '../kit/queue';
import { QueueConsumers } from '../kit/queue-consumers';
import { entityOf, readSas, type Grant, type Policy, type TokenRefusal } from './claims';

/** The node that takes tokens. */
const node = '$cbs';

/** What was put to `$cbs`, and what it was answered. */
export interface PutToken {
  readonly type: string;
  readonly audience: string;
  readonly status: number;
}

export interface ServerOptions {
  readonly queues: readonly string[];
  readonly policy: Policy;
  /** Entra ID's word on a JWT: epoch ms at which it ends; undefined where it is no good. */
  readonly jwtEnd: (token: string) => number | undefined;
}

const outgoing = ({ id, contentType, body, properties, deliveries }: Message): AmqpMessage => ({
  message_id: id,
  content_type: contentType,
  delivery_count: deliveries - 1,
  ...(properties === undefined ? {} : { application_properties: { ...properties } }),
  body: rhea.message.data_section(body) as unknown,
});

/** What a client may listen to, by queue: the timer ends it. */
type Listening = Map<string, NodeJS.Timeout>;

/** A namespace of the Service Bus over AMQP 1.0: queues, entered with a policy's key or with tokens. */
export class BusServer {
  readonly container: Container = rhea.create_container({ id: 'signalbox-service-bus' });
  readonly queues: ReadonlyMap<string, Queue>;
  readonly tokens: PutToken[] = [];
  readonly #consumers: QueueConsumers;
  readonly #listening = new Map<Connection, Listening>();
  readonly #answers = new Map<string, Sender>();

  constructor(private readonly options: ServerOptions) {
    const { container } = this;
    this.queues = new Map(options.queues.map((name) => [name, new Queue(name, false)]));
    this.#consumers = new QueueConsumers(container, outgoing);
    const mechanisms = container.sasl_server_mechanisms as {
      enable_anonymous(): void;
      enable_plain(check: (username: string, password: string) => boolean): void;
    };
    // Whoever enters so may do nothing before a token.
    mechanisms.enable_anonymous();
    const { name, key } = options.policy;
    mechanisms.enable_plain((username, password) => username === name && password === key);
    container.on('sender_open', ({ sender }: EventContext) => {
      if (sender !== undefined) this.#opened(sender);
    });
    container.on('receiver_open', ({ receiver }: EventContext) => {
      if (receiver?.target.address !== node)
        receiver?.close({ condition: 'amqp:not-allowed', description: 'not taken here' });
      else receiver.set_target({ address: node });
    });
    container.on('message', ({ message, receiver }: EventContext) => {
      if (message !== undefined && receiver !== undefined) this.#put(message, receiver);
    });
    container.on('disconnected', ({ connection }: EventContext) => {
      for (const timer of this.#listening.get(connection)?.values() ?? []) clearTimeout(timer);
      this.#listening.delete(connection);
    });
  }

  /** Every token ends now: links are closed for it. */
  endTokens(): void {
    for (const [connection, listening] of this.#listening) {
      for (const [queue, timer] of listening) {
        clearTimeout(timer);
        this.#end(connection, queue);
      }
    }
  }

  #opened(sender: Sender): void {
    const { address } = sender.source;
    const { connection } = sender;
    if (address === node) {
      sender.set_source({ address: node });
      this.#answers.set(sender.target.address, sender);
      return;
    }
    const queue = this.queues.get(address);
    if (queue === undefined) {
      const description = `The messaging entity '${address}' could not be found.`;
      sender.close({ condition: 'amqp:not-found', description });
    } else if (this.#isPolicy(connection) || this.#listening.get(connection)?.has(queue.name) === true) {
      this.#consumers.attach(sender, queue);
    } else {
      const description = `Unauthorized access. 'Listen' claim(s) are required to perform this operation.`;
      sender.close({ condition: 'amqp:unauthorized-access', description });
    }
  }

  /** Entered with the key itself. */
  #isPolicy(connection: Connection): boolean {
    const { sasl_transport: sasl } = connection as unknown as { sasl_transport?: { username?: string } };
    return sasl?.username === this.options.policy.name;
  }

  #put(
    { message_id: id, reply_to: replyTo, application_properties: told = {}, body }: AmqpMessage,
    on: Receiver,
  ): void {
    const [type, audience] = [String(told['type']), String(told['name'])];
    const grant = this.#grantOf(type, audience, String(body));
    const answer = 'status' in grant ? grant : { status: 202, description: 'Accepted' };
    if (!('status' in grant)) this.#listen(on.connection, entityOf(audience), grant);
    this.tokens.push({ type, audience, status: answer.status });
    this.#answers.get(String(replyTo))?.send({
      correlation_id: id as string,
      body: null,
      application_properties: {
        'status-code': rhea.types.wrap_int(answer.status) as unknown,
        'status-description': answer.description,
      },
    });
  }

  #grantOf(type: string, audience: string, token: string): Grant | TokenRefusal {
    if (!this.queues.has(entityOf(audience))) {
      return { status: 404, description: `The messaging entity '${audience}' could not be found.` };
    }
    if (type === 'servicebus.windows.net:sastoken') return readSas(token, audience, this.options.policy);
    if (type !== 'jwt') return { status: 400, description: `Unsupported token type '${type}'.` };
    const expiresAt = this.options.jwtEnd(token);
    return expiresAt === undefined || expiresAt <= Date.now()
      ? { status: 401, description: 'InvalidToken: The token is invalid or expired.' }
      : { expiresAt };
  }

  /** Until the token ends; a later one puts the end off. */
  #listen(connection: Connection, queue: string, { expiresAt }: Grant): void {
    const listening = this.#listening.get(connection) ?? new Map<string, NodeJS.Timeout>();
    this.#listening.set(connection, listening);
    clearTimeout(listening.get(queue));
    const end = (): void => {
      this.#end(connection, queue);
    };
    listening.set(queue, setTimeout(end, expiresAt - Date.now()));
  }

  #end(connection: Connection, queue: string): void {
    this.#listening.get(connection)?.delete(queue);
    for (const sender of this.#consumers.of(connection).filter(({ source }) => source.address === queue)) {
      const description = "ExpiredToken: The token is expired. 'Listen' claim(s) are required.";
      sender.close({ condition: 'amqp:unauthorized-access', description });
      this.#consumers.detach(sender);
    }
  }
}

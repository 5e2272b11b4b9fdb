import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type Metadata,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ServerIdentity } from '../../kit/tls/certificate';
import type { EventBus } from './event-bus';
import type { TopicLog } from './event-log';
import type { ManagedSubscriptions } from './managed-subscriptions';
import { publish, type PublishRequest, type PublishResponse } from './publishing';
import { rpcError, type RpcFailure } from './rpc-error';
import { Subscription, type FetchRequest, type FetchResponse, type SubscriptionContext } from './subscription';

/** What the gRPC service needs from the rest of the simulator. */
export interface PubSubContext {
  readonly bus: EventBus;
  readonly orgId: string;
  readonly managed: ManagedSubscriptions;
  /** Whether an access token is good now. */
  readonly isTokenValid: (token: string) => boolean;
  readonly subscription: Omit<SubscriptionContext, 'log' | 'onClose'>;
  /** How long a PublishStream may stay silent, in milliseconds (the service: 70,000 by its proto). */
  readonly publishIdleMs: number;
}

/** The service definition of Salesforce's own proto file, out of the package that carries it. */
const pubSubService = (): ServiceDefinition => {
  const packageFolder = join(require.resolve('salesforce-pubsub-api-client'), '..', '..');
  const definition = loadSync(join(packageFolder, 'pubsub_api.proto'), {
    enums: String,
    defaults: true,
    arrays: true,
  });
  const loaded = loadPackageDefinition(definition) as unknown as {
    eventbus: { v1: { PubSub: { service: ServiceDefinition } } };
  };
  return loaded.eventbus.v1.PubSub.service;
};

const header = (metadata: Metadata, name: string): string => {
  const [value] = metadata.get(name);
  return typeof value === 'string' ? value : '';
};

/** How long clients have to take notice of the end before their connections are cut, in milliseconds. */
const CLOSE_MS = 500;

/** The Pub/Sub API over TLS. */
export class PubSubServer {
  readonly #server = new Server({ 'grpc.max_receive_message_length': 4 * 1_048_576 });
  readonly #subscriptions = new Set<Subscription>();
  #waiting: Set<TopicLog> | undefined;

  constructor(private readonly context: PubSubContext) {
    this.#server.addService(pubSubService(), this.#methods());
  }

  /** Starts to listen on a loopback port (0: any) and answers with `host:port`. */
  async listen(port: number, identity: ServerIdentity): Promise<string> {
    // No client shows a certificate, but for want of an authority the machine's would all be read.
    const credentials = ServerCredentials.createSsl(Buffer.from(identity.caCertPem), [
      { private_key: Buffer.from(identity.keyPem), cert_chain: Buffer.from(identity.certPem) },
    ]);
    const bound = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, credentials, (error, actual) => {
        if (error === null) resolve(actual);
        else reject(error);
      });
    });
    return `localhost:${bound}`;
  }

  /** Delivers new events, once per turn of the event loop however many were stored in it. */
  notify(topics: readonly TopicLog[]): void {
    if (this.#waiting === undefined) {
      this.#waiting = new Set(topics);
      setImmediate(() => {
        const touched = this.#waiting;
        this.#waiting = undefined;
        for (const subscription of this.#subscriptions) {
          if (subscription.topic !== undefined && touched?.has(subscription.topic) === true) subscription.deliver();
        }
      });
    } else for (const topic of topics) this.#waiting.add(topic);
  }

  /** The open Subscribe calls. */
  get subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions];
  }

  /** Ends every call with UNAVAILABLE and stops listening; connections that do not close by themselves are cut. */
  async stop(): Promise<void> {
    for (const subscription of this.subscriptions) subscription.fail('unavailable');
    const cut = setTimeout(() => {
      this.#server.forceShutdown();
    }, CLOSE_MS);
    await new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => {
        resolve();
      });
    });
    clearTimeout(cut);
    this.#server.forceShutdown();
  }

  #methods(): UntypedServiceImplementation {
    return {
      Subscribe: (call: ServerDuplexStream<FetchRequest, FetchResponse>) => {
        this.#subscribe(call);
      },
      GetTopic: this.#unary((request: { topicName: string }) => this.#topic(request.topicName)),
      GetSchema: this.#unary((request: { schemaId: string }) => this.#schema(request.schemaId)),
      Publish: this.#unary((request: PublishRequest) => publish(this.context.bus, request)),
      PublishStream: (call: ServerDuplexStream<PublishRequest, PublishResponse>) => {
        this.#publishStream(call);
      },
      ManagedSubscribe: (call: ServerDuplexStream<FetchRequest, FetchResponse>) => {
        this.#subscribe(call, { managed: this.context.managed });
      },
    };
  }

  #denied(metadata: Metadata): RpcFailure | undefined {
    const token = header(metadata, 'accesstoken');
    const tenant = header(metadata, 'tenantid');
    if (token === '' || tenant === '' || header(metadata, 'instanceurl') === '') return 'authHeaders';
    const isOurs = tenant.startsWith(this.context.orgId.slice(0, 15));
    return isOurs && this.context.isTokenValid(token) ? undefined : 'auth';
  }

  #unary<Q, A>(answer: (request: Q) => A | RpcFailure) {
    return (call: ServerUnaryCall<Q, A>, callback: sendUnaryData<A>): void => {
      const result = this.#denied(call.metadata) ?? answer(call.request);
      if (typeof result === 'string') callback(rpcError(result as RpcFailure));
      else callback(null, result);
    };
  }

  #topic(name: string): object | RpcFailure {
    if (name === '') return 'topicEmpty';
    const topic = this.context.bus.log.topic(name);
    if (topic === undefined) return 'topicMissing';
    return {
      topicName: name,
      tenantGuid: `core/simulator/${this.context.orgId}`,
      canPublish: name.startsWith('/event/'),
      canSubscribe: true,
      schemaId: topic.schema?.id ?? '',
      rpcId: randomUUID(),
    };
  }

  #schema(id: string): object | RpcFailure {
    if (id === '') return 'schemaEmpty';
    const schema = this.context.bus.schemas.get(id);
    return schema === undefined ? 'schemaMissing' : { schemaJson: schema.json, schemaId: id, rpcId: randomUUID() };
  }

  #subscribe(
    call: ServerDuplexStream<FetchRequest, FetchResponse>,
    kind: Pick<SubscriptionContext, 'managed'> = {},
  ): void {
    const denied = this.#denied(call.metadata);
    if (denied !== undefined) {
      call.emit('error', rpcError(denied));
      return;
    }
    const subscription = new Subscription(call, {
      ...this.context.subscription,
      ...kind,
      log: this.context.bus.log,
      onClose: (closed) => this.#subscriptions.delete(closed),
    });
    this.#subscriptions.add(subscription);
  }

  #publishStream(call: ServerDuplexStream<PublishRequest, PublishResponse>): void {
    const denied = this.#denied(call.metadata);
    if (denied !== undefined) {
      call.emit('error', rpcError(denied));
      return;
    }
    let topicName = '';
    let idle: NodeJS.Timeout | undefined;
    const fail = (failure: RpcFailure): void => {
      clearTimeout(idle);
      call.emit('error', rpcError(failure));
    };
    const restart = (): void => {
      clearTimeout(idle);
      idle = setTimeout(fail, this.context.publishIdleMs, 'publishIdle');
    };
    restart();
    call.on('data', (request: PublishRequest) => {
      restart();
      if (topicName !== '' && request.topicName !== '' && request.topicName !== topicName) {
        fail('publishTopicMismatch');
        return;
      }
      topicName ||= request.topicName;
      const result = publish(this.context.bus, { ...request, topicName });
      if (typeof result === 'string') fail(result);
      else call.write(result);
    });
    call.on('end', () => {
      clearTimeout(idle);
      call.end();
    });
    call.on('cancelled', () => {
      clearTimeout(idle);
    });
  }
}

import { join } from 'node:path';
import {
  type ClientDuplexStream,
  type ClientUnaryCall,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Authenticator, Session } from './auth';
import { failureOf } from './pubsub-failure';
import { TokenRefused } from './token-refused';

/** The part of FetchRequest that Signalbox sends. Replay fields count in the first request of a stream only. */
export interface FetchRequest {
  readonly topicName: string;
  readonly replayPreset?: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  readonly replayId?: Buffer;
  readonly numRequested: number;
}

/** The part of ManagedFetchRequest that Signalbox sends: Salesforce knows topic and place. */
export interface ManagedFetchRequest {
  readonly subscriptionId?: string;
  readonly developerName?: string;
  readonly numRequested?: number;
  readonly commitReplayIdRequest?: { readonly commitRequestId: string; readonly replayId: Buffer };
}

export interface FetchResponse {
  readonly events: readonly {
    readonly event: { readonly id: string; readonly schemaId: string; readonly payload: Buffer };
    readonly replayId: Buffer;
  }[];
  readonly latestReplayId: Buffer;
  readonly pendingNumRequested: number;
  /** Of a managed subscription; several commits may have one answer. */
  readonly commitResponse?: { readonly error?: { readonly msg: string } | null } | null;
}

export interface TopicInfo {
  readonly topicName: string;
  readonly canSubscribe: boolean;
  readonly schemaId: string;
}

export type EventStream = ClientDuplexStream<FetchRequest | ManagedFetchRequest, FetchResponse>;

/** One unary method as grpc-js makes it. */
type Unary<Q, A> = (
  request: Q,
  metadata: Metadata,
  options: { deadline: number },
  callback: (error: ServiceError | null, answer?: A) => void,
) => ClientUnaryCall;

interface PubSubStub {
  Subscribe(metadata: Metadata): EventStream;
  ManagedSubscribe(metadata: Metadata): EventStream;
  GetTopic: Unary<{ topicName: string }, TopicInfo>;
  GetSchema: Unary<{ schemaId: string }, { readonly schemaJson: string }>;
  close(): void;
}

export interface PubSubClientOptions {
  /** host:port */
  readonly endpoint: string;
  /** PEM; the public authorities where absent. */
  readonly ca: string | undefined;
  readonly auth: Authenticator;
}

const answerMs = 30_000;

/** A batch of events is at most 3 MB; a dead connection is noticed by pings, a dead server by the source's watchdog. */
const channelOptions = {
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 5_000,
};

/** The service as Salesforce publishes it; the well-kept client package carries the file. */
function loadService(): ServiceClientConstructor {
  const file = join(require.resolve('salesforce-pubsub-api-client'), '../../pubsub_api.proto');
  const definition = loadPackageDefinition(loadSync(file, { longs: String, enums: String, defaults: true }));
  const root = definition as unknown as { eventbus: { v1: { PubSub: ServiceClientConstructor } } };
  return root.eventbus.v1.PubSub;
}

/** The Pub/Sub API's calls, with the connection's token on each. Failures are ConnectorErrors. */
export class PubSubClient {
  readonly #auth: Authenticator;
  readonly #stub: PubSubStub;

  constructor({ endpoint, ca, auth }: PubSubClientOptions) {
    this.#auth = auth;
    const tls = credentials.createSsl(ca === undefined ? null : Buffer.from(ca));
    const Stub = loadService();
    this.#stub = new Stub(endpoint, tls, channelOptions) as unknown as PubSubStub;
  }

  /** Opens a stream; nothing is asked for until the first request is written. */
  subscribe(session: Session): EventStream {
    return this.#stub.Subscribe(metadataOf(session));
  }

  /** As `subscribe`, for a subscription whose place Salesforce keeps. */
  subscribeManaged(session: Session): EventStream {
    return this.#stub.ManagedSubscribe(metadataOf(session));
  }

  /** Throws Permanent when the topic does not exist or the user may not see it. */
  async topic(topicName: string, signal: AbortSignal): Promise<TopicInfo> {
    return this.#unary(`GetTopic ${topicName}`, this.#stub.GetTopic.bind(this.#stub), { topicName }, signal);
  }

  /** The .avsc text. Throws Permanent when there is no such schema. */
  async schema(schemaId: string, signal: AbortSignal): Promise<string> {
    const call = this.#stub.GetSchema.bind(this.#stub);
    return (await this.#unary(`GetSchema ${schemaId}`, call, { schemaId }, signal)).schemaJson;
  }

  /** Idempotent. */
  close(): void {
    this.#stub.close();
  }

  /** Makes the call, once more with a new token where the first one was refused. */
  async #unary<Q, A>(name: string, call: Unary<Q, A>, request: Q, signal: AbortSignal): Promise<A> {
    const session = await this.#auth.session();
    try {
      return await once(name, call, request, session, signal);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
    }
    try {
      return await once(name, call, request, await this.#auth.sessionAfter(session.accessToken), signal);
    } catch (error) {
      throw error instanceof TokenRefused ? error.twice() : error;
    }
  }
}

/** Salesforce takes these on every call, and no `authorization`. */
function metadataOf(session: Session): Metadata {
  const metadata = new Metadata();
  metadata.set('accesstoken', session.accessToken);
  metadata.set('instanceurl', session.instanceUrl);
  metadata.set('tenantid', session.orgId);
  return metadata;
}

function once<Q, A>(name: string, call: Unary<Q, A>, request: Q, session: Session, signal: AbortSignal): Promise<A> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const options = { deadline: Date.now() + answerMs };
    const running = call(request, metadataOf(session), options, (error, answer) => {
      signal.removeEventListener('abort', abort);
      if (answer !== undefined) resolve(answer);
      else reject(failureOf(error, name));
    });
    const abort = (): void => {
      running.cancel();
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}

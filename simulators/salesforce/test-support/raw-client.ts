import {
  credentials,
  type ChannelCredentials,
  loadPackageDefinition,
  Metadata,
  type ClientDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { types, Type } from 'avsc';
import { join } from 'node:path';
import type { RunningSalesforce } from '../index';

/** A decoded event with its wire form. */
export interface ReceivedEvent {
  readonly id: string;
  readonly schemaId: string;
  readonly replayId: Buffer;
  readonly raw: Buffer;
}

/** One FetchResponse as it came. */
export interface ReceivedResponse {
  readonly events: readonly ReceivedEvent[];
  readonly latestReplayId: Buffer;
  readonly pendingNumRequested: number;
}

type Unary = (request: object, callback: (error: ServiceError | null, answer: Record<string, unknown>) => void) => void;

interface Stub {
  Subscribe(metadata?: Metadata): ClientDuplexStream<object, Record<string, unknown>>;
  PublishStream(metadata?: Metadata): ClientDuplexStream<object, Record<string, unknown>>;
  GetTopic: Unary;
  GetSchema: Unary;
  Publish: Unary;
  close(): void;
}

const exactLong = types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (one: bigint, other: bigint) => Number(one - other),
});

/** Compiles a schema as handed out, with 64-bit numbers as BigInt. */
const compileSchema = (json: string): Type =>
  Type.forSchema(JSON.parse(json) as Parameters<typeof Type.forSchema>[0], { registry: { long: exactLong } });

/** Polls a condition until it holds. */
export const until = async (condition: () => boolean, what: string, deadlineMs = 10_000): Promise<void> => {
  const end = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** One Subscribe call and everything that came out of it. */
export class RawSubscription {
  readonly responses: ReceivedResponse[] = [];
  readonly events: ReceivedEvent[] = [];
  error: ServiceError | undefined;
  isEnded = false;

  constructor(readonly call: ClientDuplexStream<object, Record<string, unknown>>) {
    call.on(
      'data',
      (response: {
        events: { event: { id: string; schemaId: string; payload: Buffer }; replayId: Buffer }[];
        latestReplayId: Buffer;
        pendingNumRequested: number;
      }) => {
        const events = response.events.map(({ event, replayId }) => ({
          id: event.id,
          schemaId: event.schemaId,
          raw: event.payload,
          replayId,
        }));
        this.events.push(...events);
        this.responses.push({
          events,
          latestReplayId: response.latestReplayId,
          pendingNumRequested: response.pendingNumRequested,
        });
      },
    );
    call.on('error', (error: ServiceError) => {
      this.error = error;
    });
    call.on('end', () => {
      this.isEnded = true;
    });
  }

  /** The `error-code` trailer, once the call has failed. */
  get errorCode(): string {
    return String(this.error?.metadata.get('error-code')[0] ?? '');
  }

  request(fields: object): this {
    this.call.write(fields);
    return this;
  }

  async received(count: number): Promise<readonly ReceivedEvent[]> {
    await until(() => this.events.length >= count || this.error !== undefined, `${count} events`);
    if (this.error !== undefined) throw this.error;
    return this.events;
  }

  async failed(): Promise<string> {
    await until(() => this.error !== undefined, 'an error');
    return this.errorCode;
  }
}

/** A Pub/Sub client with nothing in it but grpc-js and the proto: it sees the wire as it is. */
export class RawClient {
  readonly stub: Stub;
  readonly #schemas = new Map<string, Type>();

  constructor(
    salesforce: RunningSalesforce,
    accessToken: string,
    headers: Readonly<Record<string, string>> = { instanceurl: salesforce.baseUrl, tenantid: salesforce.orgId },
  ) {
    const proto = join(require.resolve('salesforce-pubsub-api-client'), '..', '..', 'pubsub_api.proto');
    const loaded = loadPackageDefinition(
      loadSync(proto, { enums: String, defaults: true, arrays: true }),
    ) as unknown as {
      eventbus: {
        v1: { PubSub: new (address: string, channel: ChannelCredentials) => Stub };
      };
    };
    const metadata = credentials.createFromMetadataGenerator((_, callback) => {
      const fields = new Metadata();
      for (const [name, value] of Object.entries({ accesstoken: accessToken, ...headers })) fields.set(name, value);
      callback(null, fields);
    });
    const channel = credentials.combineChannelCredentials(
      credentials.createSsl(Buffer.from(salesforce.caCertPem)),
      metadata,
    );
    this.stub = new loaded.eventbus.v1.PubSub(salesforce.grpcAddress, channel);
  }

  /** Calls a unary method. */
  call(method: 'GetTopic' | 'GetSchema' | 'Publish', request: object): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      this.stub[method](request, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
  }

  subscribe(): RawSubscription {
    return new RawSubscription(this.stub.Subscribe());
  }

  async schema(id: string): Promise<Type> {
    const known = this.#schemas.get(id);
    if (known !== undefined) return known;
    const { schemaJson } = await this.call('GetSchema', { schemaId: id });
    const type = compileSchema(String(schemaJson));
    this.#schemas.set(id, type);
    return type;
  }

  /** An event's body, decoded by the schema it names. */
  async decode(
    event: ReceivedEvent,
  ): Promise<Record<string, unknown> & { ChangeEventHeader: Record<string, unknown> }> {
    return (await this.schema(event.schemaId)).fromBuffer(event.raw) as Record<string, unknown> & {
      ChangeEventHeader: Record<string, unknown>;
    };
  }

  close(): void {
    this.stub.close();
  }
}

/** Field names of a change event's bitmap strings, worked out from the schema alone. */
export const fieldNames = (type: Type, bitmaps: readonly string[]): readonly string[] => {
  const { fields } = type as unknown as { fields: { name: string; type: Type }[] };
  const set = (hex: string): number[] => {
    const bits = BigInt(hex).toString(2);
    return Array.from(bits, (bit, index) => (bit === '1' ? bits.length - 1 - index : -1))
      .filter((position) => position >= 0)
      .reverse();
  };
  return bitmaps.flatMap((text) => {
    const [position, nested] = text.split('-');
    if (nested === undefined) return set(text).map((index) => fields[index]?.name ?? `?${index}`);
    const parent = fields[Number(position)];
    const branches = (parent?.type as unknown as { types: Type[] }).types;
    const record = branches.find((branch) => branch.typeName === 'record') as unknown as { fields: { name: string }[] };
    return set(nested).map((index) => `${parent?.name ?? ''}.${record.fields[index]?.name ?? `?${index}`}`);
  });
};

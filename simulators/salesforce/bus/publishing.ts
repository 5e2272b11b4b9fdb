import { randomUUID } from 'node:crypto';
import type { EventBus } from './event-bus';
import { MAX_EVENT_BYTES } from './event-bus';
import type { TopicLog } from './event-log';
import type { RpcFailure } from './rpc-error';

/** `PublishRequest` as the proto loader hands it over. */
export interface PublishRequest {
  readonly topicName: string;
  readonly events: readonly { readonly id: string; readonly schemaId: string; readonly payload: Buffer }[];
}

/** `PublishResponse` in the same form. */
export interface PublishResponse {
  readonly results: readonly {
    readonly replayId?: Buffer;
    readonly error?: { readonly code: 'PUBLISH'; readonly msg: string };
    readonly correlationKey: string;
  }[];
  readonly schemaId: string;
  readonly rpcId: string;
}

type PublishedEvent = PublishRequest['events'][number];

/** Why an event is refused inside an OK response; undefined where it is not. */
const problemOf = (bus: EventBus, topic: TopicLog, event: PublishedEvent): string | undefined => {
  if (event.payload.length > MAX_EVENT_BYTES) return `The event is larger than ${MAX_EVENT_BYTES} bytes.`;
  if (event.schemaId === '') return "Schema validation failed. The schema ID can't be blank.";
  const schema = bus.schemas.get(event.schemaId);
  if (schema === undefined || schema.id !== topic.schema?.id) return `The schema ${event.schemaId} is not the topic's.`;
  try {
    schema.type.fromBuffer(event.payload);
    return undefined;
  } catch (error) {
    return `The payload does not match the schema: ${String(error)}`;
  }
};

/** Publishes a batch on a platform event topic: failures are per event; a refused call is a {@link RpcFailure}. */
export const publish = (bus: EventBus, request: PublishRequest): PublishResponse | RpcFailure => {
  if (request.topicName === '') return 'topicEmpty';
  const topic = bus.log.topic(request.topicName);
  if (topic === undefined) return 'topicMissing';
  if (!topic.name.startsWith('/event/')) return 'publishDenied';
  if (request.events.length === 0) return 'publishCount';
  const results = request.events.map((event) => {
    const correlationKey = event.id === '' ? randomUUID() : event.id;
    const msg = problemOf(bus, topic, event);
    if (msg !== undefined) return { error: { code: 'PUBLISH' as const, msg }, correlationKey };
    const stored = bus.emitRaw([topic], event.schemaId, event.payload, correlationKey);
    return stored === undefined ? { correlationKey } : { replayId: stored.replayId, correlationKey };
  });
  return { results, schemaId: topic.schema?.id ?? '', rpcId: randomUUID() };
};

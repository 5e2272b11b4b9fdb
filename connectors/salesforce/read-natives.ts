import { Unmappable } from '../contract';
import { withoutUnions } from './avro-json';
import { decodeEvent } from './decode';
import { isProtocolMessage, relayedEvent } from './envelopes';
import { carriedBy, deepestEnvelope } from '../kit/envelope';
import { type EventSchema, parseEventSchema } from './event-schema';
import { isHttpCapture, jsonIn, partsOfCapture } from '../kit/http-capture';
import { objectOf, ownOf, textOf } from '../kit/json';
import { readEach } from '../kit/read-each';
import { isOutboundMessage, readOutboundMessage } from './outbound/message';
import { standardTypeOf } from './native-types';
import { pushTopicMessage } from './push-topic';
import type { JsonNative, SalesforceNative } from './native';

type Json = Readonly<Record<string, unknown>>;
type Schemas = (id: string) => string | undefined;
type SchemaById = (id: string) => EventSchema;

/**
 * Native payloads as people have them in files: messages of the Streaming API, Pub/Sub events decoded by somebody, raw
 * FetchResponses or lists of their events with Avro payloads, REST records and query results; one, or an array of them, bare
 * or in the envelopes of what relayed or caught them.
 * Of several, one that cannot be read becomes an UnreadableNative; a single one throws Unmappable, naming what it is.
 * @param schemas .avsc text by schema id
 */
export function readNatives(payload: unknown, schemas: Schemas): readonly SalesforceNative[] {
  const items = itemsIn(payload, cached(schemas), 0);
  return readEach(items, (unreadable) => unreadable);
}

function cached(schemas: Schemas): SchemaById {
  const parsed = new Map<string, EventSchema>();
  return (id) => {
    let schema = parsed.get(id);
    if (schema === undefined) {
      const text = schemas(id);
      if (text === undefined) {
        throw new Unmappable(
          'SBX_SALESFORCE_SCHEMA_UNKNOWN',
          `schema ${id} is not at hand, and no other schema may decode this event: put its .avsc (GetSchema, or GET /services/data/vXX.0/event/eventSchema/${id}) into the schemas folder, ${id} in its name`,
        );
      }
      parsed.set(id, (schema = parseEventSchema(id, text)));
    }
    return schema;
  };
}

/** One native, or why it is none. */
type Item = () => SalesforceNative;

/** What a payload holds: the events of a FetchResponse, the records of a query, what an envelope carries; else itself. */
function itemsIn(payload: unknown, schemaOf: SchemaById, depth: number): readonly Item[] {
  const inner = (value: unknown): readonly Item[] => itemsIn(value, schemaOf, depth + 1);
  if (depth > deepestEnvelope)
    return [refusing('SBX_SALESFORCE_PAYLOAD', 'wrapped in more envelopes than any tool uses')];
  if (Array.isArray(payload)) return itemsOfList(payload as unknown[], inner);
  if (typeof payload === 'string' && isHttpCapture(payload)) {
    const parts = partsOfCapture(payload);
    if (parts.length > 0) return parts.flatMap(({ headers, body }) => ofRequest(headers, body, inner));
  }
  if (typeof payload === 'string' && isOutboundMessage(payload)) return outboundIn(payload);
  const object = objectOf(payload);
  return object === undefined ? [() => noEvent(payload)] : itemsInObject(object, schemaOf, inner);
}

/** What a captured HTTP message brought; an outbound message does not say when it came, the message does. */
function ofRequest(
  headers: Readonly<Record<string, string>>,
  body: string,
  inner: (value: unknown) => readonly Item[],
): readonly Item[] {
  const date = Date.parse(headers.date ?? '');
  const receivedAt = Number.isNaN(date) ? undefined : new Date(date).toISOString();
  return isOutboundMessage(body) ? outboundIn(body, receivedAt) : inner(jsonIn(body) ?? body);
}

function outboundIn(text: string, receivedAt?: string): readonly Item[] {
  return readOutboundMessage(text, receivedAt).map((native) => () => native);
}

function itemsInObject(
  object: Json,
  schemaOf: SchemaById,
  inner: (value: unknown) => readonly Item[],
): readonly Item[] {
  const list = listIn(object);
  if (list !== undefined) return list.flatMap(inner);
  const read = nativeIn(object, schemaOf);
  if (read !== undefined) return [read];
  const refused = refusal(object);
  const carried = refused === undefined ? carriedBy(object) : undefined;
  if (carried !== undefined) return inner(carried);
  return [
    () => {
      throw refused ?? unknown(object);
    },
  ];
}

/** A captured answer of the Streaming API holds messages of its protocol too: they tell of no record. */
function itemsOfList(list: readonly unknown[], inner: (value: unknown) => readonly Item[]): readonly Item[] {
  const told = list.filter((item) => !isProtocolMessage(objectOf(item) ?? {}));
  return (told.length === 0 ? list : told).flatMap(inner);
}

function listIn(object: Json): readonly unknown[] | undefined {
  const events = either(object, 'events');
  if (Array.isArray(events)) return events as unknown[];
  const records = ownOf(object, 'records');
  return Array.isArray(records) && ownOf(object, 'entityTypeName') === undefined ? records : undefined;
}

function nativeIn(object: Json, schemaOf: SchemaById): Item | undefined {
  try {
    const native =
      rawEvent(object, schemaOf) ??
      relayedEvent(object) ??
      streamingMessage(object) ??
      pushTopicMessage(object) ??
      pushTopicMessage(objectOf(ownOf(object, 'payload')) ?? {}) ??
      decodedEvent(object) ??
      restRecord(object);
    return native === undefined ? undefined : () => native;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function noEvent(value: unknown): never {
  if (typeof value !== 'string') {
    throw unmappable('SBX_SALESFORCE_PAYLOAD', `${kindOf(value)}, not an event or a record`);
  }
  if (/^\s*</.test(value)) throw unmappable('SBX_SALESFORCE_XML', 'XML, not an event or a record in JSON');
  throw unmappable(
    'SBX_SALESFORCE_BARE_PAYLOAD',
    'a bare text: if it is a base64 Avro payload, wrap it as {"id": …, "schemaId": …, "payload": …}; without its schema id it cannot be decoded',
  );
}

/** A ConsumerEvent or ProducerEvent of the Pub/Sub API, in the letter case of any language's JSON. */
function rawEvent(object: Json, schemaOf: SchemaById): SalesforceNative | undefined {
  const producer = objectOf(either(object, 'event')) ?? object;
  const schemaId = either(producer, 'schemaId') ?? ownOf(producer, 'schema_id');
  const bytes = bytesOf(either(producer, 'payload'));
  if (bytes === undefined || typeof schemaId !== 'string') return undefined;
  const id = textOf(either(producer, 'id'));
  if (id === undefined) {
    throw unmappable('SBX_SALESFORCE_EVENT_ID', `an event of schema ${schemaId} without an id`);
  }
  const replayId = bytesOf(either(object, 'replayId') ?? ownOf(object, 'replay_id'))?.toString('base64');
  return decodeEvent({ id, payload: bytes, ...(replayId === undefined ? {} : { replayId }) }, schemaOf(schemaId));
}

/** `{channel, data: {schema, payload, event}}`, or its `data` alone. */
export function streamingMessage(object: Json): JsonNative | undefined {
  const data = objectOf(ownOf(object, 'data')) ?? object;
  const event = objectOf(ownOf(data, 'event'));
  if (event === undefined || !('payload' in data)) return undefined;
  const channel = ownOf(object, 'channel') ?? channelOf(ownOf(event, 'EventApiName')) ?? topicOf(object);
  return {
    kind: 'json',
    ...optional('channel', channel),
    ...optional('eventId', ownOf(event, 'EventUuid') ?? ownOf(event, 'id')),
    ...optional('createdDate', ownOf(event, 'createdDate')),
    payload: withoutUnions(data.payload),
  };
}

function channelOf(eventApiName: unknown): string | undefined {
  return typeof eventApiName === 'string' ? `/event/${eventApiName}` : undefined;
}

/** As clients of the Pub/Sub API write it beside an event. */
function topicOf(object: Json): unknown {
  return ownOf(object, 'topic') ?? ownOf(object, 'topicName');
}

/** A Pub/Sub event that was decoded before: `{ChangeEventHeader, …}`, bare or as the `payload` of a wrapper. */
function decodedEvent(object: Json): JsonNative | undefined {
  const wrapped = objectOf(ownOf(object, 'payload'));
  const { attributes, ...body } = objectOf(withoutUnions(wrapped ?? object)) ?? {};
  const { type } = objectOf(attributes) ?? {};
  if (!isEventBody(body)) return undefined;
  const inner = objectOf(ownOf(object, 'event'));
  const id = inner === undefined ? ownOf(object, 'id') : ownOf(inner, 'id');
  return {
    kind: 'json',
    // Confluent's connector writes an event's name into it.
    ...optional('channel', topicOf(object) ?? channelOf(type) ?? channelOf(body._ObjectType)),
    ...optional('eventId', wrapped === undefined ? body.EventUuid : (id ?? body.EventUuid)),
    payload: body,
  };
}

/** A record has an id of its own. */
function isEventBody(body: Json): boolean {
  if (objectOf(body.ChangeEventHeader) !== undefined) return true;
  return textOf(body.CreatedById) !== undefined && body.Id === undefined;
}

/** A record of the REST API: it says its type in `attributes`; of the SOAP API in `type`. Tools leave out either: then by its id. */
function restRecord(object: Json): SalesforceNative | undefined {
  const { attributes, type, ...others } = object;
  const id = textOf(others.Id);
  if (id === undefined) return undefined;
  const rest = textOf(objectOf(attributes)?.type);
  const soap = isRecordId(id) ? (textOf(type) ?? standardTypeOf(id)) : undefined;
  const nativeType = rest ?? soap;
  const fields = rest === undefined || type === undefined ? others : { ...others, type };
  return nativeType === undefined ? undefined : { kind: 'record', nativeType, fields };
}

function isRecordId(id: string): boolean {
  return /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(id);
}

/** What is known to be no event, by its name. */
function refusal(object: Json): Unmappable | undefined {
  if (objectOf(ownOf(object, 'Schema')) !== undefined) {
    return unmappable(
      'SBX_SALESFORCE_SCHEMA_DUMP',
      'the dump of an Avro schema (a GenericRecord without values), not an event: give the event itself, or its schemaId and payload',
    );
  }
  const tooling = textOf(ownOf(object, 'entityTypeName'));
  if (tooling !== undefined) {
    return unmappable('SBX_SALESFORCE_METADATA', `a Tooling query result of ${tooling}, not CRM records`);
  }
  if (objectOf((objectOf(ownOf(object, 'data')) ?? object).sobject) !== undefined) {
    return unmappable(
      'SBX_SALESFORCE_PUSH_TOPIC',
      'a PushTopic message without its type of event, or its record without Id',
    );
  }
  if (isProtocolMessage(object)) {
    return unmappable(
      'SBX_SALESFORCE_PAYLOAD',
      `a message of the streaming protocol (${String(object.channel)}), no event`,
    );
  }
  const code = textOf(ownOf(object, 'errorCode'));
  if (code === undefined || ownOf(object, 'message') === undefined) return undefined;
  return unmappable('SBX_SALESFORCE_PAYLOAD', `an error answer of Salesforce (${code}), not an event or a record`);
}

function unknown(object: Json): Unmappable {
  const id = textOf(ownOf(object, 'Id'));
  if (id !== undefined && isRecordId(id)) {
    return unmappable(
      'SBX_SALESFORCE_RECORD',
      `the record ${id}, which does not say its object: keep its "attributes"`,
    );
  }
  const keys = Object.keys(object).slice(0, 8).join(', ');
  return unmappable(
    'SBX_SALESFORCE_PAYLOAD',
    `an object with ${keys === '' ? 'no members' : `members ${keys}`}, not an event or a record`,
  );
}

function refusing(code: string, what: string): Item {
  return () => {
    throw unmappable(code, what);
  };
}

function unmappable(code: string, what: string): Unmappable {
  return new Unmappable(code, `cannot normalise: this is ${what}`);
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** The member under its own name, or with a capital as .NET writes it. */
function either(object: Json, name: string): unknown {
  return ownOf(object, name) ?? ownOf(object, name.charAt(0).toUpperCase() + name.slice(1));
}

/** Bytes as protobuf's JSON writes them (base64), as an array of numbers, or as Node writes a Buffer. */
function bytesOf(value: unknown): Buffer | undefined {
  if (typeof value === 'string') {
    return /^[A-Za-z0-9+/_-]*={0,2}$/.test(value) ? Buffer.from(value, 'base64') : undefined;
  }
  const list = Array.isArray(value) ? (value as unknown[]) : objectOf(value)?.data;
  const isBytes = Array.isArray(list) && list.every((item) => Number.isInteger(item) && item >= 0 && item <= 255);
  return isBytes ? Buffer.from(list as number[]) : undefined;
}

function optional(name: 'channel' | 'eventId' | 'createdDate', value: unknown): Partial<JsonNative> {
  const text = textOf(value);
  return text === undefined ? {} : { [name]: text };
}

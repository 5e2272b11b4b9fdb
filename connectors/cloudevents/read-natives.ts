import { type InboundRequest, Unmappable } from '../contract';
import { carriedBy, deepestEnvelope } from '../kit/envelope';
import { isHttpCapture, jsonIn, partsOfCapture } from '../kit/http-capture';
import { objectOf, ownOf, textOf } from '../kit/json';
import { readEach } from '../kit/read-each';
import { eventsOf, proven } from './decode';
import type { CloudEventJson, CloudEventNative } from './native';
import { Refusal } from './refusal';

type Json = Readonly<Record<string, unknown>>;

/** One native, or why it is none. */
type Item = () => CloudEventNative;

/** What a file may hold in one batch. */
const mostInBatch = 100_000;

/**
 * CloudEvents as people have them in files: one in the JSON format, an array of them, HTTP messages in any mode of the binding as
 * they were captured or as headers and body, what the inbox keeps; bare or in the envelopes of tools that caught them. Of several,
 * one that is none becomes an UnreadableNative; a single one throws Unmappable, naming what it is instead.
 */
export function readNatives(payload: unknown): readonly CloudEventNative[] {
  const items = itemsIn(payload, 0);
  return readEach(items, ({ code, message }) => ({ event: {}, unreadable: { code, message } }));
}

function itemsIn(payload: unknown, depth: number): readonly Item[] {
  if (Array.isArray(payload)) return payload.flatMap((item: unknown) => itemsIn(item, depth + 1));
  if (typeof payload === 'string') return itemsInText(payload, depth);
  const object = depth > deepestEnvelope ? undefined : objectOf(payload);
  return object === undefined
    ? [() => noEvent('this is no CloudEvent in the JSON format')]
    : itemsInObject(object, depth);
}

function itemsInObject(object: Json, depth: number): readonly Item[] {
  if (ownOf(object, 'specversion') !== undefined) return [() => provenOf(object)];
  const kept = objectOf(ownOf(object, 'event'));
  if (kept !== undefined && ownOf(kept, 'specversion') !== undefined) return [() => keptIn(kept, object)];
  const requested = itemsOfRecorded(object);
  if (requested !== undefined) return requested;
  const other = otherThan(object);
  const carried = other === undefined ? carriedBy(object) : undefined;
  return carried === undefined ? [() => noEvent(other ?? unknown(object))] : itemsIn(carried, depth + 1);
}

/** A request that somebody wrote down, or a record of Kafka. */
function itemsOfRecorded(object: Json): readonly Item[] | undefined {
  const headers = objectOf(ownOf(object, 'headers'));
  const body = ['body', 'value', 'data'].map((name) => ownOf(object, name)).find((value) => value !== undefined);
  return headers === undefined ? undefined : itemsOfRequest(headers, body);
}

function itemsInText(text: string, depth: number): readonly Item[] {
  const json = jsonIn(text.trim());
  if (json !== undefined) return itemsIn(json, depth + 1);
  if (isHttpCapture(text)) {
    const parts = partsOfCapture(text);
    const items = parts.flatMap(({ headers, body }) => itemsOfRequest(headers, body) ?? itemsIn(body, depth + 1));
    if (items.length > 0) return items;
  }
  return [() => noEvent('this is no CloudEvent in the JSON format, and no HTTP message with one')];
}

/** The events of a request; undefined where its headers name none. */
function itemsOfRequest(told: Json, body: unknown): readonly Item[] | undefined {
  const headers = Object.fromEntries(
    Object.entries(told).map(([name, value]) => [name.toLowerCase().replace(/^ce_/, 'ce-'), headerOf(value)] as const),
  );
  const isNamed = Object.keys(headers).some((name) => name.startsWith('ce-'));
  if (!isNamed && !/^application\/cloudevents/i.test(headers['content-type'] ?? '')) return undefined;
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const request: InboundRequest = {
    method: 'POST',
    path: '',
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(text),
  };
  try {
    return eventsOf(request, mostInBatch).map((event) => () => ({ event }));
  } catch (error) {
    return [() => refused(error)];
  }
}

/** A header as one text: some tools list its values. */
function headerOf(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : JSON.stringify(first ?? '');
}

function provenOf(event: CloudEventJson): CloudEventNative {
  try {
    return { event: proven(event) };
  } catch (error) {
    return refused(error);
  }
}

function keptIn(event: CloudEventJson, object: Json): CloudEventNative {
  const received = textOf(ownOf(object, 'received'));
  return { event, ...(received === undefined ? {} : { received }) };
}

function refused(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  return noEvent(error.message);
}

/** Events of others, by their name. */
function otherThan(object: Json): string | undefined {
  if (ownOf(object, 'cloudEventsVersion') !== undefined) return 'this is a CloudEvent of version 0.1: 1.0 is taken';
  if (ownOf(object, 'eventType') !== undefined && ownOf(object, 'eventTime') !== undefined) {
    return 'this is an event in the schema of Event Grid: set the subscription to the CloudEvents schema 1.0';
  }
  if (ownOf(object, 'detail-type') !== undefined) {
    return 'this is an event of Amazon EventBridge: let an input transformer of the rule write it as a CloudEvent';
  }
  return undefined;
}

function unknown(object: Json): string {
  const keys = Object.keys(object).slice(0, 8).join(', ');
  return `this is no CloudEvent in the JSON format: an object with ${keys === '' ? 'no members' : `members ${keys}`}`;
}

function noEvent(what: string): never {
  throw new Unmappable('SBX_CLOUDEVENTS_NATIVE', `cannot normalise: ${what}`);
}

import { parseLossless } from '../kit/lossless-json';
import { type Fields, objectOf, textOf } from './json';
import type { EventNative } from './native';

/** The attributes of CloudEvents 1.0 by the names they have had since 0.1, in small letters without dashes. */
const attributes: Readonly<Record<string, string>> = {
  specversion: 'specversion',
  cloudeventsversion: 'specversion',
  id: 'id',
  eventid: 'id',
  type: 'type',
  eventtype: 'type',
  source: 'source',
  subject: 'subject',
  time: 'time',
  eventtime: 'time',
  data: 'data',
  database64: 'data_base64',
};

/**
 * A CloudEvent in one JSON object, whatever its version and its content type say: structured mode of 1.0, 0.3, 0.2, and 0.1 as
 * Cloud for Customer still writes it (`event-type`, `cloudEventsVersion`). Undefined for what is none.
 */
export function structuredEvent(object: Fields): EventNative | undefined {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const plain = name.toLowerCase().replace(/[-_]/g, '');
    const attribute = Object.hasOwn(attributes, plain) ? attributes[plain] : undefined;
    // `event-type` names the object where `type` names the kind of message.
    if (attribute !== undefined && (found[attribute] === undefined || plain.startsWith('event')))
      found[attribute] = value;
  }
  // Some senders leave the version out, or the source.
  const isEvent = found.specversion !== undefined || (found.data !== undefined && (hasSource(found) || hasId(found)));
  return isEvent ? eventOf(found, dataOf(found)) : undefined;
}

function hasSource({ source }: Fields): boolean {
  return source !== undefined;
}

function hasId({ id, type, time }: Fields): boolean {
  return id !== undefined && type !== undefined && time !== undefined;
}

/**
 * An event as CAP's messaging hands it over: `{ event, data, headers }`, the attributes in the headers under their own names.
 * Its name is its type where they are none.
 */
export function capMessage(object: Fields): EventNative | undefined {
  const headers = objectOf(object.headers);
  const name = textOf(object.event);
  const isMessage = headers !== undefined && (textOf(headers.type) ?? name) !== undefined;
  const data = object.data ?? object.body ?? object.payload;
  if (!isMessage || data === undefined) return undefined;
  return eventOf({ ...headers, type: textOf(headers.type) ?? name?.replaceAll('/', '.') }, fromText(data));
}

function dataOf({ data, data_base64 }: Fields): unknown {
  const encoded = textOf(data_base64);
  if (data !== undefined || encoded === undefined) return fromText(data);
  return fromText(Buffer.from(encoded, 'base64').toString('utf8'));
}

/** A text that is JSON, as some senders nest it, is what it says. */
function fromText(data: unknown): unknown {
  const text = textOf(data);
  if (text === undefined || !/^[[{]/.test(text)) return data;
  try {
    return parseLossless(text);
  } catch {
    return data;
  }
}

/** A CloudEvent in binary mode: attributes in headers (`ce-…`, `cloudEvents_…`, `cloudEvents:…`), data in the body. */
export function binaryEvent(headers: Fields, data: unknown): EventNative | undefined {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    const attribute = /^(?:ce-|ce_|cloudevents[_:])(.+)$/i.exec(name)?.[1]?.toLowerCase();
    if (attribute !== undefined && Object.hasOwn(attributes, attribute)) found[attributes[attribute] ?? ''] = value;
  }
  return found.type === undefined ? undefined : eventOf(found, fromText(data));
}

function eventOf(found: Fields, data: unknown): EventNative | undefined {
  const type = textOf(found.type);
  if (type === undefined) return undefined;
  return {
    kind: 'event',
    ...optional('id', found.id),
    type,
    ...optional('source', found.source),
    ...optional('time', found.time),
    ...optional('subject', found.subject),
    data: data ?? null,
  };
}

function optional(name: 'id' | 'source' | 'time' | 'subject', value: unknown): Partial<EventNative> {
  const text = typeof value === 'number' ? String(value) : textOf(value);
  return text === undefined ? {} : { [name]: text };
}

/** True for the images of Sales and Service Cloud V2 without the event around them, which alone says what they are of. */
export function isBareImage(object: Fields): boolean {
  return objectOf(object.currentImage) !== undefined || objectOf(object.beforeImage) !== undefined;
}

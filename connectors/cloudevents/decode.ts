import { validateEnvelope } from '../../canonical-schema/validate';
import { isoFromText } from '../../canonical-schema/time';
import type { InboundRequest } from '../contract';
import { parseLossless } from '../kit/lossless-json';
import { isJson, isText, mediaType } from './media-type';
import type { CloudEventJson } from './native';
import { isDeep, objectOf } from '../kit/json';
import { Refusal } from './refusal';

/** Levels of lists and objects: what is nested deeper cannot be written as JSON again, which recurses. */
const deepest = 100;
/** What the binary mode does not say in `ce-` headers. */
const bodily = ['datacontenttype', 'data', 'data_base64'];
const classifications = ['public', 'internal', 'confidential', 'restricted'];

/**
 * The CloudEvents of a request, in the binary, structured or batched mode of the HTTP binding, without anything that the
 * sender did not say. Throws Refusal: one event that is none refuses the whole request.
 */
export function eventsOf(request: InboundRequest, most: number): readonly CloudEventJson[] {
  const type = mediaType(request.headers['content-type']);
  if (type.startsWith('application/cloudevents')) return formatted(type, request.body, most);
  if (Object.keys(request.headers).some((name) => name.startsWith('ce-'))) return [proven(binary(request))];
  if (!isJson(type)) throw new Refusal(415, `neither a structured CloudEvent nor one in headers: ${type || 'no type'}`);
  // Many senders call a structured event plain JSON.
  const value = jsonOf(request.body);
  return Array.isArray(value) ? batch(value, most) : [proven(objectOf(value))];
}

function formatted(type: string, body: Uint8Array, most: number): readonly CloudEventJson[] {
  if (type === 'application/cloudevents+json') return [proven(objectOf(jsonOf(body)))];
  if (type !== 'application/cloudevents-batch+json') {
    throw new Refusal(415, `${type}: only the JSON format of CloudEvents is taken`);
  }
  const value = jsonOf(body);
  if (!Array.isArray(value)) throw new Refusal(400, 'a batch is an array of events');
  return batch(value, most);
}

function batch(items: readonly unknown[], most: number): readonly CloudEventJson[] {
  if (items.length > most) throw new Refusal(413, `${items.length} events in a batch: at most ${most} are taken`);
  return items.map((item, index) => proven(objectOf(item), `event ${index}: `));
}

/** The event without absent attributes, or Refusal with what is wrong. */
export function proven(told: CloudEventJson | undefined, where = ''): CloudEventJson {
  if (told === undefined) throw new Refusal(400, `${where}a CloudEvent is an object`);
  // Dapr writes a trace that there is not as an empty text.
  const isTrace = (name: string): boolean => name === 'traceparent' || name === 'tracestate';
  const event = Object.fromEntries(Object.entries(told).filter(([name, value]) => value !== '' || !isTrace(name)));
  const faults = [...validateEnvelope(event).map(({ path, message }) => `${path} ${message}`), ...beyondSchema(event)];
  if (faults.length > 0) throw new Refusal(400, `${where}${faults.slice(0, 5).join('; ')}`);
  return unpacked(Object.fromEntries(Object.entries(event).filter(([name, value]) => isThere(name, value))));
}

/** `null` is data, and no attribute. */
function isThere(name: string, value: unknown): boolean {
  return value !== null || name === 'data';
}

function beyondSchema(event: CloudEventJson): readonly string[] {
  const { time, dataclassification: label, data_base64: bytes } = event;
  const rules: readonly (readonly [isKept: boolean, rule: string])[] = [
    [typeof time !== 'string' || isoFromText(time) !== undefined, '/time is no instant of the years 1 to 9999'],
    [event.data === undefined || bytes === undefined || bytes === null, '/data and /data_base64 exclude each other'],
    [typeof bytes !== 'string' || isBase64(bytes), '/data_base64 is no base64'],
    // CloudEvents: who knows the attribute must refuse labels that it does not know.
    [typeof label !== 'string' || classifications.includes(label), '/dataclassification is a label that nobody knows'],
  ];
  return rules.filter(([isKept]) => !isKept).map(([, rule]) => rule);
}

function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

/** JSON that came as bytes is JSON. */
function unpacked(event: CloudEventJson): CloudEventJson {
  const { data_base64: bytes, ...rest } = event;
  const type = rest['datacontenttype'];
  if (typeof bytes !== 'string' || !isJson(typeof type === 'string' ? type : undefined)) return event;
  try {
    return { ...rest, data: jsonOf(Buffer.from(bytes, 'base64')) };
  } catch {
    return event;
  }
}

function binary({ headers, body }: InboundRequest): CloudEventJson {
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith('ce-'))
    .map(([name, value]) => [name.slice('ce-'.length), decoded(name, value)] as const);
  const type = headers['content-type'];
  // Some senders say the data's type twice.
  if (attributes.some(([name, value]) => bodily.includes(name) && !(name === 'datacontenttype' && value === type))) {
    throw new Refusal(400, 'in the binary mode, data is the body and its type the Content-Type header');
  }
  return {
    ...Object.fromEntries(attributes),
    ...(type === undefined ? {} : { datacontenttype: type }),
    ...(body.length === 0 ? {} : dataOf(type, body)),
  };
}

function dataOf(type: string | undefined, body: Uint8Array): CloudEventJson {
  if (type !== undefined && isJson(type)) return { data: jsonOf(body) };
  const text = isText(type) ? utf8Of(body) : undefined;
  return text === undefined ? { data_base64: Buffer.from(body).toString('base64') } : { data: text };
}

/** Header values are percent-encoded where they are more than printable ASCII. */
function decoded(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new Refusal(400, `${name} is not percent-encoded UTF-8`);
  }
}

function jsonOf(body: Uint8Array): unknown {
  const text = utf8Of(body);
  if (text === undefined) throw new Refusal(400, 'the body is not UTF-8');
  let value: unknown;
  try {
    value = parseLossless(text);
  } catch (error) {
    const { message } = error as Error;
    throw new Refusal(400, message.startsWith('nested deeper') ? message : 'the body is not JSON');
  }
  if (isDeep(value, deepest)) throw new Refusal(400, `nested deeper than ${deepest} levels`);
  return value;
}

/** Undefined for what is not UTF-8; a byte order mark is left out. */
function utf8Of(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

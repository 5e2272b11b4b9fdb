import type { Message, Options } from 'amqplib';
import type { CanonicalEvent, Envelope } from '../canonical-schema/event';
import { BadBody } from './errors';

const structuredType = 'application/cloudevents+json';

/** Prefixes that senders put before an attribute's name in a header; `cloudEvents_` and `cloudEvents:` are the binding's. */
const prefixes = ['cloudEvents_', 'cloudEvents:', 'ce-', 'ce_'];

/** Attributes that travel as headers, too, so that a message can be routed, traced and told apart without its body. */
const headerAttributes = [
  'specversion',
  'id',
  'type',
  'source',
  'subject',
  'tenantid',
  'partitionkey',
  'traceparent',
] as const;

/** Attributes without which an event can neither be placed in order nor be told from another. */
const requiredAttributes = ['id', 'source', 'type', 'subject', 'time', 'tenantid', 'partitionkey', 'sequence'] as const;

/** A message as amqplib takes it. */
export interface EncodedEvent {
  readonly content: Buffer;
  readonly options: Options.Publish;
}

/** CloudEvent to AMQP 0-9-1: structured mode, persistent, routing and trace context repeated as `cloudEvents_` headers. */
export function encodeEvent(event: Envelope<unknown>): EncodedEvent {
  const headers: Record<string, string> = {};
  for (const name of headerAttributes) {
    const value = event[name];
    if (value !== undefined) headers[`cloudEvents_${name}`] = value;
  }
  return {
    content: Buffer.from(JSON.stringify(event), 'utf8'),
    options: { contentType: structuredType, persistent: true, messageId: event.id, headers },
  };
}

/** AMQP 0-9-1 to CloudEvent, structured or binary mode. Throws BadBody, which keeps the bytes. */
export function decodeEvent(message: Pick<Message, 'content' | 'properties'>): CanonicalEvent {
  const contentType = String(message.properties.contentType ?? '').toLowerCase();
  const body = parseJson(message.content);
  const event = contentType.startsWith('application/cloudevents') ? body : fromHeaders(message, contentType, body);
  const complaint = complaintAbout(event);
  if (complaint !== undefined) throw new BadBody(complaint, message.content);
  return event as CanonicalEvent;
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)) as unknown;
  } catch (error) {
    throw new BadBody(
      `the body is not JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}`,
      content,
    );
  }
}

/** Binary mode: attributes in headers, data in the body. */
function fromHeaders(message: Pick<Message, 'content' | 'properties'>, contentType: string, data: unknown): unknown {
  const attributes: Record<string, unknown> = {};
  for (const [header, value] of Object.entries(message.properties.headers ?? {})) {
    const prefix = prefixes.find((candidate) => header.startsWith(candidate));
    if (prefix !== undefined) attributes[header.slice(prefix.length)] = value;
  }
  if (Object.keys(attributes).length === 0) {
    throw new BadBody(
      `content type "${contentType}" without cloudEvents_ headers is neither structured nor binary mode of CloudEvents`,
      message.content,
    );
  }
  return { ...attributes, datacontenttype: contentType, data };
}

function complaintAbout(event: unknown): string | undefined {
  if (!isRecord(event)) return 'the body is not a JSON object';
  if (event['specversion'] !== '1.0') return 'attribute specversion is not "1.0"';
  const missing = requiredAttributes.filter((name) => typeof event[name] !== 'string' || event[name] === '');
  if (missing.length > 0) return `attributes missing or not a text: ${missing.join(', ')}`;
  return isRecord(event['data']) ? undefined : 'data is not a JSON object';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { isBase64, jsonIn } from './http-capture';
import { ownOf } from './json';

/** Where relays, queues, brokers and tools put what they carry, in the order in which they are looked into. */
const members = [
  ...[
    'detail',
    'events',
    'Records',
    'messages',
    'compositeResponse',
    'responses',
    'results',
    'result',
    'items',
    'log',
    'body',
  ],
  ...[
    'Body',
    'rawBody',
    'json',
    'kinesis',
    'data',
    'Data',
    'payload',
    'event',
    'message',
    'Message',
    'value',
    'ContentData',
    '$content',
  ],
];

/** Envelopes within envelopes that are opened: an event in a message in a record of a queue, say. */
export const deepestEnvelope = 8;

/**
 * What an envelope carries: an object, a list, JSON in a text or in base64 as what it says, XML as its text. Undefined where
 * it is none.
 */
export function carriedBy(object: Readonly<Record<string, unknown>>): unknown {
  for (const name of members) {
    const value = ownOf(object, name);
    if (typeof value === 'object' && value !== null) return value;
    const inner = typeof value === 'string' ? (jsonIn(value.trim()) ?? xmlIn(value.trim())) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** A text of XML, or the one in base64. */
function xmlIn(text: string): string | undefined {
  const plain = isBase64(text) ? Buffer.from(text, 'base64').toString('utf8') : text;
  return /^\uFEFF?\s*<[\w?!]/.test(plain) ? plain : undefined;
}

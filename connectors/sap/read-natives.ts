import type { Unmappable } from '../contract';
import { parseLossless } from '../kit/lossless-json';
import { carriedBy, deepestEnvelope } from '../kit/envelope';
import { isHttpCapture, partsOfCapture } from '../kit/http-capture';
import { binaryEvent, capMessage, isBareImage, structuredEvent } from './cloudevent';
import { readIdocJson, readIdocXml } from './idoc-xml';
import { type Fields, listOf, objectOf, textOf } from './json';
import type { RowNative, SapNative } from './native';
import { refuse } from '../kit/canonical-event';
import { readEach } from '../kit/read-each';
import { readRows } from './rows';

/**
 * Native payloads as people have them in files: CloudEvents of any version, alone, in a batch, in a captured HTTP message, as
 * headers and body, as a message of CAP, in the envelopes of brokers and tools; IDocs as
 * XML or JSON; answers of OData services; one, or an array of them. Of several, one that cannot be read becomes an
 * UnreadableNative; a single one throws Unmappable, naming what it is.
 */
export function readNatives(payload: unknown): readonly SapNative[] {
  return readSeveral(payload, 0);
}

function readSeveral(payload: unknown, depth: number): readonly SapNative[] {
  const items = listOf(payload) ?? [payload];
  const read = items.map((item) => () => readOne(item, depth));
  return readEach(read, (unreadable) => [unreadable]).flat();
}

/** The natives of a text: XML, or JSON. Throws Unmappable that names what it is instead. */
export function readText(text: string): readonly SapNative[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') throw refuse('SBX_SAP_EMPTY', 'an empty text');
  if (trimmed.startsWith('<')) return readIdocXml(trimmed);
  if (/^EDI_DC(40)?/.test(trimmed)) {
    throw refuse('SBX_SAP_IDOC_FLAT', 'this is a flat IDoc: have the port write XML (WE21, XML file or XML HTTP)');
  }
  if (!/^[[{"]/.test(trimmed)) {
    const captured = isHttpCapture(trimmed) ? partsOfCapture(trimmed) : [];
    if (captured.length > 0) {
      const read = captured.map(
        ({ headers, body }) =>
          () =>
            ofRequest(headers, body),
      );
      return readEach(read, (unreadable) => [unreadable]).flat();
    }
    throw refuse('SBX_SAP_TEXT', 'this is neither XML nor JSON (a page of documentation, a recorded request?)');
  }
  let payload: unknown;
  try {
    payload = parseLossless(trimmed);
  } catch (error) {
    throw refuse('SBX_SAP_JSON', `text that begins like JSON and is none: ${(error as Error).message}`);
  }
  return readNatives(payload);
}

function readOne(item: unknown, depth: number): readonly SapNative[] {
  if (typeof item === 'string') return readText(item);
  const object = objectOf(item);
  if (object === undefined) throw refuse('SBX_SAP_PAYLOAD', `${kindOf(item)}, not an event, an IDoc or a row`);
  const event = structuredEvent(object) ?? recorded(object) ?? capMessage(object);
  if (event !== undefined) return [event];
  refuseDocuments(object);
  const idocs = readIdocJson(object);
  if (idocs.length > 0) return idocs;
  const rows = readRows(object);
  return rows === undefined ? readCarried(object, depth) : rowsIn(rows);
}

function readCarried(object: Fields, depth: number): readonly SapNative[] {
  const carried = depth < deepestEnvelope ? carriedBy(object) : undefined;
  if (carried === undefined || listOf(carried)?.length === 0) throw unknown(object);
  return readSeveral(carried, depth + 1);
}

/** What a captured request brought, at its Date: an event in its headers, or what its body says by itself. */
function ofRequest(headers: Fields, body: string): readonly SapNative[] {
  const event = binaryEvent(headers, body);
  const natives = event === undefined ? readText(body) : [event];
  const date = Date.parse(textOf(headers.date) ?? '');
  if (Number.isNaN(date)) return natives;
  const receivedAt = new Date(date).toISOString();
  return natives.map((native) => (native.kind === 'unreadable' ? native : { receivedAt, ...native }));
}

function rowsIn(rows: readonly RowNative[]): readonly SapNative[] {
  const [first, ...others] = rows;
  if (first === undefined) throw refuse('SBX_SAP_NO_ROWS', 'an answer without rows');
  if (others.length === 0 && first.nativeType === '') throw unknown(first.fields);
  return rows;
}

/** A request that somebody wrote down: `{ headers, body }`; a record of Kafka: `{ headers, value }`. */
function recorded(object: Fields): SapNative | undefined {
  const headers = objectOf(object.headers);
  if (headers === undefined) return undefined;
  const body = object.body ?? object.data ?? object.value ?? object.payload;
  const inner = objectOf(body);
  return binaryEvent(headers, body) ?? (inner === undefined ? undefined : structuredEvent(inner));
}

function refuseDocuments(object: Fields): void {
  const isMessage = objectOf(object.headers) !== undefined && object.data !== undefined;
  if (isMessage && object.status === undefined) {
    throw refuse(
      'SBX_SAP_EVENT_TYPE',
      'a message without its event’s name: give it with "event", or "type" in its headers',
    );
  }
  for (const word of ['asyncapi', 'openapi', 'swagger', '$schema']) {
    if (word in object)
      throw refuse('SBX_SAP_SCHEMA', `this is a description of events or services (${word}), not one of them`);
  }
  if (isBareImage(object)) {
    throw refuse(
      'SBX_SAP_EVENT_TYPE',
      'images of a record without the event around them: its type says what they are of',
    );
  }
}

function unknown(object: Fields): Unmappable {
  const error = objectOf(object.error);
  if (error !== undefined) {
    const code = textOf(error.code) ?? 'no code';
    return refuse('SBX_SAP_PAYLOAD', `an error answer of the service (${code}), not an event, an IDoc or a row`);
  }
  const keys = Object.keys(object).slice(0, 8).join(', ');
  return refuse(
    'SBX_SAP_PAYLOAD',
    `an object with ${keys === '' ? 'no members' : `members ${keys}`}, not an event, an IDoc or a row of a known collection`,
  );
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : listOf(value) === undefined ? `a ${typeof value}` : 'an array';
}

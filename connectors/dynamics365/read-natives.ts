import { Unmappable } from '../contract';
import { contextOfBusinessEvent } from './business-event';
import { tablesOf } from './entity-sets';
import { isHttpCapture, jsonIn, partsOfCapture } from '../kit/http-capture';
import { objectOf, ownOf, textOf } from '../kit/json';
import { readEach } from '../kit/read-each';
import type { Dynamics365Native, Fields, Headers, RowNative } from './native';
import { isEntity } from './normalise/flatten';
import { idColumnOf, isStandard } from './normalise/tables';
import { unwrappedText } from './serialised-string';

/** Envelopes within envelopes that are opened: a bus message in a log in an array, say. */
const deepest = 8;

/** Where tools put what they caught, in the order in which they are looked into. */
const members = [
  ...['body', 'Body', 'rawBody', 'ContentData', 'postData', 'text', 'payload', 'data', 'Data', 'content', 'Content'],
  ...['context', 'Context', 'remoteExecutionContext', 'RemoteExecutionContext', 'event', 'message', 'request', 'req'],
  ...['log', 'entries', 'records', 'Records', 'items', 'json', 'outputs', 'value'],
];

/**
 * Native payloads as people have them in files: RemoteExecutionContexts of webhooks and of the Service Bus, rows and collections
 * of the Web API; bare, in arrays, in the envelopes of tools that caught them, in captured HTTP messages and batches.
 * Of several, one that cannot be read becomes an UnreadableNative; a single one throws Unmappable, naming what it is.
 */
export function readNatives(payload: unknown): readonly Dynamics365Native[] {
  const items = itemsIn(payload, { headers: {}, depth: 0 });
  if (items.length === 0) throw unmappable('SBX_DYNAMICS365_PAYLOAD', 'an empty list: no context and no row');
  return readEach(items, (unreadable) => unreadable);
}

/** One native, or why it is none. */
type Item = () => Dynamics365Native;

interface Place {
  readonly headers: Headers;
  readonly depth: number;
  /** `@odata.context` of the collection that a row stands in. */
  readonly collection?: string;
}

function itemsIn(payload: unknown, place: Place): readonly Item[] {
  const inner = { ...place, depth: place.depth + 1 };
  if (place.depth > deepest)
    return [refusing('SBX_DYNAMICS365_PAYLOAD', 'wrapped in more envelopes than any tool uses')];
  if (typeof payload === 'string') return itemsInText(payload, inner);
  if (Array.isArray(payload)) return payload.flatMap((item: unknown) => itemsIn(item, inner));
  const object = objectOf(payload);
  if (object === undefined) return [refusing('SBX_DYNAMICS365_PAYLOAD', `${kindOf(payload)}, not a context or a row`)];
  return itemsInObject(object, inner);
}

function itemsInText(text: string, place: Place): readonly Item[] {
  const json = jsonIn(text.trim());
  if (json !== undefined) return itemsIn(json, place);
  const inner = unwrappedText(text.trim());
  if (inner !== undefined) return itemsIn(inner, place);
  if (/^\s*</.test(text)) return [refusing(...xmlRefusal(text))];
  if (!isHttpCapture(text)) return [refusing('SBX_DYNAMICS365_PAYLOAD', 'a bare text, not a context or a row')];
  const parts = partsOfCapture(text);
  const items = parts.flatMap(({ headers, body }) =>
    itemsIn(body, { ...place, headers: { ...place.headers, ...wantedOf(headers) } }),
  );
  if (items.length > 0) return items;
  return [refusing('SBX_DYNAMICS365_PAYLOAD', 'an HTTP message without a body: it tells of no context and no row')];
}

function itemsInObject(object: Fields, place: Place): readonly Item[] {
  const body = isContext(object) ? object : contextOfBusinessEvent(object);
  if (body !== undefined) return [() => ({ kind: 'context', headers: place.headers, body })];
  return itemsInAnswer(object, place) ?? itemsInEnvelope(object, place);
}

/** Rows, or what else the Web API answers. */
function itemsInAnswer(object: Fields, place: Place): readonly Item[] | undefined {
  const collection = textOf(ownOf(object, '@odata.context')) ?? place.collection;
  const rows = ownOf(object, 'value');
  if (Array.isArray(rows) && (ownOf(object, '@odata.context') !== undefined || rows.some(isRow))) {
    const inner = collection === undefined ? place : { ...place, collection };
    return rows.flatMap((row: unknown) => itemsIn(row, inner));
  }
  if (isRow(object) || place.collection !== undefined) return [() => rowOf(object, collection, place.headers)];
  const refusal = refusalOf(object);
  return refusal === undefined ? undefined : [refusing(...refusal)];
}

function itemsInEnvelope(object: Fields, place: Place): readonly Item[] {
  const member = members.find((name) => isFilled(ownOf(object, name)));
  if (member !== undefined) {
    const headers = { ...place.headers, ...wantedOf(headersOf(object)) };
    return itemsIn(ownOf(object, member), { ...place, headers });
  }
  const keys = Object.keys(object).slice(0, 8).join(', ');
  const what = `an object with ${keys === '' ? 'no members' : `members ${keys}`}, not a context or a row`;
  return [refusing('SBX_DYNAMICS365_PAYLOAD', what)];
}

function isFilled(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || (typeof value === 'string' && value !== '');
}

const contextMembers = ['MessageName', 'PrimaryEntityName', 'InputParameters', 'OperationId', 'OperationCreatedOn'];

function isContext(object: Fields): boolean {
  return contextMembers.filter((name) => ownOf(object, name) !== undefined).length >= 2;
}

function isRow(value: unknown): boolean {
  const object = objectOf(value);
  if (object === undefined || Array.isArray(ownOf(object, 'value'))) return false;
  const marks = ['@odata.etag', '@odata.type', '@odata.id', '@odata.editLink'];
  return (
    textOf(ownOf(object, 'SdkMessage')) !== undefined ||
    marks.some((mark) => typeof ownOf(object, mark) === 'string') ||
    /\/\$(entity|deletedEntity)$/.test(textOf(ownOf(object, '@odata.context')) ?? '')
  );
}

function rowOf(row: Fields, context: string | undefined, headers: Headers): RowNative {
  const nativeType = tableIn(row, context);
  if (nativeType === undefined) {
    throw unmappable(
      'SBX_DYNAMICS365_TABLE',
      'a row that does not say its table: keep the "@odata.context" of the answer, or give the row an "@odata.type"',
    );
  }
  const isDeleted = textOf(ownOf(row, 'reason')) !== undefined && /\/\$(deletedEntity|delta)$/.test(context ?? '');
  const date = Date.parse(headers.date ?? '');
  const message = textOf(ownOf(row, 'SdkMessage'));
  return {
    kind: 'row',
    nativeType,
    row,
    ...(isDeleted ? { isDeleted } : {}),
    ...(message === undefined ? {} : { message }),
    ...(Number.isNaN(date) ? {} : { readAt: new Date(date).toISOString() }),
  };
}

/** By its type annotation, by the entity set of its context, by the id that only one standard table has. */
function tableIn(row: Fields, context = ''): string | undefined {
  const type = textOf(ownOf(row, '@odata.type')) ?? context;
  const named = /Microsoft\.Dynamics\.CRM\.(\w+)/.exec(type)?.[1];
  if (named !== undefined) return named;
  const set = setIn(row, context);
  if (set !== undefined) {
    const tables = tablesOf(set);
    return tables.find((table) => Object.hasOwn(row, idColumnOf(table))) ?? tables[0];
  }
  const ids = Object.keys(row).filter((name) => name.endsWith('id') && isStandard(name.slice(0, -2)));
  return ids.length === 1 ? ids[0]?.slice(0, -2) : undefined;
}

function setIn(row: Fields, context: string): string | undefined {
  return /#(\w+)/.exec(context)?.[1] ?? /\/(\w+)\(/.exec(textOf(ownOf(row, '@odata.id')) ?? '')?.[1];
}

/** Headers as tools write them: an object, or a list of names and values. */
function headersOf(object: Fields): Readonly<Record<string, unknown>> {
  const headers = ownOf(object, 'headers') ?? ownOf(object, 'Headers') ?? ownOf(object, 'Properties');
  if (!Array.isArray(headers)) return objectOf(headers) ?? {};
  return Object.fromEntries(
    headers.flatMap((header: unknown) => {
      const { name, key = name, value } = objectOf(header) ?? {};
      return typeof key === 'string' ? [[key, value] as const] : [];
    }),
  );
}

/** The headers that count: Dataverse's own, and the date of an answer. */
function wantedOf(headers: Readonly<Record<string, unknown>>): Headers {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const text: unknown = Array.isArray(value) ? value[0] : value;
      const lower = name.toLowerCase();
      return typeof text === 'string' && (lower.startsWith('x-ms-') || lower === 'date') ? [[lower, text]] : [];
    }),
  );
}

function refusalOf(object: Fields): readonly [code: string, what: string] | undefined {
  const error = objectOf(ownOf(object, 'error'));
  if (error !== undefined) {
    const code = textOf(error.code) ?? 'no code';
    return ['SBX_DYNAMICS365_ERROR_ANSWER', `an error answer of the Web API (${code}), not a context or a row`];
  }
  if (isEntity(object) && textOf(ownOf(object, 'LogicalName')) !== undefined) {
    return ['SBX_DYNAMICS365_PAYLOAD', 'an Entity without its context: what happened to it is not said'];
  }
  const list = ownOf(object, 'value');
  const isNotification =
    Array.isArray(list) && list.some((item) => textOf(objectOf(item)?.subscriptionId) !== undefined);
  if (!isNotification) return undefined;
  return ['SBX_DYNAMICS365_GRAPH', 'a notification of Microsoft Graph, not of Dataverse: connector graph reads it'];
}

function xmlRefusal(text: string): readonly [code: string, what: string] {
  if (/<(\w+:)?Edmx\b/.test(text)) {
    return ['SBX_DYNAMICS365_METADATA', 'a $metadata document, not a context or a row'];
  }
  const isXmlContext = text.includes('RemoteExecutionContext');
  const what = isXmlContext
    ? 'a RemoteExecutionContext as XML: set the endpoint’s message format to JSON'
    : 'XML, not JSON';
  return ['SBX_DYNAMICS365_XML', what];
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
  return value === null ? 'null' : `a ${typeof value}`;
}

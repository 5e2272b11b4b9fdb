import { Unmappable } from '../contract';
import { carriedBy, deepestEnvelope } from '../kit/envelope';
import { isHttpCapture, jsonIn, partsOfCapture } from '../kit/http-capture';
import { objectOf, ownOf, textOf } from '../kit/json';
import { readEach } from '../kit/read-each';
import type { Fields, GraphNative, NativeType } from './native';
import { pathOf, typeIn } from './paths';

const collections: Readonly<Record<NativeType, string>> = {
  message: 'messages',
  event: 'events',
  todoTask: 'tasks',
  plannerTask: 'planner/tasks',
};

/**
 * Native payloads as people have them in files: posts of change notifications, single notifications, resources and collections
 * as Graph answers them; bare, in arrays, in the events of Event Grid, in captured HTTP messages. Of several, one that cannot
 * be read becomes an UnreadableNative; a single one throws Unmappable, naming what it is.
 */
export function readNatives(payload: unknown): readonly GraphNative[] {
  const items = itemsIn(payload, { depth: 0 });
  if (items.length === 0) throw unmappable('SBX_GRAPH_PAYLOAD', 'an empty list: no notification and no resource');
  return readEach(items, (unreadable) => unreadable);
}

/** Whether a payload is Graph's and nobody else's: a notification of a subscription, or something with a type of Graph. */
export function isOfGraph(payload: unknown): boolean {
  if (Array.isArray(payload)) return payload.length > 0 && payload.every(isOfGraph);
  const object = objectOf(payload);
  if (object === undefined) return false;
  const list = ownOf(object, 'value');
  const isGraphs = (item: unknown): boolean => isNotification(objectOf(item)) || hasGraphType(item);
  return Array.isArray(list)
    ? list.some(isGraphs) || isGraphContext(object)
    : isGraphs(object) || isGraphContext(object);
}

/** One native, or why it is none. */
type Item = () => GraphNative;

/** What stands around a payload. */
interface Place {
  readonly depth: number;
  /** `@odata.context` of the collection. */
  readonly context?: string | undefined;
  /** When it came, or was read: RFC 3339. */
  readonly at?: string | undefined;
}

function itemsIn(payload: unknown, place: Place): readonly Item[] {
  const inner = { ...place, depth: place.depth + 1 };
  if (place.depth > deepestEnvelope) return [none];
  if (typeof payload === 'string') return itemsInText(payload, inner);
  if (Array.isArray(payload)) return payload.flatMap((item: unknown) => itemsIn(item, inner));
  const object = objectOf(payload);
  return object === undefined ? [none] : itemsInObject(object, place);
}

function itemsInObject(object: Fields, place: Place): readonly Item[] {
  const context = textOf(ownOf(object, '@odata.context')) ?? place.context;
  const list = ownOf(object, 'value');
  if (Array.isArray(list)) return list.map((item: unknown) => () => nativeOf(objectOf(item), { ...place, context }));
  const carried = isEnvelope(object) ? carriedBy(object) : undefined;
  if (carried !== undefined)
    return itemsIn(carried, { ...place, depth: place.depth + 1, at: timeIn(object) ?? place.at });
  return [() => nativeOf(object, { ...place, context })];
}

/** What has an id is a resource, unless it is an event or an answer in a batch; the members of any may be objects. */
function isEnvelope(object: Fields): boolean {
  const isAnswer = typeof ownOf(object, 'status') === 'number' && objectOf(ownOf(object, 'body')) !== undefined;
  return !isNotification(object) && (isEvent(object) || isAnswer || textOf(ownOf(object, 'id')) === undefined);
}

/** A CloudEvent, or an event in the schema of Event Grid, with a notification in it. */
function isEvent(object: Fields): boolean {
  return ['specversion', 'eventType'].some((name) => textOf(ownOf(object, name)) !== undefined);
}

/** When it was sent, or came into the hub that holds it. */
const times = ['time', 'eventTime', 'enqueuedTimeUtc', 'EnqueuedTimeUtc', 'EventEnqueuedUtcTime', 'enqueuedTime'];

function timeIn(object: Fields): string | undefined {
  return times.map((name) => textOf(ownOf(object, name))).find((time) => time !== undefined);
}

function itemsInText(text: string, place: Place): readonly Item[] {
  const json = jsonIn(text.trim());
  if (json !== undefined) return itemsIn(json, place);
  if (!isHttpCapture(text)) return [none];
  const items = partsOfCapture(text).flatMap(({ headers, body }) => {
    const date = Date.parse(headers.date ?? '');
    return itemsIn(body, { ...place, at: Number.isNaN(date) ? place.at : new Date(date).toISOString() });
  });
  if (items.length > 0) return items;
  const what = text.includes('validationToken=')
    ? 'the validation of a subscription, which a running connection answers: it tells of no change'
    : 'an HTTP message without a body';
  return [
    () => {
      throw unmappable('SBX_GRAPH_PAYLOAD', what);
    },
  ];
}

function none(): never {
  throw unmappable('SBX_GRAPH_PAYLOAD', 'neither a notification nor a resource of Microsoft Graph');
}

function nativeOf(object: Fields | undefined, { context, at }: Place): GraphNative {
  if (object === undefined) return none();
  if (isNotification(object)) return notificationOf(object, at);
  const nativeType = typeOf(object, context);
  const id = textOf(ownOf(object, 'id'));
  if (nativeType === undefined || id === undefined) throw refusalOf(object);
  return {
    kind: 'resource',
    nativeType,
    // An id of Exchange may have a slash in it, which would be a step of the path.
    path: `${placeOf(nativeType, context)}/${id.replaceAll('/', '%2F')}`,
    resource: object,
    ...(objectOf(ownOf(object, '@removed')) === undefined ? {} : { isDeleted: true }),
    ...(at === undefined ? {} : { readAt: at }),
  };
}

/** What an object that is no resource of ours is. */
function refusalOf(object: Fields): Unmappable {
  const error = objectOf(ownOf(object, 'error'));
  if (error !== undefined) {
    const code = textOf(error.code) ?? 'no code';
    return unmappable('SBX_GRAPH_PAYLOAD', `an error answer of Graph (${code}), neither a notification nor a resource`);
  }
  const type = /^#microsoft\.graph\.(\w+)$/i.exec(textOf(ownOf(object, '@odata.type')) ?? '')?.[1];
  if (type !== undefined && textOf(ownOf(object, 'id')) !== undefined) {
    return unmappable('SBX_GRAPH_RESOURCE', `a ${type}: only mail, calendar events, To Do and Planner tasks are told`);
  }
  return unmappable(
    'SBX_GRAPH_PAYLOAD',
    'an object without id and type, neither a notification nor a resource: keep "@odata.context", or "@odata.type", and "id"',
  );
}

/** A task of a plan has its path from Planner. */
function placeOf(nativeType: NativeType, context: string | undefined): string {
  return (nativeType === 'plannerTask' ? undefined : collectionIn(context)) ?? collections[nativeType];
}

function isNotification(object: Fields | undefined): boolean {
  if (object === undefined) return false;
  const isAbout = ['changeType', 'lifecycleEvent'].some((name) => textOf(ownOf(object, name)) !== undefined);
  return isAbout && ['subscriptionId', 'resource'].some((name) => textOf(ownOf(object, name)) !== undefined);
}

/** Without its encrypted content, which only a running connection has the key of: what else it tells is told. */
function notificationOf(object: Fields, at: string | undefined): GraphNative {
  const told = Object.entries(object).filter(([name]) => name !== 'encryptedContent');
  return {
    kind: 'notification',
    notification: Object.fromEntries(told),
    ...(at === undefined ? {} : { receivedAt: at }),
  };
}

function typeOf(object: Fields, context: string | undefined): NativeType | undefined {
  const type = /^#microsoft\.graph\.(\w+)$/i.exec(textOf(ownOf(object, '@odata.type')) ?? '')?.[1]?.toLowerCase();
  const named = (Object.keys(collections) as NativeType[]).find((name) => name.toLowerCase() === type);
  const collection = collectionIn(context);
  return named ?? (collection === undefined ? undefined : typeIn(collection));
}

/** `https://graph.microsoft.com/v1.0/$metadata#users('x')/messages/$entity` -> `users/x/messages` */
function collectionIn(context: string | undefined): string | undefined {
  const [, fragment] = /#([^#]+)$/.exec(context ?? '') ?? [];
  if (fragment === undefined) return undefined;
  // A delta query says what it tells, not of which mailbox.
  const ofType = /^Collection\((?:microsoft\.graph\.)?(\w+)\)$/i.exec(fragment)?.[1]?.toLowerCase();
  const [, collection] = Object.entries(collections).find(([type]) => type.toLowerCase() === ofType) ?? [];
  if (collection !== undefined) return collection;
  const path = pathOf(
    decoded(fragment)
      .replace(/\([^')]*\)/g, '')
      .replace(/\/\$\w+$/, ''),
  );
  return typeIn(path) === undefined ? undefined : path;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hasGraphType(value: unknown): boolean {
  const object = objectOf(value);
  if (object === undefined) return false;
  const isGraphs = (one: unknown): boolean => /^#microsoft\.graph\./i.test(textOf(one) ?? '');
  return Object.entries(object).some(([name, inner]) =>
    name === '@odata.type' ? isGraphs(inner) : isGraphs(objectOf(inner)?.['@odata.type']),
  );
}

function isGraphContext(object: Fields): boolean {
  return /^https:\/\/graph\.microsoft\./.test(textOf(ownOf(object, '@odata.context')) ?? '');
}

function unmappable(code: string, what: string): Unmappable {
  return new Unmappable(code, `cannot normalise: this is ${what}`);
}

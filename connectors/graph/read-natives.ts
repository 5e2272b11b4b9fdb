import { Unmappable } from '../contract';
import { objectOf, ownOf, textOf } from '../kit/json';
import type { Fields, GraphNative, NativeType } from './native';
import { pathOf, typeIn } from './paths';

const collections: Readonly<Record<NativeType, string>> = { message: 'messages', event: 'events', todoTask: 'tasks' };

/**
 * Native payloads as people have them in files: posts of change notifications, single notifications, resources and collections
 * as Graph answers them, bare or in arrays. Of several, one that cannot be read becomes an UnreadableNative; a single one throws
 * Unmappable, naming what it is.
 */
export function readNatives(payload: unknown): readonly GraphNative[] {
  const items = itemsIn(payload, undefined);
  if (items.length === 0) throw unmappable('SBX_GRAPH_PAYLOAD', 'an empty list: no notification and no resource');
  const [only, another] = items;
  if (only !== undefined && another === undefined) return [only()];
  return items.map((item) => {
    try {
      return item();
    } catch (error) {
      if (!(error instanceof Unmappable)) throw error;
      return { kind: 'unreadable', code: error.code, message: error.message };
    }
  });
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

function itemsIn(payload: unknown, context: string | undefined): readonly Item[] {
  if (Array.isArray(payload))
    return payload.flatMap((item: unknown) => (Array.isArray(item) ? [none] : itemsIn(item, context)));
  const object = objectOf(payload);
  if (object === undefined) return [none];
  const own = textOf(ownOf(object, '@odata.context')) ?? context;
  const list = ownOf(object, 'value');
  if (Array.isArray(list)) return list.map((item: unknown) => () => nativeOf(objectOf(item), own));
  return [() => nativeOf(object, own)];
}

function none(): never {
  throw unmappable('SBX_GRAPH_PAYLOAD', 'neither a notification nor a resource of Microsoft Graph');
}

function nativeOf(object: Fields | undefined, context: string | undefined): GraphNative {
  if (object === undefined) return none();
  if (isNotification(object)) return notificationOf(object);
  const nativeType = typeOf(object, context);
  const id = textOf(ownOf(object, 'id'));
  if (nativeType === undefined || id === undefined) {
    throw unmappable(
      'SBX_GRAPH_PAYLOAD',
      'an object without id and type, neither a notification nor a resource: keep "@odata.context", or "@odata.type", and "id"',
    );
  }
  const collection = collectionIn(context) ?? collections[nativeType];
  return {
    kind: 'resource',
    nativeType,
    path: `${collection}/${id}`,
    resource: object,
    ...(objectOf(ownOf(object, '@removed')) === undefined ? {} : { isDeleted: true }),
  };
}

function isNotification(object: Fields | undefined): boolean {
  if (object === undefined) return false;
  const isAbout = ['changeType', 'lifecycleEvent'].some((name) => textOf(ownOf(object, name)) !== undefined);
  return isAbout && ['subscriptionId', 'resource'].some((name) => textOf(ownOf(object, name)) !== undefined);
}

/** Without its encrypted content, which only a running connection has the key of: what else it tells is told. */
function notificationOf(object: Fields): GraphNative {
  const told = Object.entries(object).filter(([name]) => name !== 'encryptedContent');
  return { kind: 'notification', notification: Object.fromEntries(told) };
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

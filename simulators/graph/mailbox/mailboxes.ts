import { randomUUID } from 'node:crypto';
import { badRequest, notFound } from '../refusal';
import { type Folder, Folders } from './folders';
import {
  changeKeyOf,
  collectionNames,
  defaultsOf,
  type Item,
  type ItemType,
  newId,
  strangerIn,
  type Values,
} from './item';

/** A user with a mailbox. */
export interface User {
  readonly id: string;
  readonly userPrincipalName: string;
  /** Id of the default To Do list. */
  readonly list: string;
  readonly folders: Folders;
}

export type ChangeType = 'created' | 'updated' | 'deleted';

/** Called after each change, in order. */
export type Listener = (change: ChangeType, item: Item) => void;

/** A collection that a request names. */
export interface Place {
  readonly user: User;
  readonly type: ItemType;
  /** As items hold it. */
  readonly collection: string;
  /** Id of the mail folder that the request is about. */
  readonly folder?: string;
}

/** All mailboxes of the directory. */
export class Mailboxes {
  readonly users: User[] = [];
  readonly #items = new Map<string, Item>();
  readonly #listeners: Listener[] = [];
  #version = 0;
  #lastTick = 0n;

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** The user of that principal name, made where there is none. */
  user(userPrincipalName: string): User {
    const known = this.users.find((user) => user.userPrincipalName === userPrincipalName);
    if (known !== undefined) return known;
    const user = { id: randomUUID(), userPrincipalName, list: newId(), folders: new Folders() };
    this.users.push(user);
    return user;
  }

  /** The collection at `users/<id or name>/…`. @throws Refusal for a user or collection that there is not */
  place(path: string): Place {
    const { user, rest: collection } = this.owner(path);
    const named = /^mailFolders\/([^/]+)\/messages$/i.exec(collection)?.[1];
    const of = (type: ItemType, tail: string): Place => ({ user, type, collection: `users/${user.id}/${tail}` });
    if (named !== undefined) return { ...of('message', 'messages'), folder: this.folder(user, named).id };
    if (/^messages$/i.test(collection)) return of('message', 'messages');
    if (/^events$/i.test(collection)) return of('event', 'events');
    if (collection === `todo/lists/${user.list}/tasks`) return of('todoTask', collection);
    throw notFound(path);
  }

  /** Whose a path is, and what follows. @throws Refusal for a user that there is not */
  owner(path: string): { readonly user: User; readonly rest: string } {
    const [root = '', name = '', ...rest] = path.split('/');
    const user = this.users.find(({ id, userPrincipalName }) => id === name || userPrincipalName === name);
    if (root.toLowerCase() !== 'users' || user === undefined) throw notFound(path);
    return { user, rest: rest.join('/') };
  }

  /** @throws Refusal for a folder that there is not */
  folder({ folders }: User, idOrName: string): Folder {
    const folder = folders.find(idOrName);
    if (folder === undefined) throw notFound(idOrName);
    return folder;
  }

  /** Items of a collection, the oldest change first. */
  in(place: Place): readonly Item[] {
    return this.changedIn(place, 0).filter((item) => isIn(place, item));
  }

  /** The same whatever their folder, with deleted ones, after a version. */
  changedIn({ collection }: Place, since: number): readonly Item[] {
    return [...this.#items.values()]
      .filter((item) => item.collection === collection && item.version > since)
      .sort((one, other) => one.version - other.version);
  }

  /** @throws Refusal where there is none */
  find(place: Place, id: string): Item {
    const item = this.#items.get(id);
    if (item === undefined || item.isDeleted || item.collection !== place.collection) throw notFound(id);
    return item;
  }

  /** @throws Refusal for members that the type does not have */
  create(place: Place, given: Values): Item {
    const { type, collection, folder = this.folder(place.user, 'inbox').id } = place;
    const { values, properties } = parts(type, given);
    const now = this.#tick(type);
    const sent = type === 'message' ? { receivedDateTime: now, sentDateTime: now, conversationId: newId() } : {};
    const item: Item = {
      id: newId(),
      type,
      collection,
      ...(type === 'message' ? { folder } : {}),
      version: ++this.#version,
      values: { ...defaultsOf(type), ...sent, ...values, createdDateTime: now, lastModifiedDateTime: now },
      properties,
      isDeleted: false,
    };
    this.#items.set(item.id, item);
    this.#tell('created', item);
    return item;
  }

  /** @throws Refusal for members that the type does not have */
  update(item: Item, given: Values): void {
    const { values, properties } = parts(item.type, given);
    const now = this.#tick(item.type);
    const isDone = values.status === 'completed' && item.values.status !== 'completed';
    const completed = isDone ? { completedDateTime: { dateTime: now.replace(/Z$/, ''), timeZone: 'UTC' } } : {};
    item.values = { ...item.values, ...completed, ...values, lastModifiedDateTime: now };
    item.properties = { ...item.properties, ...properties };
    item.version = ++this.#version;
    this.#tell('updated', item);
  }

  remove(item: Item): void {
    item.isDeleted = true;
    item.version = ++this.#version;
    this.#tell('deleted', item);
  }

  /** Moves a message to another folder: it keeps its id. Of a folder's subscribers those of the old one hear that it is gone. */
  move(item: Item, { id }: Folder): void {
    const from = item.folder;
    item.values = { ...item.values, lastModifiedDateTime: this.#tick(item.type) };
    item.version = ++this.#version;
    this.#tell('deleted', { ...item });
    item.folder = id;
    if (from !== id) this.#tell('created', item);
  }

  /** A folder with all that is in it, for good. */
  removeFolder(user: User, folder: Folder): void {
    for (const item of this.#items.values()) {
      if (item.folder === folder.id && !item.isDeleted) this.remove(item);
    }
    user.folders.remove(folder);
  }

  #tell(change: ChangeType, item: Item): void {
    for (const listener of this.#listeners) listener(change, item);
  }

  /** Now, as the service writes it: whole seconds in Exchange, 100 ns in To Do, where no two are the same. */
  #tick(type: ItemType): string {
    const now = new Date().toISOString();
    if (type !== 'todoTask') return `${now.slice(0, 19)}Z`;
    const tick = BigInt(Date.now()) * 10_000n;
    this.#lastTick = tick > this.#lastTick ? tick : this.#lastTick + 1n;
    const ms = Number(this.#lastTick / 10_000n);
    const fine = String(this.#lastTick % 10_000n).padStart(4, '0');
    return `${new Date(ms).toISOString().slice(0, 23)}${fine}Z`;
  }
}

/** Whether a place holds an item now. */
export function isIn({ folder }: Place, item: Item): boolean {
  return !item.isDeleted && (folder === undefined || item.folder === folder);
}

function parts(type: ItemType, given: Values): { values: Values; properties: Readonly<Record<string, string>> } {
  const { singleValueExtendedProperties: list, ...values } = given;
  const stranger = strangerIn(type, values);
  if (stranger !== undefined) {
    throw badRequest(`The property '${stranger}' does not exist on type 'microsoft.graph.${type}'.`);
  }
  if (list === undefined) return { values, properties: {} };
  if (!Array.isArray(list) || type === 'todoTask')
    throw badRequest('singleValueExtendedProperties cannot be written here.');
  const properties = (list as { id: string; value: string }[]).map(({ id, value }) => [id, value] as const);
  return { values, properties: Object.fromEntries(properties) };
}

/** An item as Graph writes it; extended properties on request only. */
export function render(item: Item, property?: string): Values {
  const changeKey = changeKeyOf(item.version);
  const value = property === undefined ? undefined : item.properties[property];
  const { linkedResources, ...values } = item.values;
  return {
    '@odata.etag': `W/"${changeKey}"`,
    id: item.id,
    ...(item.type === 'todoTask' ? {} : { changeKey, bodyPreview: previewOf(item.values.body) }),
    ...values,
    ...(item.type === 'todoTask' ? { linkedResources } : {}),
    ...(item.type === 'message' ? { parentFolderId: item.folder } : {}),
    ...(property === undefined || value === undefined
      ? {}
      : { singleValueExtendedProperties: [{ id: property, value }] }),
  };
}

/** The first 255 characters of a body's text. */
function previewOf(body: unknown): string {
  const { content } = body as { readonly content?: unknown };
  return typeof content === 'string' ? content.replace(/<[^>]*>/g, '').slice(0, 255) : '';
}

/** Where an item is, as notifications say it. */
export function resourceOf({ collection, id, type }: Item): string {
  if (type === 'todoTask') return `${collection}/${id}`;
  const user = collection.split('/')[1] ?? '';
  return `Users/${user}/${collectionNames[type].replace(/^./, (first) => first.toUpperCase())}/${id}`;
}

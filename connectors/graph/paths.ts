import type { NativeType } from './native';

/** The collections that are told, and what is in them. */
const types: Readonly<Record<string, NativeType>> = { messages: 'message', events: 'event', tasks: 'todoTask' };

/** Graph writes the names of collections in any case. */
const collections = new Map(
  ['users', 'messages', 'events', 'mailFolders', 'calendars', 'todo', 'lists', 'tasks'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/**
 * A resource's path in one form: `Users('x')/Messages('y')`, `/users/x/messages/y?$select=subject` and
 * `users/x/messages/y` are one. Ids stay as they are: they count by case.
 */
export function pathOf(resource: string): string {
  const [path = ''] = resource.split('?');
  const segments = path.replace(/\('([^']*)'\)/g, '/$1').split('/');
  return segments
    .filter((segment) => segment !== '')
    .map((segment, index) => (index === 1 ? undefined : collections.get(segment.toLowerCase())) ?? segment)
    .join('/');
}

/** What a collection holds, or what the resource at a path is; undefined for what is not told. */
export function typeIn(path: string): NativeType | undefined {
  const [, name = ''] = /(?:^|\/)(messages|events|tasks)(?:\/[^/]+)?$/.exec(path) ?? [];
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

/** The same for the path of one resource. */
export function typeOf(path: string): NativeType | undefined {
  return /(?:^|\/)(?:messages|events|tasks)\/[^/]+$/.test(path) ? typeIn(path) : undefined;
}

/** A path as it stands in a URL. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

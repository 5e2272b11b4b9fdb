import type { NativeType } from './native';

/** The collections that are told, and what is in them. */
const types: Readonly<Record<string, NativeType>> = { messages: 'message', events: 'event', tasks: 'todoTask' };

/** Graph writes the names of collections in any case. A calendar view tells events of the calendar. */
const collections = new Map([
  ...[
    ...['users', 'groups', 'messages', 'events', 'mailFolders', 'childFolders', 'calendar', 'calendars'],
    ...['calendarGroups', 'todo', 'lists', 'tasks'],
  ].map((name) => [name.toLowerCase(), name] as const),
  ['calendarview', 'events'],
]);

/**
 * A resource's path in one form: `Users('x')/Messages('y')`, `/users/x/messages/y?$select=subject` and
 * `users/x/messages/y` are one. Ids stay as they are: they count by case.
 */
export function pathOf(resource: string): string {
  const [path = ''] = resource.split('?');
  const segments = path
    .replace(/^https:\/\/graph\.[^/]+\/(?:v1\.0|beta)\//, '')
    .replace(/\('([^']*)'\)/g, '/$1')
    .split('/')
    .filter((segment) => segment !== '');
  // Behind `users` stands an id; `me` has none.
  const idAt = segments[0]?.toLowerCase() === 'me' ? -1 : 1;
  return segments
    .map((segment, index) => (index === idAt ? undefined : collections.get(segment.toLowerCase())) ?? segment)
    .join('/');
}

/**
 * Where mail, calendars and To Do lie: in a mailbox, a folder, a calendar, a list. Other things are called messages, events and
 * tasks too: those of chats and channels, of virtual events, of Planner.
 */
const told = new RegExp(
  [
    '^(?:me/|(?:users|groups)/[^/]+/)?',
    '(?:(?:mailFolders/[^/]+/(?:childFolders/[^/]+/)*)?(messages)',
    '|(?:calendar/|(?:calendarGroups/[^/]+/)?calendars/[^/]+/)?(events)',
    '|(?:todo/lists/[^/]+/)?(tasks))(/[^/]+)?$',
  ].join(''),
);

/** Planner's tasks lie in plans, and each has a path of its own. */
const planner = /^planner\/(?:plans\/([^/]+)\/tasks|tasks(\/[^/]+)?)$/;

/** The plan whose tasks a stream is; undefined for any other stream. Graph tells no changes of it: it is asked now and then. */
export function planIn(stream: string): string | undefined {
  return planner.exec(stream)?.[1];
}

/** What a collection holds, or what the resource at a path is; undefined for what is not told. */
export function typeIn(path: string): NativeType | undefined {
  if (planner.test(path)) return 'plannerTask';
  const [, messages, events, tasks] = told.exec(path) ?? [];
  const name = messages ?? events ?? tasks ?? '';
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

/** The same for the path of one resource. */
export function typeOf(path: string): NativeType | undefined {
  const id = told.exec(path)?.[4] ?? planner.exec(path)?.[2];
  return id === undefined ? undefined : typeIn(path);
}

/** The user whose mail a stream is of all folders: `users/<id>`; undefined for any other stream. */
export function mailboxIn(stream: string): string | undefined {
  return /^(users\/[^/]+)\/messages$/.exec(stream)?.[1];
}

/** The mail folder that a stream is, `users/<id>/mailFolders/<id>`; undefined for any other stream. */
export function folderIn(stream: string): string | undefined {
  return /^(users\/[^/]+\/mailFolders\/[^/]+)\/messages$/.exec(stream)?.[1];
}

/** A path as it stands in a URL. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

import { randomBytes } from 'node:crypto';

/** What the simulator keeps in mailboxes. */
export type ItemType = 'message' | 'event' | 'todoTask';
export type Values = Readonly<Record<string, unknown>>;

/** One message, event or task. */
export interface Item {
  readonly id: string;
  readonly type: ItemType;
  /** Its collection in the mailbox: `users/<id>/messages`, `users/<id>/todo/lists/<id>/tasks`. */
  readonly collection: string;
  /** Id of the mail folder of a message. */
  folder?: string;
  /** Counts every change of the directory. */
  version: number;
  values: Values;
  /** Extended properties by their id. */
  properties: Readonly<Record<string, string>>;
  isDeleted: boolean;
}

export const collectionNames: Readonly<Record<ItemType, string>> = {
  message: 'messages',
  event: 'events',
  todoTask: 'tasks',
};

/** Ids are opaque and long, and count by case. */
export const newId = (): string => `AAMkAD${randomBytes(40).toString('base64url')}=`;

/** What a version is called: the mailbox's replica and its count. */
export const changeKeyOf = (version: number): string => {
  const count = Buffer.alloc(6);
  count.writeUIntBE(version, 0, 6);
  return `CQAAABYAAAC${count.toString('base64url')}`;
};

/** Members that people and programs write, with what they are where nobody wrote them. */
const writable: Readonly<Record<ItemType, Values>> = {
  message: {
    subject: '',
    body: { contentType: 'html', content: '' },
    from: null,
    toRecipients: [],
    ccRecipients: [],
    bccRecipients: [],
    importance: 'normal',
    categories: [],
    isRead: false,
    isDraft: false,
    flag: { flagStatus: 'notFlagged' },
    receivedDateTime: null,
    sentDateTime: null,
    conversationId: null,
  },
  event: {
    subject: '',
    body: { contentType: 'html', content: '' },
    start: null,
    end: null,
    organizer: null,
    attendees: [],
    location: { displayName: '' },
    importance: 'normal',
    categories: [],
    isCancelled: false,
    isAllDay: false,
    showAs: 'busy',
    sensitivity: 'normal',
    seriesMasterId: null,
    responseStatus: { response: 'none' },
  },
  todoTask: {
    title: '',
    body: { contentType: 'text', content: '' },
    status: 'notStarted',
    importance: 'normal',
    dueDateTime: null,
    reminderDateTime: null,
    completedDateTime: null,
    categories: [],
    linkedResources: [],
  },
};

/** All members of a new item. */
export const defaultsOf = (type: ItemType): Values => writable[type];

/** The first member that is not one of the type's; undefined where all are. */
export const strangerIn = (type: ItemType, values: Values): string | undefined =>
  Object.keys(values).find((name) => !name.includes('@') && !Object.hasOwn(writable[type], name));

import type { EntityName } from '../../../canonical-schema/entity';
import { objectOf, textOf } from '../../kit/json';
import { applicationName, type Fields, type NativeType } from '../native';
import { bodyText, instantOf, secondsOf, zonedDay, zonedInstant } from './text';

/** Makes a canonical value; undefined where the native one is none: it then stays native. */
type Make = (value: unknown, resource: Fields) => unknown;

/** Where a native member goes. */
export interface Place {
  readonly field: string;
  readonly make: Make;
}

interface Resource {
  readonly entity: EntityName;
  readonly constants: Fields;
  /** By native member. */
  readonly members: Readonly<Record<string, readonly Place[]>>;
}

const to = (field: string, make: Make): readonly Place[] => [{ field, make }];

/** Graph's `{name, address}` in a recipient, an attendee, an organizer. */
function participantOf(role: string, value: unknown): Fields | undefined {
  const email = objectOf(objectOf(value)?.emailAddress);
  const name = textOf(email?.name);
  const address = textOf(email?.address);
  if (name === undefined && address === undefined) return undefined;
  return { role, ...(name === undefined ? {} : { name }), ...(address === undefined ? {} : { address }) };
}

const participants = (role: string): readonly Place[] =>
  to('participants', (value) => {
    const all = (Array.isArray(value) ? value : [value]).map((one: unknown) => participantOf(role, one));
    const known = all.filter((one) => one !== undefined);
    return known.length === 0 ? undefined : known;
  });

const dates = { createdDateTime: to('createdAt', instantOf), lastModifiedDateTime: to('modifiedAt', instantOf) };

/** Seconds from start to end. */
function durationOf(end: unknown, { start }: Fields): number | undefined {
  const [from, until] = [secondsOf(start), secondsOf(end)];
  return from === undefined || until === undefined || until < from ? undefined : until - from;
}

/** The key of the action that made the task. */
function keyOf(linked: unknown): string | undefined {
  const own = (Array.isArray(linked) ? linked : [])
    .map(objectOf)
    .find((one) => one?.applicationName === applicationName);
  return textOf(own?.externalId);
}

/** Planner counts a task's progress in percent, and shows it as one of three. */
function progressOf(percent: unknown): string | undefined {
  if (typeof percent !== 'number') return undefined;
  return percent === 100 ? 'completed' : percent > 0 ? 'inProgress' : 'notStarted';
}

/** From 0, urgent, to 10. */
function importanceOf(priority: unknown): string | undefined {
  if (typeof priority !== 'number') return undefined;
  return priority < 5 ? 'high' : priority < 8 ? 'normal' : 'low';
}

/** How Graph's resources become entities. */
export const resources: Readonly<Record<NativeType, Resource>> = {
  message: {
    entity: 'interaction',
    constants: { channel: 'email' },
    members: {
      ...dates,
      subject: to('subject', textOf),
      body: to('body', bodyText),
      receivedDateTime: to('at', (value, { sentDateTime }) => instantOf(sentDateTime) ?? instantOf(value)),
      sentDateTime: to('at', instantOf),
      conversationId: to('threadId', textOf),
      from: participants('from'),
      toRecipients: participants('to'),
      ccRecipients: participants('cc'),
      bccRecipients: participants('bcc'),
    },
  },
  event: {
    entity: 'interaction',
    constants: { channel: 'meeting' },
    members: {
      ...dates,
      subject: to('subject', textOf),
      body: to('body', bodyText),
      start: to('at', zonedInstant),
      end: [...to('endedAt', zonedInstant), ...to('duration', durationOf)],
      seriesMasterId: to('threadId', textOf),
      organizer: participants('organizer'),
      attendees: participants('attendee'),
      isCancelled: to('status', (value) => (value === true ? 'cancelled' : undefined)),
    },
  },
  todoTask: {
    entity: 'task',
    constants: {},
    members: {
      ...dates,
      title: to('subject', textOf),
      body: to('description', bodyText),
      status: [
        ...to('status', textOf),
        ...to('isClosed', (value) => (typeof value === 'string' ? value === 'completed' : undefined)),
      ],
      importance: to('priority', textOf),
      dueDateTime: to('due', zonedDay),
      reminderDateTime: to('reminderAt', zonedInstant),
      completedDateTime: to('completedAt', zonedInstant),
      linkedResources: to('key', keyOf),
    },
  },
  plannerTask: {
    entity: 'task',
    constants: {},
    members: {
      createdDateTime: dates.createdDateTime,
      title: to('subject', textOf),
      percentComplete: [
        ...to('status', progressOf),
        ...to('isClosed', (value) => (typeof value === 'number' ? value === 100 : undefined)),
      ],
      priority: to('priority', importanceOf),
      dueDateTime: to('due', (value) => instantOf(value)?.slice(0, 10)),
      completedDateTime: to('completedAt', instantOf),
    },
  },
};

/** What stays beside the canonical fields of a resource although they were made of it: they say more than the field. */
export const keptNative: ReadonlySet<string> = new Set(['linkedResources', 'attendees']);

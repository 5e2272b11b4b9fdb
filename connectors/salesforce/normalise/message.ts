import { objectOf, ownOf, textOf } from '../../kit/json';
import type { Fields, JsonNative, PubSubNative, RecordNative } from '../native';
import { instantOf } from './dates';
import { flatten } from './flatten';
import { refuse } from '../../kit/canonical-event';
import { contentOf, sequenceOfTime, type Told } from './told';
import { fullId } from './values';

/** What all natives without a ChangeEventHeader have in common. */
const plain = { gap: false, origin: 'external', changed: [], nulled: [], diff: [], provenance: 'event' } as const;

/** A platform event of the Pub/Sub API. */
export function messageOfPubSub(native: PubSubNative): Told {
  const { fields, dateTypes } = native;
  return messageOf({ name: textOf(native.schemaName), eventId: textOf(native.eventId), body: fields, dateTypes });
}

/** A platform event or a generic streaming event as JSON. */
export function messageOfJson(native: JsonNative): Told {
  const name = textOf(native.channel)?.split('/').pop();
  const { payload, createdDate: sentAt } = native;
  const body = typeof payload === 'string' ? { Payload: payload, CreatedDate: sentAt } : payload;
  return messageOf({ name, eventId: textOf(native.eventId), body, dateTypes: {}, sentAt });
}

interface Message {
  readonly name: string | undefined;
  readonly eventId: string | undefined;
  readonly body: unknown;
  readonly dateTypes: PubSubNative['dateTypes'];
  /** What the envelope says of it. */
  readonly sentAt?: string | undefined;
}

function messageOf({ name: told, eventId, body, dateTypes, sentAt }: Message): Told {
  const fields = objectOf(body);
  if (fields === undefined)
    throw refuse('SBX_SALESFORCE_PAYLOAD', 'an event whose payload is neither an object nor a text');
  const name = nameOf(told);
  const time = instantOf(fields.CreatedDate ?? sentAt);
  if (time === undefined) throw refuse('SBX_SALESFORCE_TIME', `event ${name} has no CreatedDate that is an instant`);
  const uuid = eventId ?? textOf(fields.EventUuid);
  const identity = uuid === undefined ? ['content', name, contentOf(fields)] : ['event', uuid];
  const by = textOf(fields.CreatedById);
  return {
    ...plain,
    nativeType: name,
    recordIds: uuid === undefined ? [] : [uuid],
    kind: 'published',
    identity,
    time,
    sequence: sequenceOfTime(time),
    ...(by === undefined ? {} : { by: fullId(by) }),
    fields: withoutNulls(flatten(fields, objectOf(dateTypes) === undefined ? {} : dateTypes, true)),
  };
}

function nameOf(name: string | undefined): string {
  if (name !== undefined && name !== '') return name;
  throw refuse(
    'SBX_SALESFORCE_EVENT_NAME',
    'a platform event without its channel: which event it is cannot be told. Give the message with its "channel"',
  );
}

/** A record read over the REST API: its state at its last change. */
export function observationOf(native: RecordNative): Told {
  const body = objectOf(native.fields) ?? {};
  const nativeType = textOf(native.nativeType);
  const id = textOf(ownOf(body, 'Id'));
  if (nativeType === undefined || id === undefined)
    throw refuse('SBX_SALESFORCE_RECORD', 'a record without its type or Id');
  const time = instantOf(body.SystemModstamp ?? body.LastModifiedDate ?? body.CreatedDate);
  if (time === undefined) {
    throw refuse(
      'SBX_SALESFORCE_TIME',
      `${nativeType} ${id} has none of SystemModstamp, LastModifiedDate, CreatedDate: query one of them too`,
    );
  }
  const isDeleted = body.IsDeleted === true;
  const fields = Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'Id'));
  return {
    ...plain,
    nativeType,
    recordIds: [fullId(id)],
    kind: isDeleted ? 'deleted' : 'observed',
    identity: ['record', nativeType, time, isDeleted ? 'deleted' : 'observed'],
    time,
    sequence: sequenceOfTime(time),
    fields: withoutNulls(flatten(fields, {}, true)),
    // A query of a few fields is a part of a record, and does not say so.
    provenance: 'event',
  };
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

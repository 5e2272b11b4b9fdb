import { Unmappable } from '../contract';
import { withoutUnions } from './avro-json';
import { objectOf, ownOf, textOf } from '../kit/json';
import type { Fields, OutboundNative } from './native';
import { standardTypeOf } from './native-types';

const changes: ReadonlySet<unknown> = new Set(['created', 'updated', 'deleted', 'undeleted']);

/**
 * A PushTopic's message: `{channel, data: {event: {type, createdDate, replayId}, sobject}}`, its `data` alone, or a record with
 * `_ObjectType` and `_EventType`, as Confluent's connector writes it. Undefined for what is none. Throws Unmappable where
 * nothing tells the record's object: the message has its id alone, and prefixes of custom objects differ from org to org.
 */
export function pushTopicMessage(object: Fields): OutboundNative | undefined {
  const data = objectOf(ownOf(object, 'data')) ?? object;
  const { _ObjectType: objectType, _EventType: eventType, ...flat } = data;
  const event = objectOf(ownOf(data, 'event')) ?? { type: eventType };
  const fields = told(objectOf(ownOf(data, 'sobject')) ?? flat);
  const id = textOf(ownOf(fields, 'Id'));
  if (!changes.has(event.type) || id === undefined) return undefined;
  const nativeType = textOf(objectType) ?? standardTypeOf(id);
  if (nativeType === undefined) {
    throw new Unmappable(
      'SBX_SALESFORCE_PUSH_TOPIC',
      `cannot normalise: this is a PushTopic message about a record of an object that neither it nor the id ${id} tells`,
    );
  }
  const sentAt = textOf(event.createdDate);
  return {
    kind: 'outbound',
    organizationId: '',
    notificationId: JSON.stringify([ownOf(object, 'channel'), event, sentAt === undefined ? fields : id]),
    nativeType,
    fields,
    change: event.type as OutboundNative['change'] & string,
    ...(sentAt === undefined ? {} : { receivedAt: sentAt }),
  };
}

/** Empty fields are not told apart from those that were emptied. */
function told(fields: Fields): Fields {
  const plain = objectOf(withoutUnions(fields)) ?? {};
  return Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null));
}

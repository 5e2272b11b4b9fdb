import { objectOf, textOf } from '../../kit/json';
import { refuse } from '../../kit/canonical-event';
import type { OutboundNative } from '../native';
import { instantOf } from './dates';
import { flatten } from './flatten';
import { sequenceOfTime, type Told } from './told';
import { fullId } from './values';

/**
 * A notification of an outbound message: that a record was made or changed, with some of its fields as text. What happened is not
 * said (a PushTopic's message says it), and a message that waited may tell a later state than the one that sent it, so the
 * record is to be read.
 */
export function changeOfOutbound(native: OutboundNative): Told {
  const body = objectOf(native.fields) ?? {};
  const [notificationId, nativeType, id] = [native.notificationId, native.nativeType, body.Id].map(textOf);
  if (notificationId === undefined || nativeType === undefined || id === undefined) {
    throw refuse('SBX_SALESFORCE_RECORD', 'a notification without its own Id, or the type or Id of its record');
  }
  const time = [body.SystemModstamp, body.LastModifiedDate, native.receivedAt].map(instantOf).find(isKnown);
  if (time === undefined) {
    throw refuse(
      'SBX_SALESFORCE_TIME',
      `the outbound message about ${nativeType} ${id} has neither SystemModstamp nor LastModifiedDate: add one of them to its fields, or capture the HTTP message with its Date`,
    );
  }
  const kind = native.change ?? 'updated';
  const by = textOf(body.LastModifiedById);
  const fields = Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'Id'));
  return {
    nativeType,
    recordIds: [fullId(id)],
    kind,
    gap: kind !== 'deleted',
    identity: ['outbound', notificationId],
    time,
    sequence: sequenceOfTime(time),
    ...(by === undefined ? {} : { by: fullId(by) }),
    origin: 'external',
    changed: [],
    nulled: [],
    diff: [],
    fields: flatten(fields, {}, false),
    provenance: kind === 'deleted' ? 'event' : 'missing',
  };
}

function isKnown(time: string | undefined): time is string {
  return time !== undefined;
}

import { objectOf, ownOf, textOf } from '../kit/json';
import type { JsonNative } from './native';
import { withoutUnions } from './avro-json';

type Json = Readonly<Record<string, unknown>>;

/**
 * An event that Event Relay or AppFlow handed to Amazon EventBridge: `detail` has the payload and the event's id, or is the
 * payload. A platform event is named by `detail-type`.
 */
export function relayedEvent(object: Json): JsonNative | undefined {
  const name = textOf(ownOf(object, 'detail-type'));
  const detail = objectOf(ownOf(object, 'detail'));
  if (name === undefined || detail === undefined || !isOfSalesforce(ownOf(object, 'source'))) return undefined;
  const payload = objectOf(ownOf(detail, 'payload'));
  const [id, time] = [textOf(ownOf(detail, 'id')), textOf(ownOf(object, 'time'))];
  const uuid = payload === undefined ? undefined : id;
  return {
    kind: 'json',
    channel: `/event/${name}`,
    ...(uuid === undefined ? {} : { eventId: uuid }),
    ...(time === undefined ? {} : { createdDate: time }),
    payload: withoutUnions(payload ?? detail),
  };
}

/** `aws.partner/salesforce.com/<org>/<channel>`, and of AppFlow `aws.partner/appflow/salesforce.com/<account>`. */
function isOfSalesforce(source: unknown): boolean {
  return typeof source === 'string' && /^aws\.partner\/.*salesforce/.test(source);
}

/** A message of the Bayeux protocol itself, as a captured answer of the Streaming API holds it beside the events. */
export function isProtocolMessage(object: Json): boolean {
  return /^\/meta\//.test(textOf(ownOf(object, 'channel')) ?? '');
}

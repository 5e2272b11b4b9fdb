import type { Decoded } from '../../kit/inbox-source';
import { textOf } from '../../kit/json';
import type { OutboundNative, SalesforceNative } from '../native';

/** A notification as the inbox keeps it. */
export function keepNotification(native: OutboundNative): Uint8Array {
  return Buffer.from(JSON.stringify(native));
}

/** What the inbox kept; the bytes of one that says of no record, with the reason. */
export function keptNotification(payload: Uint8Array): Decoded<SalesforceNative> {
  const native = JSON.parse(Buffer.from(payload).toString('utf8')) as OutboundNative;
  const { notificationId, nativeType, fields } = native;
  if (notificationId !== '' && nativeType !== '' && textOf(fields.Id) !== undefined) return { native };
  const message = 'a notification without its own Id, or the type or Id of its record';
  return { bytes: payload, code: 'SBX_SALESFORCE_RECORD', message };
}

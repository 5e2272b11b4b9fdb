import type { CanonicalEvent } from '../../../canonical-schema/event';
import { type NormaliseContext, Unmappable } from '../../contract';
import { canonicalEvent, refuse } from '../../kit/canonical-event';
import { objectOf, textOf } from '../../kit/json';
import type { GraphNative, NotificationNative, ResourceNative, UnreadableNative } from '../native';
import { mapRecord } from './map-record';
import { notificationTold, resourceTold, type Told } from './told';

/** The connector's name in event sources and partition keys. */
export const crm = 'graph';

/**
 * One notification or resource as one canonical event. Pure: the same native gives the same event. Rejects with Unmappable, and
 * nothing else, for what cannot be one.
 */
export async function normalise(native: GraphNative, context: NormaliseContext): Promise<readonly CanonicalEvent[]> {
  const told = tellingOf(native, context);
  const record = await mapRecord(told.nativeType, told.resource, context.mapping);
  const { identity, recordId, nativeType, time, sequence, origin, provenance } = told;
  // Graph tells that something changed, never what.
  const change = { kind: told.kind, fields: [], ...(told.gap ? { gap: true } : {}) };
  const fields = { ...record.fields, ...directionOf(told, record.fields) };
  const extensions = { dataclassification: classificationOf(told) };
  const parts = { crm, identity, recordId, nativeType, time, sequence, origin, extensions, change };
  return [canonicalEvent({ ...parts, record: { ...record, fields }, provenance: { record: provenance } }, context)];
}

function tellingOf(native: GraphNative, context: NormaliseContext): Told {
  switch (objectOf(native)?.kind as GraphNative['kind'] | undefined) {
    case 'unreadable': {
      const { code, message } = native as UnreadableNative;
      throw new Unmappable(code, message);
    }
    case 'resource':
      return resourceTold(native as ResourceNative, context);
    case 'notification':
      return notificationTold(native as NotificationNative, context);
    default:
      throw refuse('SBX_GRAPH_NATIVE', 'not a native of the Graph connector');
  }
}

/** What is said between people is theirs; what its sender calls private is nobody else's. */
function classificationOf({ nativeType, resource }: Told): 'internal' | 'confidential' | 'restricted' {
  if (nativeType === 'todoTask' || nativeType === 'plannerTask') return 'internal';
  const sensitivity = textOf(resource.sensitivity)?.toLowerCase() ?? 'normal';
  return sensitivity === 'normal' ? 'confidential' : 'restricted';
}

const directions: Readonly<Record<string, string>> = { inbox: 'inbound', sentitems: 'outbound' };

/** Known where the folder says it, or the mailbox is named by its address. */
function directionOf({ nativeType, recordId, resource }: Told, { channel }: Readonly<Record<string, unknown>>): object {
  if (nativeType !== 'message' || channel !== 'email') return {};
  const folder = /\/mailFolders\/([^/]+)\//.exec(recordId)?.[1]?.toLowerCase() ?? '';
  const direction = Object.hasOwn(directions, folder) ? directions[folder] : directionFrom(recordId, resource);
  return direction === undefined ? {} : { direction };
}

function directionFrom(recordId: string, { from }: Told['resource']): string | undefined {
  const user = recordId.split('/')[1]?.toLowerCase() ?? '';
  const address = textOf(objectOf(objectOf(from)?.emailAddress)?.address)?.toLowerCase();
  if (address === undefined || !user.includes('@')) return undefined;
  return address === user ? 'outbound' : 'inbound';
}

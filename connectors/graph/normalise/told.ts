import type { ChangeKind, Provenance } from '../../../canonical-schema/event';
import { sequenceOf } from '../../../canonical-schema/identity';
import { type NormaliseContext } from '../../contract';
import { refuse } from '../../kit/canonical-event';
import { objectOf, ownOf, textOf } from '../../kit/json';
import type { Fields, NativeType, NotificationNative, ResourceNative } from '../native';
import { pathOf, typeIn, typeOf } from '../paths';
import { instantOf } from './text';
import { isOwnWrite } from './write-mark';

/** What a native tells about one record, in one form for notifications and resources. */
export interface Told {
  readonly nativeType: NativeType;
  /** The path of the resource: its id alone names it within a mailbox only. */
  readonly recordId: string;
  readonly kind: ChangeKind;
  /** That something changed, and not what. */
  readonly gap: boolean;
  /** What makes the event the same one when it comes again. */
  readonly identity: readonly string[];
  readonly time: string;
  readonly sequence: string;
  readonly origin: 'self' | 'external';
  readonly resource: Fields;
  readonly provenance: Provenance['record'];
}

const kinds: Readonly<Record<string, ChangeKind>> = { created: 'created', updated: 'updated', deleted: 'deleted' };

/** Within one instant a record is made before it is changed, and changed before it is gone. */
const ranks: Partial<Record<ChangeKind, number>> = { created: 0, updated: 1, observed: 1, deleted: 2 };

/** Lifecycle notifications that tell of lost changes. */
const losing = ['missed', 'subscriptionRemoved'];

/** Throws Unmappable for a lifecycle notification that tells of no loss, an unknown resource or change, and one without any time. */
export function notificationTold(native: NotificationNative, { org }: Pick<NormaliseContext, 'org'>): Told {
  const notification = objectOf(native.notification) ?? {};
  const lifecycle = textOf(ownOf(notification, 'lifecycleEvent'));
  if (lifecycle !== undefined) return lifecycleTold(lifecycle, notification, native, org);
  const kind = kindOf(textOf(ownOf(notification, 'changeType')));
  const data = objectOf(ownOf(notification, 'resourceData')) ?? {};
  const { recordId, nativeType } = placeOf(notification, data, native.stream);
  const whole = objectOf(native.resource);
  const resource = whole ?? toldIn(data);
  const time = timeOf([resource.lastModifiedDateTime, native.receivedAt, notification.subscriptionExpirationDateTime]);
  const version = versionOf(resource) ?? versionOf(data) ?? versionless(kind, time);
  return {
    nativeType,
    recordId,
    kind,
    gap: whole === undefined && kind !== 'deleted',
    identity: [org, recordId, kind, version],
    time,
    sequence: orderOf(time, kind),
    origin: isOwnWrite(nativeType, resource) ? 'self' : 'external',
    resource,
    // The body is never told: the record is read where it is not known yet.
    provenance: provenanceOf(whole, resource),
  };
}

function provenanceOf(whole: Fields | undefined, resource: Fields): Told['provenance'] {
  return whole === undefined && Object.keys(resource).length === 0 ? 'missing' : 'partial';
}

/** Some notifications say more of the resource than its key, unencrypted. */
function toldIn(data: Fields): Fields {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'id' && !name.startsWith('@odata.')));
}

/** A resource that was read, or one that a delta query tells to be gone. */
export function resourceTold(native: ResourceNative, { org }: Pick<NormaliseContext, 'org'>): Told {
  const resource = objectOf(native.resource);
  const path = textOf(native.path);
  const nativeType = path === undefined ? undefined : typeOf(path);
  if (resource === undefined || path === undefined || nativeType === undefined) {
    throw refuse('SBX_GRAPH_NATIVE', 'not a native of the Graph connector');
  }
  // Planner does not say when a task was changed, but when it was made and completed.
  const { lastModifiedDateTime, completedDateTime, createdDateTime } = resource;
  const time = timeOf([lastModifiedDateTime, completedDateTime, createdDateTime, native.readAt]);
  const kind = native.isDeleted === true ? 'deleted' : 'observed';
  return {
    nativeType,
    recordId: path,
    kind,
    gap: false,
    identity: [org, path, kind, versionOf(resource) ?? versionless(kind, time)],
    time,
    sequence: orderOf(time, kind),
    origin: isOwnWrite(nativeType, resource) ? 'self' : 'external',
    resource,
    provenance: kind === 'deleted' ? 'missing' : 'event',
  };
}

/**
 * Changes that Graph failed to tell (`missed`), or does not tell since (`subscriptionRemoved`): anything of the stream may have
 * changed, so all of it is to be read again.
 */
function lifecycleTold(lifecycle: string, notification: Fields, native: NotificationNative, org: string): Told {
  const stream = native.stream ?? pathOf(textOf(ownOf(notification, 'resource')) ?? '');
  const nativeType = typeIn(stream);
  if (!losing.includes(lifecycle) || nativeType === undefined) {
    throw refuse(
      'SBX_GRAPH_LIFECYCLE',
      `the lifecycle notification ${lifecycle} is about a subscription, not a record`,
    );
  }
  const time = timeOf([native.receivedAt, notification.subscriptionExpirationDateTime]);
  const subscription = textOf(ownOf(notification, 'subscriptionId')) ?? '';
  return {
    nativeType,
    recordId: '*',
    kind: 'overflowed',
    gap: false,
    identity: [org, stream, lifecycle, subscription, time],
    time,
    sequence: orderOf(time, 'overflowed'),
    origin: 'external',
    resource: {},
    provenance: 'missing',
  };
}

/** Without a version a change can only be known by when it came; a record is deleted once. */
function versionless(kind: ChangeKind, time: string): string {
  return kind === 'deleted' ? '' : time;
}

function timeOf(values: readonly unknown[]): string {
  const time = values.map(instantOf).find((instant) => instant !== undefined);
  if (time === undefined) {
    throw refuse(
      'SBX_GRAPH_TIME',
      'it tells no time (lastModifiedDateTime), nor when it came: capture the HTTP message with its Date',
    );
  }
  return time;
}

function kindOf(changeType: string | undefined): ChangeKind {
  // Graph writes `created` and `Created`.
  const name = changeType?.toLowerCase() ?? '';
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind !== undefined) return kind;
  throw refuse('SBX_GRAPH_CHANGE', `a notification with changeType ${changeType ?? 'missing'}`);
}

function placeOf(
  notification: Fields,
  data: Fields,
  stream: string | undefined,
): { readonly recordId: string; readonly nativeType: NativeType } {
  const id = textOf(ownOf(data, 'id'));
  // The stream's own words for the user: a notification names the same one by another id.
  const recordId =
    stream !== undefined && id !== undefined
      ? `${stream}/${id}`
      : pathOf(textOf(ownOf(notification, 'resource')) ?? '');
  const nativeType = typeOf(recordId);
  if (nativeType !== undefined) return { recordId, nativeType };
  throw refuse(
    'SBX_GRAPH_RESOURCE',
    `a notification about ${recordId || 'nothing'}: only mail, calendar events and To Do tasks are told`,
  );
}

/** The resource's version: its ETag, or what the ETag is made of. */
function versionOf(fields: Fields): string | undefined {
  const etag = textOf(ownOf(fields, '@odata.etag')) ?? textOf(ownOf(fields, 'changeKey'));
  return etag === undefined ? undefined : /^(?:W\/)?"?([^"]*)"?$/.exec(etag)?.[1];
}

/** Graph gives no order of changes but their times. */
function orderOf(time: string, kind: ChangeKind): string {
  return sequenceOf(time.replace(/\D/g, ''), ranks[kind] ?? 1);
}

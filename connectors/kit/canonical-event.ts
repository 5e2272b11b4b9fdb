import type { EntityName } from '../../canonical-schema/entity';
import type { CanonicalEvent, Change, ChangeKind, Provenance } from '../../canonical-schema/event';
import {
  dataSchemaOf,
  eventSource,
  eventType,
  partitionKey,
  stableId,
  subjectOf,
} from '../../canonical-schema/identity';
import { type NormaliseContext, Unmappable } from '../contract';

type Fields = Readonly<Record<string, unknown>>;

/** A told record in canonical words. */
export interface MappedRecord {
  readonly entity: EntityName;
  /** Canonical fields, `id` and `nativeType` left out. */
  readonly fields: Fields;
  /** What the tenant mapped beyond the entity's fields; all fields of a `record`. */
  readonly attributes: Fields;
  /** What was not used, and what the canonical field does not say whole. */
  readonly native: Fields;
  /** Canonical names of a native field (`attributes.x` within the attributes); its own where it is not mapped. */
  readonly namesOf: (field: string) => readonly string[];
  /** The same, down to the part of an address: `billingAddress.street`. */
  readonly pathsOf: (field: string) => readonly string[];
}

/** What a connector knows of one event about one record. */
export interface EventParts {
  /** The connector's name in event sources and partition keys. */
  readonly crm: string;
  /** What makes the event the same one when it comes again. */
  readonly identity: readonly string[];
  readonly recordId: string;
  readonly nativeType: string;
  /** RFC 3339 */
  readonly time: string;
  readonly sequence: string;
  readonly origin: CanonicalEvent['origin'];
  /** Further CloudEvents attributes. */
  readonly extensions?: Partial<CanonicalEvent>;
  readonly change: Change;
  readonly record: Pick<MappedRecord, 'entity' | 'fields' | 'attributes' | 'native'>;
  readonly provenance: Provenance;
}

/** The canonical event: every connector's has the same envelope, and an id that derives from the identity alone. */
export function canonicalEvent(
  parts: EventParts,
  { tenant, connection, org }: Pick<NormaliseContext, 'tenant' | 'connection' | 'org'>,
): CanonicalEvent {
  const { crm, recordId: id, change } = parts;
  const { entity, fields, attributes, native } = parts.record;
  return {
    specversion: '1.0',
    id: stableId(crm, ...parts.identity),
    source: eventSource(tenant, crm, org),
    type: eventType(entity, change.kind),
    subject: subjectOf(entity, id),
    time: parts.time,
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(entity),
    tenantid: tenant,
    connection,
    partitionkey: partitionKey(tenant, crm, entity, id),
    sequence: parts.sequence,
    origin: parts.origin,
    ...parts.extensions,
    data: {
      entity,
      change,
      record: {
        id,
        nativeType: parts.nativeType,
        ...fields,
        ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
      },
      native,
      provenance: parts.provenance,
    },
  };
}

/** A change in native words. */
export interface ToldChange {
  readonly kind: ChangeKind;
  /** Something changed, and it is not said what. */
  readonly gap: boolean;
  readonly by?: string;
  readonly transaction?: Change['transaction'];
  /** Native fields that changed. */
  readonly changed: readonly string[];
  /** Native fields that were emptied. */
  readonly nulled: readonly string[];
}

/**
 * The change in canonical words.
 * @param before old values under canonical names, where they are told
 */
export function changeOf(
  { kind, gap, by, transaction, changed, nulled }: ToldChange,
  { namesOf, pathsOf }: Pick<MappedRecord, 'namesOf' | 'pathsOf'>,
  before?: Fields,
): Change {
  return {
    kind,
    // A native field may have an empty name, which says nothing of what changed.
    fields: [...new Set(changed.flatMap((field) => namesOf(field)))].filter((name) => name !== ''),
    ...(gap ? { gap: true } : {}),
    ...(by === undefined ? {} : { by }),
    ...(transaction === undefined ? {} : { transaction }),
    ...(before === undefined ? {} : { before }),
    // A record has no null: that a field was emptied is said here.
    ...(nulled.length === 0
      ? {}
      : { after: Object.fromEntries(nulled.flatMap((field) => pathsOf(field)).map((path) => [path, null])) }),
  };
}

/** Why a native cannot be a canonical event. */
export function refuse(code: string, why: string): Unmappable {
  return new Unmappable(code, `cannot normalise: ${why}`);
}

import type { CanonicalRecord, EntityName } from './entity';

/** What happened to a record; the past tense in `io.signalbox.<entity>.<what happened>.v1`. */
export type ChangeKind =
  | 'created'
  | 'updated'
  | 'deleted'
  | 'undeleted'
  /** The record was read (snapshot, backfill, hydration): its state is known, the change that led there is not. */
  | 'observed'
  /** A business event that is not a change of a stored record (a platform event, a generic message). */
  | 'published'
  /** The CRM gave up telling single changes of this entity: read all of it again. The subject's id is `*`. */
  | 'overflowed';

/** How the record came to be known. */
export interface Provenance {
  /** `event`: from the native event itself; `hydrated`: read from the CRM afterwards; `partial`: changed fields only. */
  readonly record: 'event' | 'hydrated' | 'partial' | 'missing';
  /** Canonical field names that were read from the CRM rather than told by the event. */
  readonly hydratedFields?: readonly string[];
  /** Fields whose value is a unified diff in the native event, so that the new value is unknown. */
  readonly diffFields?: readonly string[];
}

/** The change a CRM told. Field names are canonical where mapped, native otherwise. */
export interface Change {
  readonly kind: ChangeKind;
  /** Fields that changed; empty for created, deleted, observed. */
  readonly fields: readonly string[];
  /** True when the CRM said that something changed but not what (Salesforce GAP_*, a stripped Dataverse body). */
  readonly gap?: boolean;
  /** Who changed it: the CRM's user id. */
  readonly by?: string;
  /** The native transaction and the place within it. */
  readonly transaction?: { readonly id: string; readonly sequence: number };
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** `data` of every event about a record of a CRM. */
export interface RecordChange {
  readonly entity: EntityName;
  readonly change: Change;
  readonly record: CanonicalRecord;
  /** Native fields that the mapping did not use, under their native names. */
  readonly native: Readonly<Record<string, unknown>>;
  readonly provenance: Provenance;
}

/** CloudEvents 1.0, JSON format, with the extensions that Signalbox uses (docs/architecture.md, "The canonical event"). */
export interface Envelope<D> {
  readonly specversion: '1.0';
  /** Derived from the native identity, so that a redelivered event is the same event. */
  readonly id: string;
  /** `/tenants/<tenant>/<crm>/<org>` */
  readonly source: string;
  /** `io.signalbox.<entity>.<what happened>.v1` */
  readonly type: string;
  /** `<entity>/<crm id>` */
  readonly subject: string;
  /** The CRM's time, RFC 3339 UTC with milliseconds. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly tenantid: string;
  /** Name of the tenant's connection that the event came through; actions go back through the same one. */
  readonly connection: string;
  /** `<tenant>/<crm>/<entity>/<crm id>`: everything with one key is decided in order. */
  readonly partitionkey: string;
  /** The CRM's own order of changes, zero-padded: compares as text. */
  readonly sequence: string;
  /** `self` for the echo of a write by Signalbox: recorded, never acted on. */
  readonly origin: 'self' | 'external';
  readonly traceparent?: string;
  readonly causationid?: string;
  readonly correlationid?: string;
  readonly dataclassification?: 'public' | 'internal' | 'confidential' | 'restricted';
  readonly data: D;
}

export type CanonicalEvent = Envelope<RecordChange>;

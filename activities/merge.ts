import type { CanonicalRecord } from '../canonical-schema/entity';
import type { CanonicalEvent } from '../canonical-schema/event';
import type { RecordOf } from '../canonical-schema/identity';
import { orderOf } from '../canonical-schema/order';

/** What the ledger knows of a record: its last state and the event that told it. */
export interface Snapshot extends RecordOf {
  /** `orderOf` the event that told it last. */
  readonly sequence: string;
  readonly record: CanonicalRecord;
  readonly native: Readonly<Record<string, unknown>>;
  readonly deleted: boolean;
}

/**
 * True for an event that tells less than the ledger already knows. CRM times are whole seconds: a record that was read back is
 * not older than an event of the same second, since reading comes after.
 */
export function isStale(event: CanonicalEvent, known: Snapshot | undefined): boolean {
  if (known === undefined) return false;
  if (event.data.change.kind === 'observed') return event.time < known.sequence.slice(0, event.time.length);
  return orderOf(event) < known.sequence;
}

/** The place of a record's state after the event: always after what was known. */
function orderAfter(known: Snapshot | undefined, event: CanonicalEvent): string {
  const order = orderOf(event);
  return known === undefined || order >= known.sequence ? order : `${known.sequence}+`;
}

/** True where the event alone, with what is known, does not give the whole record. */
export function needsReading(event: CanonicalEvent, known: Snapshot | undefined): boolean {
  const { change, provenance } = event.data;
  if (event.data.entity === 'record' && provenance.record !== 'missing') return false;
  if (change.kind === 'deleted' || change.kind === 'overflowed' || change.kind === 'published') return false;
  if (provenance.record === 'missing') return true;
  return provenance.record === 'partial' && (known === undefined || known.deleted);
}

/** The record after the event: changed fields over what was known, cleared fields gone. Pure. */
export function merge(known: Snapshot | undefined, event: CanonicalEvent): Snapshot {
  const { change, record, native, provenance } = event.data;
  const base = { source: event.source, subject: event.subject, sequence: orderAfter(known, event) };
  if (change.kind === 'deleted') {
    return { ...base, record: known?.record ?? record, native: known?.native ?? native, deleted: true };
  }
  if (provenance.record !== 'partial' || known === undefined) return { ...base, record, native, deleted: false };
  const attributes = { ...known.record.attributes, ...record.attributes };
  const merged = cleared({ ...known.record, ...record, attributes }, change.after);
  return { ...base, record: merged, native: { ...known.native, ...native }, deleted: false };
}

/** A field that the CRM emptied is absent, not null. `attributes.x` names a field within. */
function cleared(record: CanonicalRecord, after: Readonly<Record<string, unknown>> | undefined): CanonicalRecord {
  const gone = new Set(Object.entries(after ?? {}).flatMap(([field, value]) => (value === null ? [field] : [])));
  if (gone.size === 0) return record;
  const kept = (prefix: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(fields).filter(([field]) => !gone.has(`${prefix}${field}`) && !gone.has(field)));
  return {
    ...kept('', record),
    attributes: kept('attributes.', record.attributes ?? {}),
    id: record.id,
    nativeType: record.nativeType,
  };
}

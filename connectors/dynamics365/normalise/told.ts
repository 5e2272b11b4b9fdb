import type { ChangeKind, Provenance } from '../../../canonical-schema/event';
import { sequenceOf } from '../../../canonical-schema/identity';
import type { Fields } from '../native';

/** What a native tells about one record, in one form for contexts and rows. Fields are flat (see `flatten`). */
export interface Told {
  readonly nativeType: string;
  readonly recordId: string;
  readonly kind: ChangeKind;
  readonly gap: boolean;
  /** What makes the event the same one when it comes again, the record's id left out. */
  readonly identity: readonly string[];
  /** RFC 3339. */
  readonly time: string;
  readonly sequence: string;
  readonly by?: string;
  readonly transaction?: { readonly id: string; readonly sequence: number };
  readonly origin: 'self' | 'external';
  readonly changed: readonly string[];
  readonly nulled: readonly string[];
  /** The record before, as far as an image tells it. */
  readonly before?: Fields;
  readonly fields: Fields;
  readonly provenance: Provenance['record'];
}

/**
 * The order of changes within one instant: the row's version where it is told (it grows with every write of the organisation),
 * then the digits of the operation's time.
 */
export function orderWithin(version: string | undefined, time: string): string {
  return sequenceOf(version ?? 0, time.replace(/\D/g, ''));
}

/** A row version's digits: of a `versionnumber`, or of an ETag (`W/"468026"`); undefined for anything else. */
export function versionOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' ? /^(?:W\/)?"?0*(\d{1,20})"?$/.exec(text)?.[1] : undefined;
}

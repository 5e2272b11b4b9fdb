import type { ChangeKind, Provenance } from '../../../canonical-schema/event';
import { sequenceOf } from '../../../canonical-schema/identity';
import { isoFromMillis } from '../../../canonical-schema/time';
import { textOf, textsOf, type Fields } from '../json';
import type { Table } from './table';
import { instantOf, nanosOf } from './values';

/** What a native tells about one record, in one form for all of SAP's ways to say it. Field names are native. */
export interface Told {
  readonly table: Table;
  /** The record's key. */
  readonly id: string;
  readonly kind: ChangeKind;
  readonly gap: boolean;
  /** What makes the event the same one when it comes again, type and key of the record left out. */
  readonly identity: readonly string[];
  /** RFC 3339. */
  readonly time: string;
  readonly sequence: string;
  readonly by?: string;
  readonly origin: 'self' | 'external';
  /** Fields that changed, as paths. */
  readonly changed: readonly string[];
  readonly nulled: readonly string[];
  /** Old values of changed fields, as far as told. */
  readonly before?: Fields;
  readonly fields: Fields;
  readonly provenance: Provenance['record'];
  /** Canonical fields that no table can tell of (lines of an order). */
  readonly record?: Fields;
  /** What is to be seen among the native fields besides them. */
  readonly native?: Fields;
}

/** The user that Signalbox's documentation has people create. */
const defaultUser = 'SIGNALBOX';

/** `self` where the change was made by a user that Signalbox writes as. */
export function originOf(by: string | undefined, own: readonly string[] | undefined): Told['origin'] {
  if (by === undefined) return 'external';
  const users = [...textsOf(own), defaultUser].map((user) => user.toLowerCase());
  return users.includes(by.toLowerCase()) ? 'self' : 'external';
}

/** When something happened, and its place among what happened to the same record. */
export interface Moment {
  readonly time: string;
  readonly sequence: string;
}

/**
 * The first of the values that is an instant. Where none is, 1970: an IDoc without its control record from a file says no time,
 * and what has no time gives way to all that has.
 * @param rank orders what happened within one second; default: the fraction of the second
 */
export function momentOf(values: readonly unknown[], rank?: string): Moment {
  const told = values.find((value) => instantOf(value) !== undefined);
  const time = instantOf(told) ?? isoFromMillis(0) ?? '';
  return { time, sequence: sequenceAt(time, rank ?? nanosOf(told)) };
}

/** `<YYYYMMDDhhmmss>.<rank>`, as all of the connector's sequences are. */
export function sequenceAt(time: string, rank: string): string {
  const digits = textOf(rank)?.replace(/\D/g, '').slice(-20) ?? '';
  return sequenceOf(time.slice(0, 19).replace(/\D/g, ''), digits === '' ? '0' : digits);
}

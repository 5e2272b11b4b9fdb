import { canonicalJson } from '../../../canonical-schema/canonical-json';
import type { ChangeKind, Provenance } from '../../../canonical-schema/event';
import { sequenceOf } from '../../../canonical-schema/identity';
import { refuse } from '../../kit/canonical-event';
import type { Fields } from '../native';

/** What a native event tells, in one form for all of Salesforce's ways to say it. Field names are those of the REST API. */
export interface Told {
  readonly nativeType: string;
  /** One canonical event each. */
  readonly recordIds: readonly string[];
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
  readonly diff: readonly string[];
  /** Flattened (see `flatten`). */
  readonly fields: Fields;
  readonly provenance: Provenance['record'];
}

/** `20170409183140517.…`: the order of what has no commit number. */
export function sequenceOfTime(time: string): string {
  return sequenceOf(time.replace(/\D/g, ''));
}

/** A text that is equal for equal payloads: the identity of an event that carries no id. */
export function contentOf(payload: unknown): string {
  try {
    return canonicalJson(payload);
  } catch (error) {
    throw refuse('SBX_SALESFORCE_PAYLOAD', `the payload is not JSON: ${(error as Error).message}`);
  }
}

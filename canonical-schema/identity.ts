import { type EntityName, entityNames } from './entity';
import type { ChangeKind } from './event';
import { sha256Hex } from './sha256';

/** `io.signalbox.<entity>.<what happened>.v1`, a record event's type. */
export function eventType(entity: EntityName, kind: ChangeKind): string {
  return `io.signalbox.${entity}.${kind}.v1`;
}

/** `io.signalbox.prediction.<use case>.v1`, a prediction event's type. */
export function predictionType(usecase: string): string {
  return `io.signalbox.prediction.${usecase}.v1`;
}

/** The `$id` of the schema of a record event's data: what the event's `dataschema` says. */
export function dataSchemaOf(entity: EntityName): string {
  return `https://signalbox.io/schemas/${entity}.v1.json`;
}

/** The `$id` of the schema of a prediction event's data. */
export const predictionDataSchema = 'https://signalbox.io/schemas/prediction.v1.json';

/** `/tenants/<tenant>/<crm>/<org>`, a URI reference: each part is percent-encoded where it must be. */
export function eventSource(tenant: string, crm: string, org: string): string {
  return `/tenants/${[tenant, crm, org].map(encodeURIComponent).join('/')}`;
}

/** `<entity>/<crm id>`; `*` as the id is all records of the entity. */
export function subjectOf(entity: EntityName, id: string): string {
  return `${entity}/${id}`;
}

/** The CRM's id in a record's key or subject; it may itself contain slashes. */
export function idOf(record: string): string {
  const subject = parseRecordKey(record)?.subject ?? record;
  return subject.slice(subject.indexOf('/') + 1);
}

/** The parts of a subject; the id may itself contain slashes. Undefined for what `subjectOf` cannot have made. */
export function parseSubject(subject: string): { readonly entity: EntityName; readonly id: string } | undefined {
  const slash = subject.indexOf('/');
  const entity = entityNames.find((name) => name === subject.slice(0, Math.max(0, slash)));
  const id = subject.slice(slash + 1);
  return entity === undefined || id === '' ? undefined : { entity, id };
}

/** What tells a record from all others: two CRMs may call different records `account/1000001`. */
export interface RecordOf {
  /** Of the CRM's organisation, `/tenants/<tenant>/<crm>/<org>`. Empty: not known, in ledgers of before migration 0015. */
  readonly source: string;
  /** `<entity>/<crm id>` */
  readonly subject: string;
}

/** `<source>/<subject>`, the key of a record among all of its tenant's. */
export function recordKey({ source, subject }: RecordOf): string {
  return `${source}/${subject}`;
}

/** The parts of a record's key. Undefined for a subject alone, which names records of whichever CRM. */
export function parseRecordKey(key: string): RecordOf | undefined {
  const [, source, subject] = /^((?:\/tenants(?:\/[^/]+){3})?)\/(.+)$/s.exec(key) ?? [];
  return source === undefined || subject === undefined ? undefined : { source, subject };
}

/** `<tenant>/<crm>/<entity>/<crm id>`: events with one key are decided in order. */
export function partitionKey(tenant: string, crm: string, entity: EntityName, id: string): string {
  return `${tenant}/${crm}/${subjectOf(entity, id)}`;
}

/** Holds every unsigned 64-bit number. */
const sequenceDigits = 20;

/**
 * A CRM's own order as text: each part padded to 20 digits, joined by `.`, so that texts of equally many parts compare as
 * their numbers do. Throws RangeError for a part that is not a non-negative integer of at most 20 digits, and for a number
 * above 2^53 - 1, which has lost digits already: pass it as text or bigint.
 */
export function sequenceOf(...parts: readonly (bigint | number | string)[]): string {
  return parts.map(sequencePart).join('.');
}

function sequencePart(part: bigint | number | string): string {
  const isExact = typeof part !== 'number' || Number.isSafeInteger(part);
  const digits = /^0*(\d{1,20})$/.exec(String(part))?.[1];
  if (!isExact || digits === undefined) {
    throw new RangeError(
      `sequence: ${String(part)} is not an exact non-negative integer of at most ${sequenceDigits} digits`,
    );
  }
  return digits.padStart(sequenceDigits, '0');
}

/**
 * A UUID (version 8, RFC 9562) from the SHA-256 of the parts: the same parts give the same id, everywhere and always, and
 * other parts, or the same text cut otherwise, another one.
 */
export function stableId(...parts: readonly string[]): string {
  // JSON keeps the cuts between the parts, and half surrogate pairs, which UTF-8 would all turn into U+FFFD.
  const hex = sha256Hex(JSON.stringify(parts));
  const variant = ((parseInt(hex.charAt(15), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(12, 15)}-${variant}${hex.slice(16, 19)}-${hex.slice(19, 31)}`;
}

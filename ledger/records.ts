import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CanonicalRecord } from '../canonical-schema/entity';
import { recordKey, type RecordOf } from '../canonical-schema/identity';
import { about } from './about';
import { documents, newest } from './columns';
import type { KeyHolder } from './customer';
import type { Schema } from './schema';

/** The newest known state of a record. */
export interface RecordRow extends RecordOf {
  /** Of the event that told it. */
  readonly sequence: string;
  readonly record: CanonicalRecord;
  readonly native: Readonly<Record<string, unknown>>;
  readonly deleted: boolean;
}

/** A record as a batch leaves it. */
export interface RecordToKeep extends RecordRow {
  /** What the record is known by in other CRMs; left out where the tenant has no identity rules. */
  readonly keys?: Pick<KeyHolder, 'connection' | 'own' | 'shared'>;
}

/** The newest snapshots of the records; one never seen is absent. */
export async function findRecords(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<RecordRow[]> {
  return database
    .selectFrom('records')
    .select(['source', 'subject', 'sequence', 'record', 'native', 'deleted'])
    .where('tenant', '=', tenant)
    .where(about(records))
    .execute();
}

/** Whose records are meant. */
export interface KnownOf {
  readonly connection: string;
  /** `source` of the events: one connection may have been led to another organisation. */
  readonly source: string;
  readonly nativeType: string;
  /** How the CRM's ids of them begin; empty for all. */
  readonly idPrefix: string;
  /** Those alone of which an event was recorded at `since` or later that is of before `before`; RFC 3339. Absent: all. */
  readonly late?: { readonly since: string; readonly before: string } | undefined;
}

/** Some records. */
export interface KnownPage {
  /** The CRM's ids of those that are not known to be deleted. */
  readonly ids: readonly string[];
  /** Where the next page begins; absent after the last one. */
  readonly next?: string;
}

/**
 * Pages through the records that a connection told of, as far as its events are kept. A page looks at so many of the
 * organisation's records, of whatever kind, so that it costs as much however few are wanted.
 * @param after the `next` of the page before; empty for the first
 */
export async function knownRecords(
  database: Kysely<Schema>,
  tenant: string,
  { connection, source, nativeType, idPrefix, late }: KnownOf,
  after: string,
  most: number,
): Promise<KnownPage> {
  // A snapshot names its connection only with identity rules: its events do.
  const toldLate =
    late === undefined
      ? sql``
      : sql`and subject in (select subject from events where tenant = ${tenant} and connection = ${connection}
          and source = ${source} and recordedat >= ${late.since} and time < ${late.before})`;
  const { rows } = await sql<{ subject: string; id: string | null }>`
    with page as (
      select subject, record, deleted from records
      where tenant = ${tenant} and source = ${source} and subject > ${after} ${toldLate} order by subject limit ${most}::int)
    select subject, case when not deleted and record->>'nativeType' = ${nativeType}
      and starts_with(record->>'id', ${idPrefix}) and exists (
      select from events where events.tenant = ${tenant} and events.subject = page.subject
        and events.connection = ${connection} and events.source = ${source}) then record->>'id' end as id
    from page order by subject`.execute(database);
  const last = rows.at(-1);
  const ids = rows.flatMap(({ id }) => id ?? []);
  return rows.length < most || last === undefined ? { ids } : { ids, next: last.subject };
}

/** Keeps the snapshots that are newer than what is known. */
export function insertRecords(tenant: string, records: readonly RecordToKeep[]): RawBuilder<unknown> | undefined {
  const rows = newest(records, recordKey, ({ sequence }) => sequence);
  if (rows.length === 0) return undefined;
  const column = <T>(of: (row: RecordToKeep) => T): T[] => rows.map(of);
  // A list in a list has no type of its own in an array, a text has; no key holds a space.
  return sql`
    insert into records (tenant, source, subject, sequence, record, native, deleted, connection, ownkeys, sharedkeys)
    select ${tenant}, source, subject, sequence, record, native, deleted, connection, string_to_array(own, ' '),
      string_to_array(shared, ' ')
    from unnest(
      ${column(({ source }) => source)}::text[],
      ${column(({ subject }) => subject)}::text[],
      ${column(({ sequence }) => sequence)}::text[],
      ${documents(column(({ record }) => record))},
      ${documents(column(({ native }) => native))},
      ${column(({ deleted }) => deleted)}::boolean[],
      ${column(({ keys }) => keys?.connection ?? null)}::text[],
      ${column(({ keys }) => joined(keys?.own))}::text[],
      ${column(({ keys }) => joined(keys?.shared))}::text[]
    ) as row (source, subject, sequence, record, native, deleted, connection, own, shared)
    on conflict (tenant, subject, source) do update
      set sequence = excluded.sequence, record = excluded.record, native = excluded.native, deleted = excluded.deleted,
          connection = excluded.connection, ownkeys = excluded.ownkeys, sharedkeys = excluded.sharedkeys,
          recordedat = excluded.recordedat
      where excluded.sequence >= records.sequence`;
}

/** No keys are null, which the indexes leave out. */
function joined(keys: readonly string[] | undefined): string | null {
  return keys === undefined || keys.length === 0 ? null : keys.join(' ');
}

import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CanonicalRecord } from '../canonical-schema/entity';
import { anyOf, documents, newest } from './columns';
import type { Schema } from './schema';

/** The newest known state of a record. */
export interface RecordRow {
  /** `<entity>/<crm id>` */
  readonly subject: string;
  /** Of the event that told it. */
  readonly sequence: string;
  readonly record: CanonicalRecord;
  readonly native: Readonly<Record<string, unknown>>;
  readonly deleted: boolean;
}

/** The newest snapshots of the subjects; a subject never seen is absent. */
export async function findRecords(
  database: Kysely<Schema>,
  tenant: string,
  subjects: readonly string[],
): Promise<RecordRow[]> {
  return database
    .selectFrom('records')
    .select(['subject', 'sequence', 'record', 'native', 'deleted'])
    .where('tenant', '=', tenant)
    .where('subject', '=', anyOf(subjects))
    .execute();
}

/** Keeps the snapshots that are newer than what is known. */
export function insertRecords(tenant: string, records: readonly RecordRow[]): RawBuilder<unknown> | undefined {
  const rows = newest(
    records,
    ({ subject }) => subject,
    ({ sequence }) => sequence,
  );
  if (rows.length === 0) return undefined;
  const column = <T>(of: (row: RecordRow) => T): T[] => rows.map(of);
  return sql`
    insert into records (tenant, subject, sequence, record, native, deleted)
    select ${tenant}, row.* from unnest(
      ${column(({ subject }) => subject)}::text[],
      ${column(({ sequence }) => sequence)}::text[],
      ${documents(column(({ record }) => record))},
      ${documents(column(({ native }) => native))},
      ${column(({ deleted }) => deleted)}::boolean[]
    ) as row
    on conflict (tenant, subject) do update
      set sequence = excluded.sequence, record = excluded.record, native = excluded.native, deleted = excluded.deleted,
          recordedat = excluded.recordedat
      where excluded.sequence >= records.sequence`;
}

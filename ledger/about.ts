import { sql, type Kysely, type RawBuilder } from 'kysely';
import { entityNames } from '../canonical-schema/entity';
import { parseRecordKey, recordKey, type RecordOf } from '../canonical-schema/identity';
import { anyOf } from './columns';
import type { Schema } from './schema';

/**
 * The rows about some records: those whose columns `source` and `subject` are meant.
 * @param records each a record's key, or a subject, `<entity>/<crm id>`, which means the records of every CRM
 */
export function about(records: readonly string[]): RawBuilder<boolean> {
  const keys = records.map((record) => parseRecordKey(record)).filter((key) => key !== undefined);
  const subjects = records.filter((record) => parseRecordKey(record) === undefined);
  // There is an index on subjects, and few records share one.
  return sql<boolean>`(subject = ${anyOf([...subjects, ...keys.map(({ subject }) => subject)])}
    and (subject = ${anyOf(subjects)} or source || '/' || subject = ${anyOf(keys.map(recordKey))}))`;
}

/** All that may be meant by what a person names: a record's key, `<entity>/<crm id>`, or the CRM's id alone. */
export function meantBy(named: string): readonly string[] {
  return [named, ...entityNames.map((entity) => `${entity}/${named}`)];
}

/** A task or case that Signalbox made. */
export interface Work {
  /** The CRM whose record it is about; absent where only the connection is known. */
  readonly source?: string;
  readonly connection: string;
  /** `task/<crm id>` or `case/<crm id>` */
  readonly work: string;
}

/**
 * The rows of events about tasks and cases. Such a one is where its record is; that of a count of events, which is no record of
 * a CRM, where the engagement's connection leads.
 */
export function aboutWork(made: readonly Work[]): RawBuilder<boolean> {
  const by = (place: (one: Work) => string) => anyOf(made.map((one) => `${place(one)}${one.work}`));
  return sql<boolean>`(subject = ${by(() => '')} and (source || '/' || subject = ${by(({ source = '' }) => `${source}/`)}
    or connection || '/' || subject = ${by(({ connection }) => `${connection}/`)}))`;
}

/** Whether two names of a record may be one record's. A subject alone is that of any CRM. */
export function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [parseRecordKey(one), parseRecordKey(other)];
  if (a !== undefined && b !== undefined) return false;
  return (a?.subject ?? one) === (b?.subject ?? other);
}

/** A record of which the ledger has something. */
export interface NamedRecord extends RecordOf {
  /** Through which its events came, in order; none where no event is kept. */
  readonly connections: readonly string[];
}

/** The records that the ledger has anything of, whichever table has it, in order of source and subject. */
export async function findNamed(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<readonly NamedRecord[]> {
  if (records.length === 0) return [];
  const from = (table: string, connection: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`select source, subject, ${connection} as connection from ${sql.table(table)}
      where tenant = ${tenant} and ${about(records)}`;
  const column = sql`connection`;
  const tables = [
    ...['events', 'decisions', 'engagements', 'records'].map((table) => from(table, column)),
    from('erased_records', sql`null`),
  ];
  const { rows } = await sql<NamedRecord>`
    select source, subject, coalesce(array_agg(distinct connection order by connection)
      filter (where connection is not null), '{}') as connections
    from (${sql.join(tables, sql` union `)}) as known group by source, subject order by source, subject`.execute(
    database,
  );
  return rows;
}

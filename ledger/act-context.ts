import { sql, type Kysely } from 'kysely';
import type { RecordRow } from './records';
import type { Schema } from './schema';

/** What is known when an engagement is about to act. */
export interface ActContext {
  /** The newest snapshot; absent where the record was never seen. */
  readonly record?: RecordRow;
  /** The decision on which the engagement has ended; absent while it is open. */
  readonly endedon?: string;
}

/** Reads both in one round trip. */
export async function actContext(
  database: Kysely<Schema>,
  tenant: string,
  engagement: string,
  subject: string,
): Promise<ActContext> {
  const { rows } = await sql<Found>`select
    (select to_json(snapshot) from
      (select subject, sequence, record, native, deleted from records
        where tenant = ${tenant} and subject = ${subject}) as snapshot) as record,
    (select lastdecision from engagements
      where tenant = ${tenant} and id = ${engagement} and status = 'closed') as endedon`.execute(database);
  const { record, endedon } = rows[0] ?? {};
  return { ...(record && { record }), ...(endedon && { endedon }) };
}

interface Found {
  readonly record: RecordRow | null;
  readonly endedon: string | null;
}

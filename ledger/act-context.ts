import { sql, type Kysely } from 'kysely';
import { engagementIn, type EngagementJson, type EngagementRow } from './engagements';
import type { RecordRow } from './records';
import type { Schema } from './schema';

/** What is known when an engagement is about to act. */
export interface ActContext {
  readonly engagement: EngagementRow;
  /** The newest snapshot of what it is about; absent where the record was never seen. */
  readonly record?: RecordRow;
}

/** Reads both in one round trip; undefined where there is no engagement of the id. */
export async function actContext(
  database: Kysely<Schema>,
  tenant: string,
  engagement: string,
): Promise<ActContext | undefined> {
  const { rows } = await sql<Found>`
    select to_json(engagements) as engagement, (select to_json(snapshot) from
      (select source, subject, sequence, record, native, deleted from records
        where tenant = engagements.tenant and source = engagements.source and subject = engagements.subject) as snapshot)
      as record
    from engagements where tenant = ${tenant} and id = ${engagement}`.execute(database);
  const [found] = rows;
  if (found === undefined) return undefined;
  const { record } = found;
  return { engagement: engagementIn(found.engagement), ...(record && { record }) };
}

interface Found {
  readonly engagement: EngagementJson;
  readonly record: RecordRow | null;
}

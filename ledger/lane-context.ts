import { sql, type Kysely, type Selectable } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import { recordKey, type RecordOf } from '../canonical-schema/identity';
import { about } from './about';
import { championsInForce } from './champions';
import { anyOf } from './columns';
import { findDecisionsOn } from './decisions';
import { readEngagement, type EngagementRow } from './engagements';
import { erasedKeys } from './erased';
import type { RecordRow } from './records';
import type { Schema } from './schema';

/** What a lane asks before it decides a batch. */
export interface LaneQuestion {
  readonly batchid: string;
  readonly events: readonly ({ readonly id: string } & RecordOf)[];
  /** The CRM's ids of the task records in the batch. */
  readonly taskIds: readonly string[];
}

/** What is known about a batch's records. */
export interface LaneContext {
  /** Ids of events that another batch has recorded: duplicates. An event that is parked is not among them. */
  readonly known: readonly string[];
  /** Ids of events that an earlier try of this very batch has recorded, parked ones left out. */
  readonly recorded: readonly string[];
  /** The decisions on all of these: what they led to may not have been told yet. */
  readonly decisions: readonly Decision[];
  /** Newest snapshots of the records. */
  readonly records: readonly RecordRow[];
  /** Open engagements about the records, or with a task of one of the ids, in whichever CRM. */
  readonly engagements: readonly EngagementRow[];
  /** Keys of the records that were erased: nothing of them is taken in. */
  readonly erased: readonly string[];
  /** By use case: the digest of the model that was made champion; absent where the one that the tenant's file names decides. */
  readonly champions: Readonly<Record<string, string>>;
}

/** Reads the context of one batch in one round trip, however large the batch is; in a second one where events come again. */
export async function laneContext(
  database: Kysely<Schema>,
  tenant: string,
  question: LaneQuestion,
): Promise<LaneContext> {
  const asked = [...new Map(question.events.map((event) => [recordKey(event), event])).values()];
  const keys = asked.map(recordKey);
  const ids = anyOf(question.events.map(({ id }) => id));
  const { rows } = await sql<Found>`select
    (select coalesce(json_agg(id), '[]') from events
      where tenant = ${tenant} and id = ${ids} and batchid <> ${question.batchid} and status <> 'parked') as known,
    (select coalesce(json_agg(id), '[]') from events
      where tenant = ${tenant} and id = ${ids} and batchid = ${question.batchid} and status <> 'parked') as recorded,
    (select coalesce(json_agg(key), '[]') from ${erasedKeys(tenant, asked)} as erased) as erased,
    (select coalesce(json_agg(snapshot), '[]') from
      (select source, subject, sequence, record, native, deleted from records
        where tenant = ${tenant} and ${about(keys)}) as snapshot) as records,
    ${championsInForce(tenant)} as champions,
    (select coalesce(json_agg(engagement), '[]') from
      (select * from engagements where tenant = ${tenant} and status = 'open'
        and (${about(keys)} or taskid = ${anyOf(question.taskIds)})) as engagement) as engagements`.execute(database);
  const [found] = rows;
  if (found === undefined) throw new Error('a select without a table gave no row');
  const decisions = await findDecisionsOn(database, tenant, keys, [...found.known, ...found.recorded]);
  return { ...found, decisions, engagements: found.engagements.map(fromJson) };
}

interface Found extends Omit<LaneContext, 'engagements' | 'decisions'> {
  readonly engagements: readonly EngagementJson[];
}

type EngagementFields = Selectable<Schema['engagements']>;

/** A row by way of JSON, which has no dates. */
type EngagementJson = Omit<EngagementFields, 'openedat' | 'closedat' | 'erasedat'> & {
  readonly openedat: string;
  readonly closedat: string | null;
};

function fromJson(row: EngagementJson): EngagementRow {
  const closedat = row.closedat === null ? null : new Date(row.closedat);
  // An open one was not erased.
  return readEngagement({ ...row, openedat: new Date(row.openedat), closedat, erasedat: null });
}

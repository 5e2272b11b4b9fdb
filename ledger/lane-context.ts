import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import { recordKey, type RecordOf } from '../canonical-schema/identity';
import { about } from './about';
import { championsInForce } from './champions';
import { anyOf } from './columns';
import { findDecisionsOn } from './decisions';
import { engagementIn, type EngagementJson, type EngagementRow } from './engagements';
import { erasedKeys } from './erased';
import type { RecordRow } from './records';
import type { Schema } from './schema';

/** What a lane asks before it decides a batch. */
export interface LaneQuestion {
  readonly batchid: string;
  readonly events: readonly ({ readonly id: string } & RecordOf)[];
  /** The CRM's ids of the task records in the batch. */
  readonly taskIds: readonly string[];
  /** The CRM's ids of the case records in the batch that Signalbox may have opened. */
  readonly caseIds: readonly string[];
}

/** A case that an open engagement has opened. */
export interface OpenedCase {
  /** The engagement's id, and where its record is. */
  readonly engagement: string;
  readonly source: string;
  readonly connection: string;
  /** The CRM's id of the case. */
  readonly caseid: string;
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
  /** Which open engagements have opened which of the cases that were asked for. */
  readonly cases: readonly OpenedCase[];
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
    ${openedCases(tenant, question.caseIds)} as cases,
    (select coalesce(json_agg(engagement), '[]') from ${openEngagements(tenant, keys, question.taskIds)} as engagement) as engagements`.execute(
    database,
  );
  const [found] = rows;
  if (found === undefined) throw new Error('a select without a table gave no row');
  const decisions = await findDecisionsOn(database, tenant, keys, [...found.known, ...found.recorded]);
  return { ...found, decisions, engagements: found.engagements.map(engagementIn) };
}

// Two selects, each with its own index: over an `or`, without statistics, all open engagements are read.
function openEngagements(tenant: string, keys: readonly string[], taskIds: readonly string[]): RawBuilder<unknown> {
  const those = (which: RawBuilder<unknown>) =>
    sql`select * from engagements where tenant = ${tenant} and status = 'open' and ${which}`;
  const byRecord = those(about(keys));
  return taskIds.length === 0 ? sql`(${byRecord})` : sql`(${byRecord} union ${those(sql`taskid = ${anyOf(taskIds)}`)})`;
}

/** As `actions_case` has it. */
const caseId = sql.raw(`substring(actions.result::text from '"nativeId":"([^"]*)"')`);

/** By its actions; those of an engagement's earlier life, decided before it was opened anew, do not count. */
function openedCases(tenant: string, caseIds: readonly string[]): RawBuilder<unknown> {
  if (caseIds.length === 0) return sql`'[]'::json`;
  return sql`(select coalesce(json_agg(opened), '[]') from
    (select distinct engagements.id as engagement, engagements.source, engagements.connection,
        ${caseId} as caseid
      from engagements
      join actions on actions.tenant = engagements.tenant and actions.source = engagements.source
        and actions.subject = engagements.subject and actions.engagement = engagements.id
      join decisions on decisions.tenant = actions.tenant and decisions.id = actions.decisionid
        and decisions.recordedat >= engagements.openedat
      where engagements.tenant = ${tenant} and engagements.status = 'open'
        and actions.kind = 'create-case' and actions.outcome <> 'failed'
        and ${caseId} = ${anyOf(caseIds)}) as opened)`;
}

interface Found extends Omit<LaneContext, 'engagements' | 'decisions'> {
  readonly engagements: readonly EngagementJson[];
}

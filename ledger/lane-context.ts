import type { Kysely } from 'kysely';
import { anyOf } from './columns';
import { findOpenEngagements, type EngagementRow } from './engagements';
import { findRecords, type RecordRow } from './records';
import type { Schema } from './schema';

/** What a lane asks before it decides a batch. */
export interface LaneQuestion {
  readonly batchid: string;
  readonly events: readonly { readonly id: string; readonly subject: string }[];
  /** The CRM's ids of the task records in the batch. */
  readonly taskIds: readonly string[];
}

/** What is known about a batch's records. */
export interface LaneContext {
  /** Ids of events that another batch has recorded: duplicates. An event that is parked is not among them. */
  readonly known: readonly string[];
  /** Newest snapshots of the subjects. */
  readonly records: readonly RecordRow[];
  /** Open engagements about the subjects or with one of the tasks. */
  readonly engagements: readonly EngagementRow[];
  /** Subjects with a parked event: later ones park behind it. */
  readonly parked: readonly string[];
}

/** Reads the context of one batch, with four statements however large the batch is. */
export async function laneContext(
  database: Kysely<Schema>,
  tenant: string,
  question: LaneQuestion,
): Promise<LaneContext> {
  const subjects = [...new Set(question.events.map(({ subject }) => subject))];
  const known = await database
    .selectFrom('events')
    .select('id')
    .where('tenant', '=', tenant)
    .where('id', '=', anyOf(question.events.map(({ id }) => id)))
    .where('batchid', '<>', question.batchid)
    .where('status', '<>', 'parked')
    .execute();
  const parked = await database
    .selectFrom('parked')
    .select('subject')
    .distinct()
    .where('tenant', '=', tenant)
    .where('status', '=', 'parked')
    .where('subject', '=', anyOf(subjects))
    .execute();
  return {
    known: known.map(({ id }) => id),
    records: await findRecords(database, tenant, subjects),
    engagements: await findOpenEngagements(database, tenant, subjects, question.taskIds),
    parked: parked.map(({ subject }) => subject),
  };
}

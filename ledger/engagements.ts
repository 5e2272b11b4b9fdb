import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { RecordOf } from '../canonical-schema/identity';
import { about } from './about';
import { newest } from './columns';
import type { Schema } from './schema';

/** One engagement as the ledger knows it. */
export interface EngagementRow extends RecordOf {
  /** The id of its Temporal workflow. */
  readonly id: string;
  readonly tenant: string;
  readonly usecase: string;
  readonly connection: string;
  readonly status: 'open' | 'closed';
  /** Probability, 0..1. */
  readonly lastscore?: number;
  readonly lastband?: string;
  /** The class of a model with several. */
  readonly lastlabel?: string;
  /** The decision that opened it. */
  readonly firstdecision: string;
  readonly lastdecision: string;
  readonly lastsequence: string;
  /** The CRM's id of the task. */
  readonly taskid?: string;
  /** RFC 3339 UTC. */
  readonly openedat: string;
  readonly closedat?: string;
  readonly outcome?: string;
  /** When the person's data were erased from it. */
  readonly erasedat?: string;
}

/** A decision that calls for action: opens the engagement or renews what it last knew. */
export interface EngagementTouch extends RecordOf {
  /** The engagement's id. */
  readonly workflowid: string;
  readonly usecase: string;
  readonly connection: string;
  readonly lastscore?: number;
  readonly lastband?: string;
  /** The class of a model with several. */
  readonly lastlabel?: string;
  readonly lastdecision: string;
  readonly lastsequence: string;
}

/**
 * Opens or renews engagements. A touch older than what is known changes nothing; a newer one on a closed engagement opens it
 * anew, without the task and outcome of its earlier life (its actions and outcomes keep those).
 */
export function touchEngagements(tenant: string, touches: readonly EngagementTouch[]): RawBuilder<unknown> | undefined {
  const rows = newest(
    touches,
    ({ workflowid }) => workflowid,
    ({ lastsequence }) => lastsequence,
  );
  if (rows.length === 0) return undefined;
  const column = <T>(of: (row: EngagementTouch) => T): T[] => rows.map(of);
  return sql`
    insert into engagements
      (tenant, id, source, subject, usecase, connection, lastscore, lastband, lastlabel, lastdecision, lastsequence, status,
       openedat, firstdecision)
    select ${tenant}, row.*, 'open', now(), row.lastdecision from unnest(
      ${column(({ workflowid }) => workflowid)}::text[],
      ${column(({ source }) => source)}::text[],
      ${column(({ subject }) => subject)}::text[],
      ${column(({ usecase }) => usecase)}::text[],
      ${column(({ connection }) => connection)}::text[],
      ${column(({ lastscore }) => lastscore ?? null)}::float8[],
      ${column(({ lastband }) => lastband ?? null)}::text[],
      ${column(({ lastlabel }) => lastlabel ?? null)}::text[],
      ${column(({ lastdecision }) => lastdecision)}::text[],
      ${column(({ lastsequence }) => lastsequence)}::text[]
    ) as row (workflowid, source, subject, usecase, connection, lastscore, lastband, lastlabel, lastdecision, lastsequence)
    on conflict (tenant, id) do update set
      lastscore = excluded.lastscore, lastband = excluded.lastband, lastlabel = excluded.lastlabel,
      lastdecision = excluded.lastdecision, lastsequence = excluded.lastsequence, status = 'open', closedat = null,
      openedat = case engagements.status when 'open' then engagements.openedat else excluded.openedat end,
      firstdecision = case engagements.status when 'open' then engagements.firstdecision else excluded.firstdecision end,
      taskid = case engagements.status when 'open' then engagements.taskid end,
      outcome = case engagements.status when 'open' then engagements.outcome end
    where excluded.lastsequence > engagements.lastsequence`;
}

/** The engagement of an id, open or closed. */
export async function engagementOfId(
  database: Kysely<Schema>,
  tenant: string,
  id: string,
): Promise<EngagementRow | undefined> {
  const rows = database.selectFrom('engagements').selectAll().where('tenant', '=', tenant).where('id', '=', id);
  const row = await rows.executeTakeFirst();
  return row === undefined ? undefined : readEngagement(row);
}

/** The engagement about a record for a use case, open or closed; the one opened last where there are several. */
export async function findEngagement(
  database: Kysely<Schema>,
  tenant: string,
  record: string,
  usecase: string,
): Promise<EngagementRow | undefined> {
  const row = await database
    .selectFrom('engagements')
    .selectAll()
    .where('tenant', '=', tenant)
    .where(about([record]))
    .where('usecase', '=', usecase)
    .orderBy('openedat', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : readEngagement(row);
}

/** How an engagement ended. */
export interface EngagementEnd {
  readonly outcome: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** The last decision it knew: a later one keeps the engagement open. */
  readonly decisionid: string;
}

/** Closes an engagement unless a later decision has come; closing it again changes nothing. */
export async function closeEngagement(
  database: Kysely<Schema>,
  tenant: string,
  id: string,
  { outcome, at, decisionid }: EngagementEnd,
): Promise<void> {
  await database
    .updateTable('engagements')
    .set({ status: 'closed', outcome, closedat: at })
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('lastdecision', '=', decisionid)
    .where('status', '=', 'open')
    .execute();
}

/** A row as the ledger's callers see it. */
export function readEngagement(row: Selectable<Schema['engagements']>): EngagementRow {
  const { lastscore, lastband, lastlabel, taskid, openedat, closedat, outcome, erasedat, ...rest } = row;
  return {
    ...rest,
    openedat: openedat.toISOString(),
    ...(lastscore !== null && { lastscore }),
    ...(lastband !== null && { lastband }),
    ...(lastlabel !== null && { lastlabel }),
    ...(taskid !== null && { taskid }),
    ...(closedat !== null && { closedat: closedat.toISOString() }),
    ...(outcome !== null && { outcome }),
    ...(erasedat !== null && { erasedat: erasedat.toISOString() }),
  };
}

type Fields = Selectable<Schema['engagements']>;
type Dates = 'openedat' | 'closedat' | 'erasedat';

/** A row by way of JSON, which has no dates. */
export type EngagementJson = Omit<Fields, Dates> & {
  readonly [D in Dates]: D extends 'openedat' ? string : string | null;
};

/** The row that a document has. */
export function engagementIn(row: EngagementJson): EngagementRow {
  const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));
  const dates = { openedat: new Date(row.openedat), closedat: dateOf(row.closedat), erasedat: dateOf(row.erasedat) };
  return readEngagement({ ...row, ...dates });
}

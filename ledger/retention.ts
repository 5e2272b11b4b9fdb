import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { timeForm } from './audit/facts';
import { seal } from './audit/seal';
import { wait } from './audit/wait';
import type { Schema } from './schema';

/** How long a tenant keeps what. RFC 3339; what was recorded before is deleted. */
export interface Retention {
  /** Events, what they told of their series, their batches, snapshots of records, quarantine, and what assistants were sent. */
  readonly eventsBefore: string;
  /** Decisions, what challengers said of them, drafts, proposals, actions, outcomes, closed engagements. */
  readonly decisionsBefore: string;
  /** The tenant is served no more: what else would wait for it goes, too. */
  readonly isRemoved?: boolean;
}

/** Rows deleted, by table. */
export type Purged = Readonly<Record<string, number>>;

/**
 * Deletes what a tenant no longer keeps, in one transaction, and tells how much. Quarantined bytes are events of persons too:
 * they go even when nobody has resolved them. A record with an open engagement keeps its snapshot. Changes of champion stay:
 * they are few, and tell why a digest decides. Of a removed tenant neither open engagements, nor parked events, nor what was
 * accepted and never published stay longer than the rest.
 */
export async function purge(database: Kysely<Schema>, tenant: string, retention: Retention): Promise<Purged> {
  const { eventsBefore, decisionsBefore, isRemoved = false } = retention;
  const statements = {
    events: sql`delete from events where tenant = ${tenant} and recordedat < ${eventsBefore}`,
    observations: sql`delete from observations where tenant = ${tenant} and recordedat < ${eventsBefore}`,
    batches: sql`delete from batches where tenant = ${tenant} and recordedat < ${eventsBefore}`,
    quarantine: sql`delete from quarantine where tenant = ${tenant} and at < ${eventsBefore}`,
    parked: sql`delete from parked where tenant = ${tenant} and at < ${eventsBefore} and status = 'released'`,
    records: sql`delete from records where tenant = ${tenant} and recordedat < ${eventsBefore} and not exists (
      select from engagements where engagements.tenant = records.tenant and engagements.subject = records.subject
        and engagements.source = records.source and status = 'open')`,
    decisions: sql`delete from decisions where tenant = ${tenant} and recordedat < ${decisionsBefore}`,
    shadow_scores: sql`delete from shadow_scores where tenant = ${tenant} and recordedat < ${decisionsBefore}`,
    drafts: sql`delete from drafts where tenant = ${tenant} and at < ${decisionsBefore}`,
    proposals: sql`delete from proposals where tenant = ${tenant} and coalesce(answeredat, until) < ${decisionsBefore}`,
    actions: sql`delete from actions where tenant = ${tenant} and at < ${decisionsBefore}`,
    outcomes: sql`delete from outcomes where tenant = ${tenant} and at < ${decisionsBefore}`,
    engagements: sql`delete from engagements where tenant = ${tenant} and closedat < ${decisionsBefore}`,
    ...(isRemoved ? waiting(tenant, retention) : {}),
  };
  const purged: Record<string, number> = {};
  // What is deleted was sealed before: a row that is gone unsealed counts as taken out.
  await seal(database, tenant);
  await database.transaction().execute(async (transaction) => {
    if (isRemoved) await forgetAccepted(transaction, tenant, eventsBefore);
    await sql`update drafts set sent = null where tenant = ${tenant} and at < ${eventsBefore}
      and sent is not null`.execute(transaction);
    for (const [table, statement] of Object.entries(statements)) {
      const { numAffectedRows } = await statement.execute(transaction);
      purged[table] = Number(numAffectedRows ?? 0n);
    }
    await tellDeleted(transaction, tenant, retention, purged);
  });
  if (Object.values(purged).every((rows) => rows === 0)) return purged;
  // PGlite has no autovacuum: without this the space is never used again. Outside of a transaction, as it must be.
  await sql`vacuum (analyze) ${sql.join(Object.keys(statements).map((table) => sql.table(table)))}`.execute(database);
  return purged;
}

const sealedTables = ['decisions', 'actions', 'outcomes', 'proposals'];

/** Leaves in the audit chain that rows were deleted, and up to when; their salts go, so that nobody can guess what they were. */
async function tellDeleted(
  database: Kysely<Schema>,
  tenant: string,
  { eventsBefore: eventsbefore, decisionsBefore: decisionsbefore }: Retention,
  rows: Purged,
): Promise<void> {
  if (!sealedTables.some((table) => (rows[table] ?? 0) > 0)) return;
  const id = randomUUID();
  await database
    .insertInto('retentions')
    .values({ tenant, id, eventsbefore, decisionsbefore, rows: JSON.stringify(rows) })
    .execute();
  await wait(database, tenant, 'retention', [[id]]);
  const before = sql`to_char(${decisionsbefore}::timestamptz at time zone 'UTC', ${sql.lit(timeForm)})`;
  await sql`
    update audit_entries set salt = null where tenant = ${tenant} and salt is not null
      and (kind in ('decision', 'action') and at < ${before} or kind in ('proposal', 'answer') and not exists (select from proposals
        where proposals.tenant = audit_entries.tenant and json_build_array(proposals.id)::text = audit_entries.key))`.execute(
    database,
  );
}

/** What waits for a tenant that is not served any more. */
function waiting(tenant: string, { eventsBefore, decisionsBefore }: Retention) {
  return {
    inbox: sql`delete from inbox using inboxes where inbox.tenant = ${tenant} and inboxes.tenant = inbox.tenant
      and inboxes.connection = inbox.connection and inboxes.stream = inbox.stream and inbox.number <= inboxes.released`,
    parked: sql`delete from parked where tenant = ${tenant} and at < ${eventsBefore}`,
    records: sql`delete from records where tenant = ${tenant} and recordedat < ${eventsBefore}`,
    engagements: sql`delete from engagements where tenant = ${tenant} and coalesce(closedat, openedat) < ${decisionsBefore}`,
  };
}

/** Its inboxes count what was never published as released: should the tenant come back, that is a gap, and no silence. */
async function forgetAccepted(database: Kysely<Schema>, tenant: string, before: string): Promise<void> {
  await sql`update inboxes set released = old.newest from (
      select connection, stream, max(number) as newest from inbox where tenant = ${tenant} and at < ${before}
      group by connection, stream) as old
    where inboxes.tenant = ${tenant} and inboxes.connection = old.connection and inboxes.stream = old.stream
      and inboxes.released < old.newest`.execute(database);
}

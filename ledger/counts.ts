import { sql, type Kysely } from 'kysely';
import type { Schema } from './schema';

/** What the ledger holds of a tenant. */
export interface Counts {
  /** Distinct events. */
  readonly events: number;
  readonly decisions: number;
  /** Tasks that the CRM has created, each once however often it was tried. */
  readonly tasksCreated: number;
  /** Updates that the CRM has applied. */
  readonly tasksUpdated: number;
  readonly tasksClosed: number;
  readonly duplicatesDropped: number;
  /** Open ones. */
  readonly quarantined: number;
  readonly gapsOpen: number;
  readonly engagementsOpen: number;
  readonly parked: number;
}

/** Counts what the ledger holds of a tenant. */
export async function counts(database: Kysely<Schema>, tenant: string): Promise<Counts> {
  const done = (kind: string) => sql`
    (select count(distinct id) from actions where tenant = ${tenant} and kind = ${kind} and outcome <> 'failed')::int`;
  const { rows } = await sql<Counts>`select
    (select count(*) from events where tenant = ${tenant})::int as events,
    (select count(*) from decisions where tenant = ${tenant})::int as decisions,
    ${done('create-task')} as "tasksCreated",
    ${done('update-task')} as "tasksUpdated",
    ${done('close-task')} as "tasksClosed",
    (select coalesce(sum(duplicates), 0) from batches where tenant = ${tenant})::int as "duplicatesDropped",
    (select count(*) from quarantine where tenant = ${tenant} and resolution is null)::int as quarantined,
    (select count(*) from gaps where tenant = ${tenant} and closedat is null)::int as "gapsOpen",
    (select count(*) from engagements where tenant = ${tenant} and status = 'open')::int as "engagementsOpen",
    (select count(*) from parked where tenant = ${tenant} and status = 'parked')::int as parked`.execute(database);
  const row = rows[0];
  if (row === undefined) throw new Error('the ledger gave no counts: a select without from gives one row');
  return row;
}

/** How long it took from an event to its action in the CRM, in milliseconds. */
export interface Latencies {
  readonly count: number;
  /** Absent when there was no action. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/**
 * From the CRM's `time` of the event that was decided to the CRM's answer to the action, for each applied action once, at
 * its first success. The two ends are two clocks'.
 * @param since only actions answered at or after this, RFC 3339
 */
export async function latencies(database: Kysely<Schema>, tenant: string, since?: string): Promise<Latencies> {
  const { rows } = await sql<{ count: number; p50: number | null; p99: number | null }>`
    select count(*)::int as count,
      percentile_cont(0.5) within group (order by ms) as p50,
      percentile_cont(0.99) within group (order by ms) as p99
    from (
      select extract(epoch from min(actions.at) - min(events.time))::float8 * 1000 as ms
      from actions
      join decisions on decisions.tenant = actions.tenant and decisions.id = actions.decisionid
      join events on events.tenant = decisions.tenant and events.id = decisions.eventid
      where actions.tenant = ${tenant} and actions.outcome <> 'failed' and events.time is not null
        and (${since ?? null}::timestamptz is null or actions.at >= ${since ?? null}::timestamptz)
      group by actions.id
    ) as applied`.execute(database);
  const { count, p50, p99 } = rows[0] ?? { count: 0, p50: null, p99: null };
  return { count, ...(p50 !== null && { p50Ms: p50 }), ...(p99 !== null && { p99Ms: p99 }) };
}

import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { waiting } from './audit/wait';
import { bounded, documents, newest, time } from './columns';
import { erasedCode } from './erased';
import { touchEngagements, type EngagementTouch } from './engagements';
import { insertObservations, type ObservationToKeep } from './observations';
import { insertRecords, type RecordToKeep } from './records';
import type { Schema } from './schema';

/** What a lane did with an event. `duplicate`: another batch has recorded it; counted, not stored again. */
export type EventStatus = 'decided' | 'ignored' | 'echo' | 'duplicate' | 'parked';

export interface RecordedEvent {
  readonly event: CanonicalEvent;
  readonly status: EventStatus;
  /** Why, for a person. */
  readonly because?: string;
  /** Error code of a parked event, e.g. SBX_EXPRESSION_FAILED. */
  readonly code?: string;
}

/** All that one micro-batch led to. */
export interface Batch {
  /** The same for every try of the batch. */
  readonly batchid: string;
  readonly lane: { readonly workflowid: string; readonly runid: string };
  readonly events: readonly RecordedEvent[];
  /** Newest snapshots, at most one needed per record. */
  readonly records: readonly RecordToKeep[];
  /** What the events told of their series. */
  readonly observations?: readonly ObservationToKeep[];
  readonly decisions: readonly Decision[];
  readonly engagements: readonly EngagementTouch[];
}

/**
 * Records a batch in one transaction: all of it or nothing. Recording it again changes nothing; of two snapshots or touches
 * of one record the one with the greater sequence stays, whichever came first.
 */
export async function recordBatch(database: Kysely<Schema>, tenant: string, batch: Batch): Promise<void> {
  const parts = [
    insertBatch(tenant, batch),
    insertEvents(tenant, batch),
    insertParked(tenant, batch.events),
    insertRecords(tenant, batch.records),
    insertObservations(tenant, batch.observations ?? []),
    insertDecisions(tenant, batch),
    batch.decisions.length === 0
      ? undefined
      : waiting(
          tenant,
          'decision',
          batch.decisions.map(({ id }) => [id]),
        ),
    touchEngagements(tenant, batch.engagements),
  ].flatMap((part, index) => (part === undefined ? [] : [sql`${sql.raw(`part${index}`)} as (${part})`]));
  // One statement is one round trip and one transaction.
  await sql`with ${sql.join(parts)} select 1`.execute(database);
}

function insertBatch(tenant: string, { batchid, lane, events }: Batch): RawBuilder<unknown> {
  const duplicates = events.filter(({ status }) => status === 'duplicate').length;
  return sql`
    insert into batches (tenant, batchid, workflowid, runid, events, duplicates)
    values (${tenant}, ${batchid}, ${lane.workflowid}, ${lane.runid}, ${events.length}::int, ${duplicates}::int)
    on conflict do nothing`;
}

function insertEvents(tenant: string, batch: Batch): RawBuilder<unknown> | undefined {
  const stored = batch.events.filter(({ status }) => status !== 'duplicate');
  const rows = newest(
    stored,
    ({ event }) => event.id,
    ({ event }) => event.sequence,
  );
  if (rows.length === 0) return undefined;
  const column = <T>(of: (row: RecordedEvent) => T): T[] => rows.map(of);
  // A parked event that comes again was redriven: it takes the new batch and the new status.
  return sql`
    insert into events
      (tenant, id, batchid, source, subject, connection, sequence, type, time, status, because, event, erasedat)
    select ${tenant}, id, ${batch.batchid}, source, subject, connection, sequence, type, time, status, because, event,
      case when erased then now() end
    from unnest(
      ${column(({ event }) => event.id)}::text[],
      ${column(({ event }) => event.source)}::text[],
      ${column(({ event }) => event.subject)}::text[],
      ${column(({ event }) => event.connection)}::text[],
      ${column(({ event }) => event.sequence)}::text[],
      ${column(({ event }) => event.type)}::text[],
      ${column(({ event }) => time(event.time))}::timestamptz[],
      ${column(({ status }) => status)}::text[],
      ${column(({ because }) => bounded(because))}::text[],
      ${documents(column(({ event }) => event))},
      ${column(({ code }) => code === erasedCode)}::boolean[]
    ) as row (id, source, subject, connection, sequence, type, time, status, because, event, erased)
    on conflict (tenant, id) do update
      set batchid = excluded.batchid, status = excluded.status, because = excluded.because, event = excluded.event,
        erasedat = excluded.erasedat
      where events.status = 'parked' and excluded.status <> 'parked'`;
}

function insertParked(tenant: string, events: readonly RecordedEvent[]): RawBuilder<unknown> | undefined {
  const rows = events.filter(({ status }) => status === 'parked');
  if (rows.length === 0) return undefined;
  const column = <T>(of: (row: RecordedEvent) => T): T[] => rows.map(of);
  return sql`
    insert into parked (tenant, eventid, source, subject, sequence, code, message, status)
    select ${tenant}, row.*, 'parked' from unnest(
      ${column(({ event }) => event.id)}::text[],
      ${column(({ event }) => event.source)}::text[],
      ${column(({ event }) => event.subject)}::text[],
      ${column(({ event }) => event.sequence)}::text[],
      ${column(({ code }) => code ?? 'SBX_LANE_PARKED')}::text[],
      ${column(({ because }) => bounded(because) ?? 'no reason was given')}::text[]
    ) as row
    on conflict (tenant, eventid) do update
      set status = excluded.status, code = excluded.code, message = excluded.message`;
}

/** Each decision is about the record of its event, which is in the batch. */
function insertDecisions(tenant: string, { decisions, events }: Batch): RawBuilder<unknown> | undefined {
  const sources = new Map(events.map(({ event }) => [event.id, event.source]));
  const rows = newest(
    decisions,
    ({ id }) => id,
    ({ sequence }) => sequence,
  );
  if (rows.length === 0) return undefined;
  const column = <T>(of: (decision: Decision) => T): T[] => rows.map(of);
  return sql`
    insert into decisions
      (tenant, id, eventid, connection, source, subject, usecase, outcome, because, score, band, ranking, reasons, contributions,
       intercept, features, related, relatedfrom, propensity, model, policy, decidedat, sequence)
    select ${tenant}, row.* from unnest(
      ${column(({ id }) => id)}::text[],
      ${column(({ eventid }) => eventid)}::text[],
      ${column(({ connection }) => connection)}::text[],
      ${column(({ eventid }) => sources.get(eventid) ?? '')}::text[],
      ${column(({ subject }) => subject)}::text[],
      ${column(({ usecase }) => usecase)}::text[],
      ${column(({ outcome }) => outcome)}::text[],
      ${column(({ because }) => bounded(because))}::text[],
      ${column(({ score }) => score ?? null)}::float8[],
      ${column(({ band }) => band ?? null)}::text[],
      ${documents(column(({ ranking }) => ranking))},
      ${documents(column(({ reasons }) => reasons))},
      ${documents(column(({ contributions }) => contributions))},
      ${column(({ intercept }) => intercept ?? null)}::float8[],
      ${documents(column(({ features }) => features))},
      ${documents(column(({ related }) => related))},
      ${documents(column(({ relatedFrom }) => relatedFrom))},
      ${column(({ propensity }) => propensity ?? null)}::float8[],
      ${documents(column(({ model }) => model))},
      ${column(({ policy }) => policy)}::text[],
      ${column(({ decidedat }) => decidedat)}::timestamptz[],
      ${column(({ sequence }) => sequence)}::text[]
    ) as row
    on conflict (tenant, id) do nothing`;
}

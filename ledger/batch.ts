import { sql, type Kysely, type Transaction } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { bounded, documents, newest, time } from './columns';
import { touchEngagements, type EngagementTouch } from './engagements';
import { insertOutcomes, type Outcome } from './outcomes';
import { recordRows, type RecordRow } from './records';
import type { Schema } from './schema';

/** What a lane did with an event. `duplicate`: another batch has recorded it; counted, not stored again. */
export type EventStatus = 'decided' | 'ignored' | 'echo' | 'duplicate' | 'parked';

export interface RecordedEvent {
  readonly event: CanonicalEvent;
  readonly status: EventStatus;
  /** Why, for a person. */
  readonly because?: string;
  /** Error code of a parked event, e.g. SBX_LANE_POISON. */
  readonly code?: string;
}

/** All that one micro-batch led to. */
export interface Batch {
  /** The same for every try of the batch. */
  readonly batchid: string;
  readonly lane: { readonly workflowid: string; readonly runid: string };
  readonly events: readonly RecordedEvent[];
  /** Newest snapshots, at most one needed per subject. */
  readonly records: readonly RecordRow[];
  readonly decisions: readonly Decision[];
  readonly engagements: readonly EngagementTouch[];
  readonly outcomes?: readonly Outcome[];
}

/**
 * Records a batch in one transaction: all of it or nothing. Recording it again changes nothing; of two snapshots or touches
 * of one subject the one with the greater sequence stays, whichever came first.
 */
export async function recordBatch(database: Kysely<Schema>, tenant: string, batch: Batch): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await insertBatch(transaction, tenant, batch);
    await insertEvents(transaction, tenant, batch);
    await insertParked(transaction, tenant, batch.events);
    await recordRows(transaction, tenant, batch.records);
    await insertDecisions(transaction, tenant, batch.decisions);
    await touchEngagements(transaction, tenant, batch.engagements);
    await insertOutcomes(transaction, tenant, batch.outcomes ?? []);
  });
}

async function insertBatch(transaction: Transaction<Schema>, tenant: string, batch: Batch): Promise<void> {
  const duplicates = batch.events.filter(({ status }) => status === 'duplicate').length;
  await transaction
    .insertInto('batches')
    .values({ tenant, batchid: batch.batchid, ...batch.lane, events: batch.events.length, duplicates })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function insertEvents(transaction: Transaction<Schema>, tenant: string, batch: Batch): Promise<void> {
  const stored = batch.events.filter(({ status }) => status !== 'duplicate');
  const rows = newest(
    stored,
    ({ event }) => event.id,
    ({ event }) => event.sequence,
  );
  if (rows.length === 0) return;
  const column = <T>(of: (row: RecordedEvent) => T): T[] => rows.map(of);
  // A parked event that comes again was redriven: it takes the new batch and the new status.
  await sql`
    insert into events
      (tenant, id, batchid, subject, connection, sequence, type, time, status, because, event)
    select ${tenant}, id, ${batch.batchid}, subject, connection, sequence, type, time, status, because, event
    from unnest(
      ${column(({ event }) => event.id)}::text[],
      ${column(({ event }) => event.subject)}::text[],
      ${column(({ event }) => event.connection)}::text[],
      ${column(({ event }) => event.sequence)}::text[],
      ${column(({ event }) => event.type)}::text[],
      ${column(({ event }) => time(event.time))}::timestamptz[],
      ${column(({ status }) => status)}::text[],
      ${column(({ because }) => bounded(because))}::text[],
      ${documents(column(({ event }) => event))}
    ) as row (id, subject, connection, sequence, type, time, status, because, event)
    on conflict (tenant, id) do update
      set batchid = excluded.batchid, status = excluded.status, because = excluded.because, event = excluded.event
      where events.status = 'parked' and excluded.status <> 'parked'`.execute(transaction);
}

async function insertParked(
  transaction: Transaction<Schema>,
  tenant: string,
  events: readonly RecordedEvent[],
): Promise<void> {
  const parked = events.filter(({ status }) => status === 'parked');
  if (parked.length === 0) return;
  await transaction
    .insertInto('parked')
    .values(
      parked.map(({ event, because, code }) => ({
        tenant,
        eventid: event.id,
        subject: event.subject,
        sequence: event.sequence,
        code: code ?? 'SBX_LANE_PARKED',
        message: bounded(because) ?? 'no reason was given',
        status: 'parked' as const,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'eventid']).doUpdateSet((row) => ({
        status: row.ref('excluded.status'),
        code: row.ref('excluded.code'),
        message: row.ref('excluded.message'),
      })),
    )
    .execute();
}

async function insertDecisions(
  transaction: Transaction<Schema>,
  tenant: string,
  decisions: readonly Decision[],
): Promise<void> {
  const rows = newest(
    decisions,
    ({ id }) => id,
    ({ sequence }) => sequence,
  );
  if (rows.length === 0) return;
  const column = <T>(of: (decision: Decision) => T): T[] => rows.map(of);
  await sql`
    insert into decisions
      (tenant, id, eventid, connection, subject, usecase, outcome, because, score, band, reasons, contributions, intercept,
       features, model, policy, decidedat, sequence)
    select ${tenant}, row.* from unnest(
      ${column(({ id }) => id)}::text[],
      ${column(({ eventid }) => eventid)}::text[],
      ${column(({ connection }) => connection)}::text[],
      ${column(({ subject }) => subject)}::text[],
      ${column(({ usecase }) => usecase)}::text[],
      ${column(({ outcome }) => outcome)}::text[],
      ${column(({ because }) => bounded(because))}::text[],
      ${column(({ score }) => score ?? null)}::float8[],
      ${column(({ band }) => band ?? null)}::text[],
      ${documents(column(({ reasons }) => reasons))},
      ${documents(column(({ contributions }) => contributions))},
      ${column(({ intercept }) => intercept ?? null)}::float8[],
      ${documents(column(({ features }) => features))},
      ${documents(column(({ model }) => model))},
      ${column(({ policy }) => policy)}::text[],
      ${column(({ decidedat }) => decidedat)}::timestamptz[],
      ${column(({ sequence }) => sequence)}::text[]
    ) as row
    on conflict (tenant, id) do nothing`.execute(transaction);
}

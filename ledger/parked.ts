import type { Kysely } from 'kysely';
import type { RecordOf } from '../canonical-schema/identity';
import { about } from './about';
import type { Schema } from './schema';

/** An event that could not be decided, or that waits behind such a one. */
export interface ParkedEvent extends RecordOf {
  readonly eventid: string;
  readonly sequence: string;
  readonly code: string;
  readonly message: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Parked events in the CRM's order, of one record or of all. */
export async function listParked(database: Kysely<Schema>, tenant: string, record?: string): Promise<ParkedEvent[]> {
  const all = database
    .selectFrom('parked')
    .select(['eventid', 'source', 'subject', 'sequence', 'code', 'message', 'at'])
    .where('tenant', '=', tenant)
    .where('status', '=', 'parked')
    .orderBy('subject')
    .orderBy('source')
    .orderBy('sequence');
  const rows = await (record === undefined ? all : all.where(about([record]))).execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** Lets a record go on: its parked events are decided when they are redriven, and later ones no longer park behind them. */
export async function releaseParked(database: Kysely<Schema>, tenant: string, record: string): Promise<ParkedEvent[]> {
  const released = await listParked(database, tenant, record);
  await database
    .updateTable('parked')
    .set({ status: 'released' })
    .where('tenant', '=', tenant)
    .where(about([record]))
    .execute();
  return released;
}

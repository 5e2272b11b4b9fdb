import type { Kysely } from 'kysely';
import type { Schema } from './schema';

/** An event that could not be decided, or that waits behind such a one. */
export interface ParkedEvent {
  readonly eventid: string;
  readonly subject: string;
  readonly sequence: string;
  readonly code: string;
  readonly message: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Parked events in the CRM's order, of one subject or of all. */
export async function listParked(database: Kysely<Schema>, tenant: string, subject?: string): Promise<ParkedEvent[]> {
  const all = database
    .selectFrom('parked')
    .select(['eventid', 'subject', 'sequence', 'code', 'message', 'at'])
    .where('tenant', '=', tenant)
    .where('status', '=', 'parked')
    .orderBy('subject')
    .orderBy('sequence');
  const rows = await (subject === undefined ? all : all.where('subject', '=', subject)).execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** Lets a subject go on: its parked events are decided when they are redriven, and later ones no longer park behind them. */
export async function releaseParked(database: Kysely<Schema>, tenant: string, subject: string): Promise<ParkedEvent[]> {
  const released = await listParked(database, tenant, subject);
  await database
    .updateTable('parked')
    .set({ status: 'released' })
    .where('tenant', '=', tenant)
    .where('subject', '=', subject)
    .execute();
  return released;
}

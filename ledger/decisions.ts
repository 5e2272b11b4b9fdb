import type { Kysely, Selectable } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import { about } from './about';
import { anyOf } from './columns';
import type { Schema } from './schema';

/** All that a decision was recorded with. */
export const decisionColumns = [
  'tenant',
  'id',
  'eventid',
  'connection',
  'subject',
  'usecase',
  'outcome',
  'because',
  'score',
  'band',
  'ranking',
  'reasons',
  'contributions',
  'intercept',
  'features',
  'related',
  'relatedfrom',
  'propensity',
  'model',
  'policy',
  'decidedat',
  'sequence',
] as const;

/** One decision with all its evidence; undefined when there is none of the id. */
export async function findDecision(
  database: Kysely<Schema>,
  tenant: string,
  id: string,
): Promise<Decision | undefined> {
  const row = await database
    .selectFrom('decisions')
    .select(decisionColumns)
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : readDecision(row);
}

/**
 * The decisions on some events, in the order of their events.
 * @param records those that the events are about: there is an index on them, and none on events
 */
export async function findDecisionsOn(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
  eventids: readonly string[],
): Promise<readonly Decision[]> {
  if (eventids.length === 0) return [];
  const rows = await database
    .selectFrom('decisions')
    .select(decisionColumns)
    .where('tenant', '=', tenant)
    .where(about(records))
    .where('eventid', '=', anyOf(eventids))
    .orderBy('sequence')
    .execute();
  return rows.map(readDecision);
}

/** A row as it was recorded; what is null was absent. */
export function readDecision(row: Pick<Selectable<Schema['decisions']>, (typeof decisionColumns)[number]>): Decision {
  const { tenant, decidedat, relatedfrom, ...rest } = row;
  const told = Object.entries({ ...rest, relatedFrom: relatedfrom }).filter(([, value]) => value !== null);
  const known = Object.fromEntries(told) as unknown as Omit<Decision, 'tenantid' | 'decidedat'>;
  return { ...known, tenantid: tenant, decidedat: decidedat.toISOString() };
}

import type { Kysely } from 'kysely';
import type { Schema } from './schema';

/** What became of a decision: the label that training reads. */
export interface Outcome {
  /** The engagement's id. */
  readonly engagement: string;
  readonly decisionid: string;
  /** won | lost | completed | ignored | ... */
  readonly label: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** The event that told it; absent when time ran out. */
  readonly eventid?: string;
}

/** Records outcomes; the first of a label for a decision stays. */
export async function insertOutcomes(
  database: Kysely<Schema>,
  tenant: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await database
    .insertInto('outcomes')
    .values(outcomes.map((outcome) => ({ tenant, ...outcome, eventid: outcome.eventid ?? null })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

import { sql, type Kysely, type RawBuilder } from 'kysely';
import { wait } from './audit/wait';
import { anyOf } from './columns';
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

/** Outcomes that say whether what a score is about has happened; the others say what became of the task. */
export const decisive: readonly string[] = ['won', 'lost', 'expired'];

/**
 * The outcome that counts of each decision, wherever one is asked for: the first of some labels, by its time and then by label.
 * A table with columns `decisionid`, `label` and `at`.
 */
export function outcomesThatCount(
  tenant: string,
  labels: readonly string[],
): RawBuilder<{ readonly decisionid: string; readonly label: string; readonly at: Date }> {
  return sql`(select distinct on (decisionid) decisionid, label, at from outcomes
    where tenant = ${tenant} and label = ${anyOf(labels)} order by decisionid, at, label)`;
}

/** Records outcomes; the first of a label for a decision stays. */
export async function insertOutcomes(
  database: Kysely<Schema>,
  tenant: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  const keys = outcomes.map(({ engagement, decisionid, label }) => [engagement, decisionid, label]);
  await database.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('outcomes')
      .values(outcomes.map((outcome) => ({ tenant, ...outcome, eventid: outcome.eventid ?? null })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await wait(transaction, tenant, 'outcome', keys);
  });
}

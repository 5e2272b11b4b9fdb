import type { Insertable, Kysely } from 'kysely';
import type { Action, ActionResult } from '../canonical-schema/action';
import { recordKey, type RecordOf } from '../canonical-schema/identity';
import { erasedAmong, withoutAnswer, withoutTexts } from './erased';
import type { Schema } from './schema';

/** One try of one action, with the CRM's answer. */
export interface ActionAttempt {
  readonly action: Action;
  /** The engagement's id. */
  readonly engagement: string;
  /** Of the record that it is about. */
  readonly source: string;
  readonly workflowid: string;
  readonly runid: string;
  readonly result: ActionResult;
  /** From 1. */
  readonly attempt: number;
  /** When the CRM answered, RFC 3339 UTC. */
  readonly at: string;
}

/** Records tries; the same action and attempt again changes nothing. */
export async function recordActions(database: Kysely<Schema>, attempts: readonly ActionAttempt[]): Promise<void> {
  if (attempts.length === 0) return;
  const kept = await withoutErased(database, attempts);
  await database
    .insertInto('actions')
    .values(kept.map(toRow))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What was under way when the person's data were erased comes later than that, and says nothing of the person any more. */
async function withoutErased(
  database: Kysely<Schema>,
  attempts: readonly ActionAttempt[],
): Promise<readonly ActionAttempt[]> {
  const erased = new Set<string>();
  for (const tenant of new Set(attempts.map(({ action }) => action.tenantid))) {
    const records = attempts.filter(({ action }) => action.tenantid === tenant).map(recordOf);
    for (const key of await erasedAmong(database, tenant, records)) erased.add(`${tenant} ${key}`);
  }
  return attempts.map((attempt) => {
    const { action, result } = attempt;
    if (!erased.has(`${action.tenantid} ${recordKey(recordOf(attempt))}`)) return attempt;
    return { ...attempt, action: withoutTexts(action), result: withoutAnswer(result) };
  });
}

function recordOf({ action: { about }, source }: ActionAttempt): RecordOf {
  return { source, subject: `${about.entity}/${about.id}` };
}

function toRow(attempt: ActionAttempt): Insertable<Schema['actions']> {
  const { action, result, ...rest } = attempt;
  return {
    ...rest,
    ...recordOf(attempt),
    tenant: action.tenantid,
    id: action.id,
    decisionid: action.decisionid,
    kind: action.kind,
    outcome: result.outcome,
    action: JSON.stringify(action),
    result: JSON.stringify(result),
  };
}

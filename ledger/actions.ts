import type { Insertable, Kysely } from 'kysely';
import type { Action, ActionResult } from '../canonical-schema/action';
import type { Schema } from './schema';

/** One try of one action, with the CRM's answer. */
export interface ActionAttempt {
  readonly action: Action;
  /** The engagement's id. */
  readonly engagement: string;
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
  await database
    .insertInto('actions')
    .values(attempts.map(toRow))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function toRow({ action, result, ...rest }: ActionAttempt): Insertable<Schema['actions']> {
  return {
    ...rest,
    tenant: action.tenantid,
    id: action.id,
    decisionid: action.decisionid,
    subject: `${action.about.entity}/${action.about.id}`,
    kind: action.kind,
    outcome: result.outcome,
    action: JSON.stringify(action),
    result: JSON.stringify(result),
  };
}

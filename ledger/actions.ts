import type { Kysely } from 'kysely';
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

/** Records a try; the same action and attempt again changes nothing. */
export async function recordAction(database: Kysely<Schema>, attempt: ActionAttempt): Promise<void> {
  const { action, result, ...rest } = attempt;
  await database
    .insertInto('actions')
    .values({
      ...rest,
      tenant: action.tenantid,
      id: action.id,
      decisionid: action.decisionid,
      subject: `${action.about.entity}/${action.about.id}`,
      kind: action.kind,
      outcome: result.outcome,
      action: JSON.stringify(action),
      result: JSON.stringify(result),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

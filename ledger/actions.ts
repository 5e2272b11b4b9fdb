import type { Insertable, Kysely } from 'kysely';
import type { Action, ActionResult } from '../canonical-schema/action';
import { wait } from './audit/wait';
import { erasedAmong, withoutAnswer, withoutTexts } from './erased';
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
  const kept = await withoutErased(database, attempts);
  await database.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('actions')
      .values(kept.map(toRow))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    for (const tenant of new Set(kept.map(({ action }) => action.tenantid))) {
      const own = kept.filter(({ action }) => action.tenantid === tenant);
      await wait(
        transaction,
        tenant,
        'action',
        own.map(({ action, attempt }) => [action.id, attempt]),
      );
    }
  });
}

/** What was under way when the person's data were erased comes later than that, and says nothing of the person any more. */
async function withoutErased(
  database: Kysely<Schema>,
  attempts: readonly ActionAttempt[],
): Promise<readonly ActionAttempt[]> {
  const tenants = new Set(attempts.map(({ action }) => action.tenantid));
  const erased = new Set<string>();
  for (const tenant of tenants) {
    const subjects = attempts.filter(({ action }) => action.tenantid === tenant).map(({ action }) => subjectOf(action));
    for (const subject of await erasedAmong(database, tenant, subjects)) erased.add(`${tenant} ${subject}`);
  }
  return attempts.map((attempt) => {
    const { action, result } = attempt;
    if (!erased.has(`${action.tenantid} ${subjectOf(action)}`)) return attempt;
    return { ...attempt, action: withoutTexts(action), result: withoutAnswer(result) };
  });
}

function subjectOf({ about }: Action): string {
  return `${about.entity}/${about.id}`;
}

function toRow({ action, result, ...rest }: ActionAttempt): Insertable<Schema['actions']> {
  return {
    ...rest,
    tenant: action.tenantid,
    id: action.id,
    decisionid: action.decisionid,
    subject: subjectOf(action),
    kind: action.kind,
    outcome: result.outcome,
    action: JSON.stringify(action),
    result: JSON.stringify(result),
  };
}

import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Action, ActionResult } from '../canonical-schema/action';
import { waiting } from './audit/wait';
import { erasedKeys, withoutAnswer, withoutTexts } from './erased';
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

/**
 * Records tries, and with its engagement the task that one of them made, in one statement; the same action and attempt again
 * changes nothing. What was under way when a person's data were erased comes later than that, and says nothing of the person
 * any more.
 */
export async function recordActions(database: Kysely<Schema>, attempts: readonly ActionAttempt[]): Promise<void> {
  if (attempts.length === 0) return;
  const parts = [insertTries(attempts), ...attempts.flatMap(keepTask), ...announced(attempts)].map(
    (part, index) => sql`${sql.raw(`part${index}`)} as (${part})`,
  );
  await sql`with ${sql.join(parts)} select 1`.execute(database);
}

// Rows as values: for so few of them, to plan an unnest costs more than to insert them.
function insertTries(attempts: readonly ActionAttempt[]): RawBuilder<unknown> {
  return sql`
    insert into actions
      (tenant, id, attempt, engagement, decisionid, source, subject, kind, outcome, action, result, workflowid, runid, at)
    values ${sql.join(attempts.map(rowOf))}
    on conflict do nothing`;
}

function rowOf({
  action,
  engagement,
  source,
  result,
  attempt,
  workflowid,
  runid,
  at,
}: ActionAttempt): RawBuilder<unknown> {
  const { tenantid, id, decisionid, kind, about } = action;
  const subject = `${about.entity}/${about.id}`;
  const unlessErased = (whole: unknown, left: unknown): RawBuilder<unknown> => sql`
    case when exists (select from ${erasedKeys(tenantid, [{ source, subject }])} as erased)
    then ${JSON.stringify(left)}::json else ${JSON.stringify(whole)}::json end`;
  return sql`(
    ${tenantid}, ${id}, ${attempt}::int, ${engagement}, ${decisionid}, ${source}, ${subject}, ${kind}, ${result.outcome},
    ${unlessErased(action, withoutTexts(action))}, ${unlessErased(result, withoutAnswer(result))},
    ${workflowid}, ${runid}, ${at}::timestamptz)`;
}

/** To be sealed, those of each tenant together. */
function announced(attempts: readonly ActionAttempt[]): readonly RawBuilder<unknown>[] {
  return [...new Set(attempts.map(({ action }) => action.tenantid))].map((tenant) => {
    const own = attempts.filter(({ action }) => action.tenantid === tenant);
    const keys = own.map(({ action, attempt }) => [action.id, attempt]);
    return waiting(tenant, 'action', keys);
  });
}

function keepTask({ action, engagement, result }: ActionAttempt): readonly RawBuilder<unknown>[] {
  if (action.kind !== 'create-task' || result.outcome === 'failed') return [];
  const { nativeId } = result;
  return [sql`update engagements set taskid = ${nativeId} where tenant = ${action.tenantid} and id = ${engagement}`];
}

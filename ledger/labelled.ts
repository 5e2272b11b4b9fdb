import { sql, type Kysely } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import { anyOf } from './columns';
import { decisionColumns, readDecision } from './decisions';
import { outcomesThatCount, type Outcome } from './outcomes';
import type { Schema } from './schema';

/** A decision with what became of it, where that is known: what a model learns from. */
export interface Labelled {
  readonly decision: Decision;
  readonly outcome?: Pick<Outcome, 'label' | 'at'>;
}

const pageSize = 1000;

/** A use case's decisions as they were recorded, erased ones left out, in the order of their ids, read page by page. */
export async function* readLabelled(
  database: Kysely<Schema>,
  tenant: string,
  usecase: string,
  labels: readonly string[],
): AsyncGenerator<Labelled> {
  for (let after = ''; ;) {
    const rows = await database
      .selectFrom('decisions')
      .select(decisionColumns)
      .where('tenant', '=', tenant)
      .where('usecase', '=', usecase)
      .where('id', '>', after)
      .where('erasedat', 'is', null)
      .orderBy('id')
      .limit(pageSize)
      .execute();
    const decisions = rows.map(readDecision);
    const outcomes = await outcomesOf(database, tenant, labels, decisions);
    for (const decision of decisions) {
      const outcome = outcomes.get(decision.id);
      yield { decision, ...(outcome === undefined ? {} : { outcome }) };
    }
    const last = decisions.at(-1);
    if (last === undefined || decisions.length < pageSize) return;
    after = last.id;
  }
}

/** The outcome that counts of each of these decisions, by its id. */
async function outcomesOf(
  database: Kysely<Schema>,
  tenant: string,
  labels: readonly string[],
  decisions: readonly Decision[],
): Promise<ReadonlyMap<string, Pick<Outcome, 'label' | 'at'>>> {
  const { rows } = await sql<{ readonly decisionid: string; readonly label: string; readonly at: Date }>`
    select decisionid, label, at from ${outcomesThatCount(tenant, labels)} as known
    where decisionid = ${anyOf(decisions.map(({ id }) => id))}`.execute(database);
  return new Map(rows.map(({ decisionid, label, at }) => [decisionid, { label, at: at.toISOString() }]));
}

/** What the decisions of a use case have known, ever: names of features and of related values, in order. */
export async function namesKnown(
  database: Kysely<Schema>,
  tenant: string,
  usecase: string,
): Promise<{ readonly features: readonly string[]; readonly related: readonly string[] }> {
  const namesIn = async (column: 'features' | 'related'): Promise<readonly string[]> => {
    const { rows } = await sql<{ readonly name: string }>`
      select distinct name collate "C" as name from decisions, json_object_keys(${sql.ref(column)}) as name
      where tenant = ${tenant} and usecase = ${usecase} order by 1`.execute(database);
    return rows.map(({ name }) => name);
  };
  return { features: await namesIn('features'), related: await namesIn('related') };
}

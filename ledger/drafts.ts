import { sql, type Kysely, type Selectable } from 'kysely';
import { bounded } from './columns';
import type { DraftAnswer, DraftRow } from './draft-row';
import { erasedAmong, erasedCode, erasedText } from './erased';
import type { Schema } from './schema';

/** What assistants drafted. */
export interface Drafts {
  /** Keeps the first of a decision; gives the one that is kept. */
  record(tenant: string, draft: DraftRow): Promise<DraftRow>;
  find(tenant: string, decisionid: string): Promise<DraftRow | undefined>;
  /** Says that the template's text was used after all, whatever was drafted. */
  pass(tenant: string, draft: DraftRow): Promise<void>;
  /** Records a person's answer to the proposal. */
  answer(tenant: string, decisionid: string, answer: DraftAnswer): Promise<void>;
  /** @param since RFC 3339 */
  tokensSince(tenant: string, since: string): Promise<number>;
}

export function drafts(database: Kysely<Schema>): Drafts {
  const find = async (tenant: string, decisionid: string): Promise<DraftRow | undefined> => {
    const row = await database
      .selectFrom('drafts')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('decisionid', '=', decisionid)
      .executeTakeFirst();
    return row === undefined ? undefined : readDraft(row);
  };
  return {
    find,
    record: async (tenant, draft) => {
      if (await isErased(database, tenant, draft)) return withoutWords(draft);
      await database
        .insertInto('drafts')
        .values(toRow(tenant, draft))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await find(tenant, draft.decisionid)) ?? draft;
    },
    pass: async (tenant, draft) => {
      if (await isErased(database, tenant, draft)) return;
      const { outcome, code, message, proposal } = toRow(tenant, draft);
      await database
        .insertInto('drafts')
        .values(toRow(tenant, draft))
        .onConflict((conflict) =>
          conflict.columns(['tenant', 'decisionid']).doUpdateSet({ outcome, code, message, proposal }),
        )
        .execute();
    },
    answer: async (tenant, decisionid, answer) => {
      await database
        .updateTable('drafts')
        .set({ answer: JSON.stringify(answer) })
        .where('tenant', '=', tenant)
        .where('decisionid', '=', decisionid)
        .execute();
    },
    tokensSince: async (tenant, since) => {
      const { tokens } = await database
        .selectFrom('drafts')
        .select(sql<string>`coalesce(sum(tokensin + tokensout), 0)`.as('tokens'))
        .where('tenant', '=', tenant)
        .where('at', '>=', sql<Date>`${since}::timestamptz`)
        .executeTakeFirstOrThrow();
      return Number(tokens);
    },
  };
}

async function isErased(database: Kysely<Schema>, tenant: string, draft: DraftRow): Promise<boolean> {
  return (await erasedAmong(database, tenant, [draft])).size > 0;
}

/** A draft that was under way when the person's data were erased: it is not kept, and not used. */
function withoutWords({ decisionid, engagement, source, subject, usecase, ...draft }: DraftRow) {
  const { tokensin, tokensout, durationms, at } = draft;
  const about = { decisionid, engagement, source, subject, usecase, tokensin, tokensout, durationms, at };
  return { ...about, outcome: 'template', code: erasedCode, message: erasedText } as const;
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

function toRow(tenant: string, { masked, sent, content, proposal, answer, ...row }: DraftRow) {
  const { code = null, message, model = null, host = null, prompt = null } = row;
  return {
    ...row,
    ...{ tenant, code, message: bounded(message), model, host, prompt },
    ...{ masked: json(masked), sent: json(sent), content: json(content) },
    ...{ proposal: json(proposal), answer: json(answer) },
  };
}

/** A row as it was recorded; what is null was absent. */
export function readDraft(row: Selectable<Schema['drafts']>): DraftRow {
  const { erasedat, ...rest } = row;
  const told = Object.entries(rest).filter(([key, value]) => key !== 'tenant' && value !== null);
  const erased = erasedat === null ? {} : { erasedat: erasedat.toISOString() };
  return {
    ...(Object.fromEntries(told) as unknown as Omit<DraftRow, 'at' | 'erasedat'>),
    at: row.at.toISOString(),
    ...erased,
  };
}

import { sql, type Kysely, type Selectable } from 'kysely';
import { bounded } from './columns';
import { erasedAmong, erasedCode, erasedText } from './erased';
import type { Schema } from './schema';

/** The texts of a draft, with what was masked put back. */
export interface DraftContent {
  readonly subject: string;
  readonly description: string;
  /** Why it proposes what it does, or nothing. */
  readonly because: string;
  /** Links and contact details of its own that were taken out. */
  readonly takenOut: number;
}

/** A person's answer to what an assistant proposed. */
export interface DraftAnswer {
  readonly by: string;
  readonly verdict: 'approve' | 'refuse';
  readonly comment?: string;
  /** RFC 3339 UTC */
  readonly at: string;
}

/** One draft: there is one for a decision at most. */
export interface DraftRow {
  readonly decisionid: string;
  /** The engagement's id. */
  readonly engagement: string;
  readonly subject: string;
  readonly usecase: string;
  /** Whether the draft was used, or the template's own text. */
  readonly outcome: 'drafted' | 'template';
  /** Why the template's text was used. */
  readonly code?: string;
  readonly message?: string;
  readonly model?: string;
  /** Of the endpoint. */
  readonly host?: string;
  /** sha256 (hex) of the canonical JSON of `sent`. */
  readonly prompt?: string;
  /** How many placeholders of each kind are in what was sent. */
  readonly masked?: Readonly<Record<string, number>>;
  /** Absent once events are no longer kept. */
  readonly sent?: { readonly system: string; readonly user: string };
  readonly content?: DraftContent;
  /** What was proposed beyond the task: words, and the field and value that the tenant's file has for it. */
  readonly proposal?: {
    readonly does: string;
    readonly field: string;
    readonly value: string | number | boolean | null;
  };
  readonly answer?: DraftAnswer;
  readonly tokensin: number;
  readonly tokensout: number;
  readonly durationms: number;
  /** RFC 3339 UTC */
  readonly at: string;
  /** When the person's data were erased from it. */
  readonly erasedat?: string;
}

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
      if (await isErased(database, tenant, draft.subject)) return withoutWords(draft);
      await database
        .insertInto('drafts')
        .values(toRow(tenant, draft))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await find(tenant, draft.decisionid)) ?? draft;
    },
    pass: async (tenant, draft) => {
      if (await isErased(database, tenant, draft.subject)) return;
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

async function isErased(database: Kysely<Schema>, tenant: string, subject: string): Promise<boolean> {
  return (await erasedAmong(database, tenant, [subject])).size > 0;
}

/** A draft that was under way when the person's data were erased: it is not kept, and not used. */
function withoutWords({ decisionid, engagement, subject, usecase, tokensin, tokensout, durationms, at }: DraftRow) {
  const about = { decisionid, engagement, subject, usecase, tokensin, tokensout, durationms, at };
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

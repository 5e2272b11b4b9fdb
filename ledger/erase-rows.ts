import { sql, type Kysely, type RawBuilder } from 'kysely';
import { about as aboutRecords } from './about';
import { wait } from './audit/wait';
import { documents } from './columns';
import { emptiedDecision, erasedText, withoutAnswer, withoutContent, withoutTexts } from './erased';
import type { Schema } from './schema';

/** How many of what, by name. */
export type ErasedCounts = Readonly<Record<string, number>>;

/** Rows of one table that are about some records, and what becomes of them. */
interface Part {
  readonly table: string;
  /** Which rows still have something personal. */
  readonly where: RawBuilder<unknown>;
  /** What is set; deleted where nothing is. */
  readonly set?: RawBuilder<unknown>;
  /** What of it is sealed: rows have the key `id`. */
  readonly kinds?: readonly string[];
}

/** Rows of documents that are rewritten one by one, at once. */
const page = 500;

/** Deleted is what is only about the person; emptied what proves that something was decided or done. */
function partsOf(tenant: string, records: readonly string[], marks: readonly string[]): readonly Part[] {
  const about = sql`tenant = ${tenant} and ${aboutRecords(records)}`;
  const left = sql`${about} and erasedat is null`;
  const events = sql`select id from events where ${about}`;
  // Bytes that could not be read: whatever bears the CRM's id, mail address or number of the person.
  const marked = sql`tenant = ${tenant} and erasedat is null and exists (
    select from unnest(${marks}::text[]) as mark
    where position(convert_to(mark, 'UTF8') in bytes) > 0 or strpos(lower(native::text), lower(mark)) > 0
      or strpos(lower(message), lower(mark)) > 0)`;
  return [
    {
      table: 'observations',
      where: sql`tenant = ${tenant} and eventid in (${events})`,
    },
    { table: 'records', where: about },
    { table: 'shadow_scores', where: about },
    { table: 'decisions', where: left, set: emptiedDecision, kinds: ['decision'] },
    {
      table: 'engagements',
      where: left,
      set: sql`lastscore = null, lastband = null, lastlabel = null, status = 'closed',
        outcome = case status when 'open' then 'erased' else outcome end,
        closedat = case status when 'open' then now() else closedat end`,
    },
    {
      table: 'drafts',
      where: left,
      set: sql`message = null, masked = null, sent = null, content = null, proposal = null,
        answer = case when answer is null then null else
          json_build_object('by', answer->'by', 'verdict', answer->'verdict', 'at', answer->'at') end`,
    },
    {
      table: 'proposals',
      where: left,
      set: sql`score = null, band = null, ranking = null, reasons = '[]', actions = '[]', reason = null,
        status = case status when 'waiting' then 'ended' else status end,
        answeredat = case status when 'waiting' then now() else answeredat end`,
      kinds: ['proposal', 'answer'],
    },
    { table: 'parked', where: left, set: sql`message = ${erasedText}, status = 'released'` },
    {
      table: 'quarantine',
      where: marked,
      set: sql`bytes = '', native = null, message = ${erasedText},
        resolution = coalesce(resolution, ${erasedText}), resolvedat = coalesce(resolvedat, now())`,
    },
  ];
}

/** How many rows have something personal of the records, by table; tables with none are left out. */
export async function countErasable(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
  marks: readonly string[],
): Promise<ErasedCounts> {
  const rewritten = sql`tenant = ${tenant} and ${aboutRecords(records)} and erasedat is null`;
  const parts: readonly Part[] = [
    { table: 'events', where: rewritten },
    ...partsOf(tenant, records, marks),
    { table: 'actions', where: rewritten },
  ];
  const counts: Record<string, number> = {};
  for (const { table, where } of parts) {
    const { rows } = await sql<{ readonly many: number }>`
      select count(*)::int as many from ${sql.table(table)} where ${where}`.execute(database);
    const many = rows[0]?.many ?? 0;
    if (many > 0) counts[table] = many;
  }
  return counts;
}

/** Empties and deletes, in one transaction, and gives the space back. What was erased before is left alone. */
export async function eraseRows(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
  marks: readonly string[],
): Promise<ErasedCounts> {
  const counts: Record<string, number> = {};
  const count = (table: string, many: number): void => {
    if (many > 0) counts[table] = (counts[table] ?? 0) + many;
  };
  await database.transaction().execute(async (transaction) => {
    for (const part of partsOf(tenant, records, marks)) count(part.table, await eraseOf(transaction, tenant, part));
    count('events', await rewriteEvents(transaction, tenant, records));
    count('actions', await rewriteActions(transaction, tenant, records));
  });
  // What was overwritten stays in the pages until then; PGlite has no autovacuum. Outside of a transaction, as it must be.
  const touched = Object.keys(counts);
  if (touched.length > 0) {
    await sql`vacuum (analyze) ${sql.join(touched.map((table) => sql.table(table)))}`.execute(database);
  }
  return counts;
}

async function eraseOf(transaction: Kysely<Schema>, tenant: string, part: Part): Promise<number> {
  const { where, set, kinds = [] } = part;
  const name = sql.table(part.table);
  const statement =
    set === undefined
      ? sql<{ readonly id: string }>`delete from ${name} where ${where}`
      : sql<{ readonly id: string }>`update ${name} set ${set}, erasedat = now() where ${where}`;
  const told = kinds.length === 0 ? statement : sql<{ readonly id: string }>`${statement} returning id`;
  const { rows, numAffectedRows } = await told.execute(transaction);
  const keys = kinds.length === 0 ? [] : rows.map(({ id }) => [id]);
  // What waited for an answer has one now; what had one is emptied.
  if (kinds.includes('answer')) await wait(transaction, tenant, 'answer', keys);
  for (const kind of kinds) await wait(transaction, tenant, kind, keys, true);
  return Number(numAffectedRows ?? 0n);
}

/** In the program, not in the database: documents may hold what its JSON functions refuse. */
async function rewriteEvents(transaction: Kysely<Schema>, tenant: string, records: readonly string[]): Promise<number> {
  let many = 0;
  for (;;) {
    const rows = await transaction
      .selectFrom('events')
      .select(['id', 'event'])
      .where('tenant', '=', tenant)
      .where(aboutRecords(records))
      .where('erasedat', 'is', null)
      .limit(page)
      .execute();
    if (rows.length === 0) return many;
    many += rows.length;
    await sql`
      update events set event = row.event, because = ${erasedText}, erasedat = now()
      from unnest(${rows.map(({ id }) => id)}::text[], ${documents(rows.map(({ event }) => withoutContent(event)))})
        as row (id, event)
      where events.tenant = ${tenant} and events.id = row.id`.execute(transaction);
  }
}

async function rewriteActions(
  transaction: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<number> {
  const rows = await transaction
    .selectFrom('actions')
    .select(['id', 'attempt', 'action', 'result'])
    .where('tenant', '=', tenant)
    .where(aboutRecords(records))
    .where('erasedat', 'is', null)
    .execute();
  if (rows.length === 0) return 0;
  await sql`
    update actions set action = row.action, result = row.result, erasedat = now()
    from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ attempt }) => attempt)}::int[],
      ${documents(rows.map(({ action }) => withoutTexts(action)))},
      ${documents(rows.map(({ result }) => withoutAnswer(result)))}) as row (id, attempt, action, result)
    where actions.tenant = ${tenant} and actions.id = row.id and actions.attempt = row.attempt`.execute(transaction);
  await wait(
    transaction,
    tenant,
    'action',
    rows.map(({ id, attempt }) => [id, attempt]),
    true,
  );
  return rows.length;
}

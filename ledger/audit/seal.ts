import { randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { anyOf, separator } from '../columns';
import type { Schema } from '../schema';
import { blockHash, entryLine, headerText, nothingBefore, Root, type EntryRow } from './blocks';
import { facts as sealedFacts, form } from './facts';
import { Ground } from './ground';
import { digestOf, keyText, readRows, type SealableRow } from './rows';

/** Entries of a block, about: what waits together stays together. */
const most = 500;

/** Rows that are looked at for it. */
const mostRows = 200;

/** Who has something to be sealed. */
export async function tenantsWaiting(database: Kysely<Schema>): Promise<readonly string[]> {
  const rows = await database.selectFrom('audit_waiting').select('tenant').distinct().orderBy('tenant').execute();
  return rows.map(({ tenant }) => tenant);
}

/**
 * Seals what waits of a tenant, block by block, each in a transaction: what recorded it is held up for one block at most. Two at
 * once make one chain. Gives the number of entries.
 * @param facts another for tests alone
 */
export async function seal(database: Kysely<Schema>, tenant: string, facts = sealedFacts): Promise<number> {
  let sealed = 0;
  for (;;) {
    const { entries, isMore } = await database
      .transaction()
      .execute((transaction) => sealBlock(transaction, tenant, facts));
    sealed += entries;
    if (!isMore) break;
  }
  // PGlite has no autovacuum, and every row of this table is soon dead.
  if (sealed > 0) await sql`vacuum audit_waiting`.execute(database);
  return sealed;
}

async function sealBlock(
  database: Kysely<Schema>,
  tenant: string,
  facts: typeof sealedFacts,
): Promise<{ readonly entries: number; readonly isMore: boolean }> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`signalbox audit ${tenant}`}, 0))`.execute(database);
  const rows = await database
    .selectFrom('audit_waiting')
    .select(['id', 'history', 'entries'])
    .where('tenant', '=', tenant)
    .orderBy('id')
    .limit(mostRows)
    .execute();
  const [first] = rows;
  if (first === undefined) return { entries: 0, isMore: false };
  let count = 0;
  const end = rows.findIndex(({ history, entries }) => history !== first.history || (count += entries.length) > most);
  const taken = rows.slice(0, end === -1 ? rows.length : Math.max(end, 1));
  const asked = taken
    .flatMap(({ entries }) => entries)
    .map(([kind, key, emptied]) => ({ kind, key: keyText(key), emptied }));
  const fresh = await notSealed(database, tenant, asked);
  const entries = await entriesOf(database, tenant, fresh, facts);
  if (entries.length > 0) await append(database, tenant, first.history, entries);
  await database
    .deleteFrom('audit_waiting')
    .where('id', '=', sql<string>`any(${taken.map(({ id }) => id)}::bigint[])`)
    .execute();
  return { entries: entries.length, isMore: taken.length < rows.length || rows.length === mostRows };
}

type Asked = Pick<EntryRow, 'kind' | 'key' | 'emptied'>;
type Entry = Omit<EntryRow, 'tenant' | 'block' | 'place'>;

const nameOf = ({ kind, key, emptied }: Asked): string => `${kind} ${emptied ? 'emptied' : 'whole'} ${key}`;

/** A batch that is recorded again waits again. What was deleted and is recorded anew, under the same key, is sealed anew. */
async function notSealed(database: Kysely<Schema>, tenant: string, asked: readonly Asked[]): Promise<readonly Asked[]> {
  const known = await database
    .selectFrom('audit_entries')
    .select(['kind', 'key', 'emptied', 'at'])
    .where('tenant', '=', tenant)
    .where('kind', '=', anyOf([...new Set(asked.map(({ kind }) => kind))]))
    .where('key', '=', anyOf(asked.map(({ key }) => key)))
    .execute();
  const ground = new Ground(database, tenant);
  const isDeleted = await Promise.all(known.map((one) => ground.isDeleted(one)));
  const sealed = new Set(known.filter((_, n) => isDeleted[n] !== true).map(nameOf));
  return [...new Map(asked.map((one) => [nameOf(one), one])).values()].filter((one) => !sealed.has(nameOf(one)));
}

/** By kind, in the order in which they wait. */
async function entriesOf(
  database: Kysely<Schema>,
  tenant: string,
  asked: readonly Asked[],
  facts: typeof sealedFacts,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const kind of new Set(asked.map((one) => one.kind))) {
    const fact = facts[kind];
    if (fact === undefined) throw new Error(`a newer Signalbox recorded "${kind}": seal with that version`);
    const own = asked.filter((one) => one.kind === kind);
    const rows = await readRows(
      database,
      tenant,
      fact,
      own.map(({ key }) => key),
    );
    for (const one of own) entries.push(entryOf(one, rows.get(one.key)));
  }
  return entries;
}

/** A row that is gone before it was sealed has an entry, too: without digests. */
function entryOf(asked: Asked, row: SealableRow | undefined): Entry {
  if (row === undefined) return { ...asked, at: null, kept: null, content: null, salt: null };
  const { content, at } = row;
  const salt = content === undefined ? undefined : randomBytes(16);
  return {
    ...{ ...asked, at, kept: digestOf(row.kept) },
    content: content === undefined ? null : digestOf(content, salt),
    salt: salt ?? null,
  };
}

async function append(
  database: Kysely<Schema>,
  tenant: string,
  history: boolean,
  entries: readonly Entry[],
): Promise<void> {
  const newest = await database
    .selectFrom('audit_blocks')
    .select(['number', 'hash'])
    .where('tenant', '=', tenant)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const root = new Root();
  for (const entry of entries) root.add(entryLine(entry));
  const block = {
    ...{ form, tenant, history, number: (newest?.number ?? 0) + 1, previous: newest?.hash ?? nothingBefore },
    ...{ at: new Date(), entries: entries.length, root: root.end() },
  };
  await database
    .insertInto('audit_blocks')
    .values({ ...block, at: block.at.toISOString(), hash: blockHash(headerText(block)) })
    .execute();
  await insertEntries(database, tenant, block.number, entries);
  await forgetSalts(
    database,
    tenant,
    entries.filter(({ emptied }) => emptied),
  );
}

/** Each column is one text, as in `documents`: arrays of keys and bytes would be escaped, there and back. */
async function insertEntries(
  database: Kysely<Schema>,
  tenant: string,
  block: number,
  entries: readonly Entry[],
): Promise<void> {
  const column = (of: (entry: Entry) => string | null) =>
    sql`string_to_array(${entries.map((entry) => of(entry) ?? '').join(separator)}, ${sql.lit(separator)}, '')`;
  const hex = (bytes: Buffer | null): string | null => bytes?.toString('hex') ?? null;
  await sql`
    insert into audit_entries (tenant, block, place, kind, key, at, kept, content, salt, emptied)
    select ${tenant}, ${block}::int, row.place::int, row.kind, row.key, row.at, decode(row.kept, 'hex'),
      decode(row.content, 'hex'), decode(row.salt, 'hex'), row.emptied = 'true'
    from unnest(${column(({ kind }) => kind)}, ${column(({ key }) => key)}, ${column(({ at }) => at)},
      ${column(({ kept }) => hex(kept))}, ${column(({ content }) => hex(content))}, ${column(({ salt }) => hex(salt))},
      ${column(({ emptied }) => String(emptied))})
      with ordinality as row (kind, key, at, kept, content, salt, emptied, place)`.execute(database);
}

/** What was erased is not to be guessed from its digest. */
async function forgetSalts(database: Kysely<Schema>, tenant: string, emptied: readonly Entry[]): Promise<void> {
  if (emptied.length === 0) return;
  await sql`
    update audit_entries set salt = null
    from unnest(${emptied.map(({ kind }) => kind)}::text[], ${emptied.map(({ key }) => key)}::text[]) as gone (kind, key)
    where audit_entries.tenant = ${tenant} and audit_entries.kind = gone.kind and audit_entries.key = gone.key
      and not audit_entries.emptied`.execute(database);
}

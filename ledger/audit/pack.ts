import type { Kysely } from 'kysely';
import type { Schema } from '../schema';
import { entryLine, headerText, type BlockRow, type EntryRow } from './blocks';
import { facts } from './facts';
import { Ground } from './ground';
import { digestOf, readRows, type SealableRow } from './rows';

/** Blocks sealed from the one time on, before the other; RFC 3339. */
export interface PackWindow {
  readonly since?: string;
  readonly until?: string;
}

export interface PackedEntry {
  readonly block: number;
  readonly line: string;
}

/**
 * A row for an auditor. `whole`: as it was sealed; `emptied`: as an erasure left it; `superseded`: emptied since, so only what stays can
 * be held to its digest; `gone`: not there any more.
 */
export interface PackedRow {
  readonly block: number;
  readonly kind: string;
  readonly key: string;
  readonly state: 'whole' | 'emptied' | 'superseded' | 'gone';
  /** How the entry was sealed. */
  readonly sealed: 'whole' | 'emptied';
  /** The texts that were hashed: of the columns that stay, and of those that an erasure empties, behind the salt (hex). */
  readonly kept?: string;
  readonly content?: string;
  readonly salt?: string;
}

/** Every block of a tenant, oldest first, one at a time. */
async function* readBlocks(database: Kysely<Schema>, tenant: string): AsyncGenerator<BlockRow> {
  const pageSize = 100;
  for (let after = 0; ;) {
    const blocks = await database
      .selectFrom('audit_blocks')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('number', '>', after)
      .orderBy('number')
      .limit(pageSize)
      .execute();
    yield* blocks;
    after = blocks.at(-1)?.number ?? after;
    if (blocks.length < pageSize) return;
  }
}

export async function* packBlocks(
  database: Kysely<Schema>,
  tenant: string,
): AsyncGenerator<{ readonly header: string; readonly hash: string }> {
  for await (const block of readBlocks(database, tenant)) yield { header: headerText(block), hash: block.hash };
}

/** The entries of each block of a window. */
async function* readEntries(
  database: Kysely<Schema>,
  tenant: string,
  { since = '', until = '\uffff' }: PackWindow,
): AsyncGenerator<readonly EntryRow[]> {
  for await (const { number, at } of readBlocks(database, tenant)) {
    const sealed = at.toISOString();
    if (sealed < since || sealed >= until) continue;
    yield await database
      .selectFrom('audit_entries')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('block', '=', number)
      .orderBy('place')
      .execute();
  }
}

export async function* packEntries(
  database: Kysely<Schema>,
  tenant: string,
  window: PackWindow,
): AsyncGenerator<PackedEntry> {
  for await (const entries of readEntries(database, tenant, window)) {
    for (const entry of entries) yield { block: entry.block, line: entryLine(entry) };
  }
}

export async function* packRows(
  database: Kysely<Schema>,
  tenant: string,
  window: PackWindow,
): AsyncGenerator<PackedRow> {
  const ground = new Ground(database, tenant);
  for await (const entries of readEntries(database, tenant, window)) {
    for (const kind of new Set(entries.map((entry) => entry.kind))) {
      const fact = facts[kind];
      const own = entries.filter((entry) => entry.kind === kind);
      const keys = own.map(({ key }) => key);
      const rows = fact === undefined ? new Map<string, SealableRow>() : await readRows(database, tenant, fact, keys);
      for (const entry of own) {
        const row = rows.get(entry.key);
        yield packed(entry, row !== undefined && (await isAnother(ground, entry, row)) ? undefined : row);
      }
    }
  }
}

/** Whether the row was recorded under the key of one that was deleted. */
async function isAnother(ground: Ground, entry: EntryRow, row: SealableRow): Promise<boolean> {
  return entry.kept?.equals(digestOf(row.kept)) === false && (await ground.isReplaced(entry));
}

function packed(entry: EntryRow, row: SealableRow | undefined): PackedRow {
  const { block, kind, key, emptied, content, salt } = entry;
  const sealed = emptied ? 'emptied' : 'whole';
  const place = { block, kind, key, sealed } as const;
  if (row === undefined) return { ...place, state: 'gone' };
  // Its salt went with its content.
  if (content !== null && salt === null) return { ...place, state: 'superseded', kept: row.kept };
  return {
    ...{ ...place, state: sealed, kept: row.kept },
    ...(row.content === undefined ? {} : { content: row.content }),
    ...(salt === null ? {} : { salt: salt.toString('hex') }),
  };
}

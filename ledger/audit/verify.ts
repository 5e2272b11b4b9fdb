import { sql, type Kysely } from 'kysely';
import type { Schema } from '../schema';
import { blockHash, entryLine, headerText, nothingBefore, Root, type BlockRow, type EntryRow } from './blocks';
import { facts as sealedFacts, type Fact } from './facts';
import { Ground } from './ground';
import { digestOf, keyText, readRows, type SealableRow } from './rows';

/** Something that is not as it was sealed. */
export interface Finding {
  readonly what:
    | 'altered' // a row has another content than it was sealed with
    | 'missing' // a row that was sealed is not there, and no retention deleted it
    | 'inserted' // a row that nobody recorded through Signalbox, or whose entry was taken out
    | 'emptied' // a row was emptied, and no erasure is about its record
    | 'block'; // the chain itself was changed
  /** Kind of the entry, e.g. `decision`; of the chain itself: `block`. */
  readonly kind: string;
  /** The row's key, or the block's number. */
  readonly key: string;
  /** What is wrong, for a person. */
  readonly because: string;
}

/** What was verified. */
export interface Verified {
  readonly blocks: number;
  readonly entries: number;
  /** Recorded and not sealed yet. */
  readonly waiting: number;
  /** Rows that erasures emptied, and rows that were deleted because they are no longer kept. */
  readonly emptied: number;
  readonly deleted: number;
  /** Entries that were recorded before there was a chain: sealed as they were then. */
  readonly history: number;
  /** Hash of the newest block; absent where nothing is sealed. */
  readonly head?: string;
  /** Number of the block with the hash that was kept elsewhere. */
  readonly anchoredAt?: number;
  /** The first of them, in the order of the chain. */
  readonly findings: readonly Finding[];
  readonly found: number;
}

/** How verification is asked for. */
export interface VerifyOptions {
  /** A hash that was kept elsewhere: the chain must have it. */
  readonly head?: string;
  /** What is sealed; another for tests alone. */
  readonly facts?: typeof sealedFacts;
}

/** Findings that are told; the rest is counted. */
const mostTold = 20;
const pageSize = 500;

/**
 * Recomputes a tenant's whole chain and holds every row to it, and every row that there is to the chain. Reads page by page,
 * without a transaction: what is recorded, sealed, erased or deleted meanwhile is no finding.
 */
export async function verify(
  database: Kysely<Schema>,
  tenant: string,
  { head, facts = sealedFacts }: VerifyOptions = {},
): Promise<Verified> {
  const verifying = new Verifying(database, tenant, facts);
  await verifying.chain(head);
  for (const [kind, fact] of Object.entries(facts)) await verifying.rows(kind, fact);
  return verifying.verified();
}

/** The root of a block's entries; undefined where one is not at its place. */
function rootOf(entries: readonly EntryRow[]): string | undefined {
  const root = new Root();
  for (const [n, entry] of entries.entries()) {
    if (entry.place !== n + 1) return undefined;
    root.add(entryLine(entry));
  }
  return root.end();
}

class Verifying {
  private readonly findings: Finding[] = [];
  private found = 0;
  private readonly counts = { blocks: 0, entries: 0, emptied: 0, deleted: 0, history: 0 };
  private head: string | undefined;
  private anchoredAt: number | undefined;
  private readonly ground: Ground;

  constructor(
    private readonly database: Kysely<Schema>,
    private readonly tenant: string,
    private readonly facts: Readonly<Record<string, Fact>>,
  ) {
    this.ground = new Ground(database, tenant);
  }

  private find(finding: Finding): void {
    this.found += 1;
    if (this.findings.length < mostTold) this.findings.push(finding);
  }

  async chain(anchor: string | undefined): Promise<void> {
    let previous = nothingBefore;
    let last = 0;
    for (let number = 1; ; number += 1) {
      const block = await this.block(number);
      if (block === undefined) break;
      await this.holdBlock(block, number, previous);
      previous = block.hash;
      this.head = block.hash;
      if (block.hash === anchor) this.anchoredAt = block.number;
      number = block.number;
      last = number;
    }
    await this.beyond(last);
    if (anchor === undefined || this.anchoredAt !== undefined) return;
    const because = 'the chain has no block of this hash: it was cut or written anew since the hash was kept';
    this.find({ what: 'block', kind: 'block', key: anchor, because });
  }

  /** Entries of blocks that are not there any more, at the end of the chain. */
  private async beyond(last: number): Promise<void> {
    const orphans = this.database.selectFrom('audit_entries').select('block').where('tenant', '=', this.tenant);
    const orphan = await orphans.where('block', '>', last).orderBy('block').limit(1).executeTakeFirst();
    if (orphan === undefined || (await this.block(last + 1)) !== undefined) return;
    const because = 'it has entries and is not there';
    this.find({ what: 'block', kind: 'block', key: String(orphan.block), because });
  }

  /** The block of this number, or the next one there is. */
  private block(number: number): Promise<BlockRow | undefined> {
    const blocks = this.database.selectFrom('audit_blocks').selectAll().where('tenant', '=', this.tenant);
    return blocks.where('number', '>=', number).orderBy('number').limit(1).executeTakeFirst();
  }

  private async holdBlock(block: BlockRow, number: number, previous: string): Promise<void> {
    const entries = await this.database
      .selectFrom('audit_entries')
      .selectAll()
      .where('tenant', '=', this.tenant)
      .where('block', '=', block.number)
      .orderBy('place')
      .execute();
    const wrong = [
      ...(block.number === number ? [] : [`block ${number} is not there`]),
      ...(block.previous === previous ? [] : ['it does not name the hash of the block before']),
      ...(block.hash === blockHash(headerText(block)) ? [] : ['its hash is not that of what it says']),
      ...(block.entries === entries.length
        ? []
        : [`it has ${entries.length} entries, it was sealed with ${block.entries}`]),
      ...(block.root === rootOf(entries) ? [] : ['its entries are not those that it was sealed with']),
    ];
    const because = wrong.join('; ');
    if (wrong.length > 0) this.find({ what: 'block', kind: 'block', key: String(block.number), because });
    this.counts.blocks += 1;
    this.counts.entries += entries.length;
    if (block.history) this.counts.history += entries.length;
    for (const kind of new Set(entries.map((entry) => entry.kind))) {
      await this.holdEntries(
        kind,
        entries.filter((entry) => entry.kind === kind),
      );
    }
  }

  private async holdEntries(kind: string, entries: readonly EntryRow[]): Promise<void> {
    const fact = this.facts[kind];
    if (fact === undefined) {
      const because = 'this version does not know the kind: verify with the one that sealed it';
      this.find({ what: 'block', kind, key: entries[0]?.key ?? '', because });
      return;
    }
    const rows = await readRows(
      this.database,
      this.tenant,
      fact,
      entries.map(({ key }) => key),
    );
    const suspects: EntryRow[] = [];
    for (const entry of entries) {
      if ((await this.judge(entry, rows.get(entry.key))) !== undefined) suspects.push(entry);
      else this.count(entry, rows.get(entry.key));
    }
    if (suspects.length === 0) return;
    // Something may have been erased or deleted since. Rows are read first: what made them so is told with them, or later.
    const again = await readRows(
      this.database,
      this.tenant,
      fact,
      suspects.map(({ key }) => key),
    );
    this.ground.readAgain();
    for (const entry of suspects) {
      const finding = await this.judge(entry, again.get(entry.key));
      if (finding === undefined) this.count(entry, again.get(entry.key));
      else this.find({ kind, key: entry.key, ...finding });
    }
  }

  private count({ emptied }: EntryRow, row: SealableRow | undefined): void {
    if (emptied) this.counts.emptied += 1;
    else if (row === undefined) this.counts.deleted += 1;
  }

  /** What is wrong with a row; undefined where nothing is. */
  private async judge(entry: EntryRow, row: SealableRow | undefined): Promise<Wrong | undefined> {
    if (row === undefined) return this.judgeGone(entry);
    const wrong = await this.judgeRow(entry, row);
    return wrong !== undefined && (await this.ground.isReplaced(entry)) ? undefined : wrong;
  }

  private async judgeRow(entry: EntryRow, row: SealableRow): Promise<Wrong | undefined> {
    const { kept, emptied } = entry;
    if (kept === null) return { what: 'altered', because: 'it was not there when it was sealed, and is there now' };
    if (!digestOf(row.kept).equals(kept)) return altered(row.kept);
    if (emptied) return this.judgeEmptied(entry, row);
    const isSame = isContent(entry, row) || (await this.ground.isEmptied(entry));
    return isSame ? undefined : altered(row.content);
  }

  private async judgeEmptied(entry: EntryRow, row: SealableRow): Promise<Wrong | undefined> {
    if (!isContent(entry, row)) return altered(row.content);
    if (await this.ground.isErased(row.about, entry)) return undefined;
    return { what: 'emptied', because: `no erasure is about ${row.about?.subject ?? 'its record'}` };
  }

  private async judgeGone(entry: EntryRow): Promise<Wrong | undefined> {
    if (entry.kept === null) return { what: 'missing', because: 'it was recorded, and was gone before it was sealed' };
    if (await this.ground.isDeleted(entry)) return undefined;
    return { what: 'missing', because: 'it was sealed and is not there; no retention deleted it' };
  }

  /** Holds the rows that there are to the chain. */
  async rows(kind: string, fact: Fact): Promise<void> {
    const names = fact.key.map(({ name }) => name);
    const place = sql.join(names.map((name) => sql.ref(name)));
    const types = fact.key.map(({ type }) => sql.raw(type));
    for (let after: readonly (string | number)[] | undefined; ;) {
      const beyond = after?.map((part, n) => sql`${part}::${types[n] ?? sql.raw('text')}`);
      const { rows } = await sql<Readonly<Record<string, string | number>>>`
        select ${place} from ${sql.table(fact.table)} where tenant = ${this.tenant}
          and ${fact.where === undefined ? sql`true` : sql.raw(fact.where)}
          and ${beyond === undefined ? sql`true` : sql`(${place}) > (${sql.join(beyond)})`}
        order by ${place} limit ${pageSize}`.execute(this.database);
      const keys = rows.map((row) => names.map((name) => row[name] ?? ''));
      for (const key of await this.ground.unknown(kind, keys.map(keyText))) {
        const because = 'it is in the table, and it was neither sealed nor does it wait for it';
        this.find({ what: 'inserted', kind, key, because });
      }
      after = keys.at(-1);
      if (keys.length < pageSize) return;
    }
  }

  async verified(): Promise<Verified> {
    const { head, anchoredAt, findings, found } = this;
    return {
      ...this.counts,
      waiting: await this.ground.waiting(),
      ...(head === undefined ? {} : { head }),
      ...(anchoredAt === undefined ? {} : { anchoredAt }),
      ...{ findings, found },
    };
  }
}

type Wrong = Pick<Finding, 'what' | 'because'>;

/** @param text of the columns that were hashed together */
function altered(text = '{}'): Wrong {
  const columns = Object.keys(JSON.parse(text) as object).join(', ');
  return { what: 'altered', because: `one of these is not as it was sealed: ${columns}` };
}

/** Whether the content is that of the entry; without its salt nothing can be said for it. */
function isContent({ content, salt }: EntryRow, row: SealableRow): boolean {
  if (row.content === undefined) return content === null;
  return content !== null && salt !== null && digestOf(row.content, salt).equals(content);
}

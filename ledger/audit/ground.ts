import { sql, type Kysely } from 'kysely';
import { recordKey, type RecordOf } from '../../canonical-schema/identity';
import { anyOf } from '../columns';
import type { Schema } from '../schema';
import type { EntryRow } from './blocks';
import { timeForm } from './facts';
import { keyText } from './rows';

type Place = Pick<EntryRow, 'kind' | 'key' | 'block'>;

const nameOf = (kind: string, key: string, emptied: boolean): string =>
  `${kind} ${emptied ? 'emptied' : 'whole'} ${key}`;

/** Kinds whose rows are deleted when they are no longer kept. */
const deletedKinds: ReadonlySet<string> = new Set(['decision', 'action', 'outcome', 'proposal', 'answer']);

/** Why rows may lawfully be other than they were sealed: what waits, what was erased, what was deleted. */
export class Ground {
  private waitingNames: Promise<ReadonlySet<string>> | undefined;
  private erasedSubjects: Promise<ReadonlySet<string>> | undefined;
  private deletedUntil: Promise<string> | undefined;

  constructor(
    private readonly database: Kysely<Schema>,
    private readonly tenant: string,
  ) {}

  /** What is asked from here on is read anew. */
  readAgain(): void {
    this.waitingNames = undefined;
    this.erasedSubjects = undefined;
    this.deletedUntil = undefined;
  }

  /** Whether a row was emptied by an erasure: sealed as such, or waiting for it. */
  isEmptied(entry: Place): Promise<boolean> {
    return this.isAfter(entry, true);
  }

  /** Whether a row was deleted by a retention, and another one recorded under its key. */
  async isReplaced(entry: Place & Pick<EntryRow, 'at'>): Promise<boolean> {
    return (await this.isDeleted(entry)) && (await this.isAfter({ ...entry, block: entry.block + 1 }, false));
  }

  /** Whether there is an entry of the row from a block on, or one that waits. */
  private async isAfter({ kind, key, block }: Place, emptied: boolean): Promise<boolean> {
    if ((await this.names()).has(nameOf(kind, key, emptied))) return true;
    const sealed = this.entries(kind, [key]).where('emptied', '=', emptied).where('block', '>=', block);
    return (await sealed.executeTakeFirst()) !== undefined;
  }

  /** Whether an erasure is about the record of a row: by key, or by subject as of before keys. An answer is that of its proposal. */
  async isErased(about: RecordOf | undefined, { kind, key, block }: Place): Promise<boolean> {
    if (kind === 'answer') return this.isEmptied({ kind: 'proposal', key, block });
    this.erasedSubjects ??= this.readErased();
    const erased = await this.erasedSubjects;
    return about !== undefined && (erased.has(recordKey(about)) || erased.has(about.subject));
  }

  /** Whether a retention deleted the rows of this time. A proposal that was answered counts by the time of its answer. */
  async isDeleted({ kind, key, at }: Pick<EntryRow, 'kind' | 'key' | 'at'>): Promise<boolean> {
    this.deletedUntil ??= this.readDeleted();
    if (!deletedKinds.has(kind) || at === null) return false;
    if (at < (await this.deletedUntil)) return true;
    if (kind !== 'proposal') return false;
    const answer = await this.entries('answer', [key]).select('at').executeTakeFirst();
    return answer !== undefined && this.isDeleted({ kind: 'answer', key, at: answer.at });
  }

  /** Those of the keys that are neither sealed nor wait for it. */
  async unknown(kind: string, keys: readonly string[]): Promise<readonly string[]> {
    const open = await this.notSealed(kind, keys);
    if (open.length === 0) return open;
    const isWaiting = async (key: string): Promise<boolean> => (await this.names()).has(nameOf(kind, key, false));
    const first = await Promise.all(open.map(isWaiting));
    if (first.every((waits) => waits)) return [];
    // Recorded since: it waits, or was sealed between the two looks.
    this.waitingNames = undefined;
    const second = await Promise.all(open.map(isWaiting));
    return this.notSealed(
      kind,
      open.filter((_, n) => second[n] !== true),
    );
  }

  /** Entries that are not sealed yet. */
  async waiting(): Promise<number> {
    const { rows } = await sql<{ readonly many: number }>`
      select coalesce(sum(json_array_length(entries)), 0)::int as many from audit_waiting
      where tenant = ${this.tenant}`.execute(this.database);
    return rows[0]?.many ?? 0;
  }

  private entries(kind: string, keys: readonly string[]) {
    return this.database
      .selectFrom('audit_entries')
      .select('key')
      .where('tenant', '=', this.tenant)
      .where('kind', '=', kind)
      .where('key', '=', anyOf(keys));
  }

  private async notSealed(kind: string, keys: readonly string[]): Promise<readonly string[]> {
    if (keys.length === 0) return [];
    const sealed = new Set((await this.entries(kind, keys).execute()).map(({ key }) => key));
    return keys.filter((key) => !sealed.has(key));
  }

  private names(): Promise<ReadonlySet<string>> {
    return (this.waitingNames ??= this.readWaiting());
  }

  private async readWaiting(): Promise<ReadonlySet<string>> {
    const rows = await this.database
      .selectFrom('audit_waiting')
      .select('entries')
      .where('tenant', '=', this.tenant)
      .execute();
    const names = rows.flatMap(({ entries }) => entries);
    return new Set(names.map(([kind, key, emptied]) => nameOf(kind, keyText(key), emptied)));
  }

  private async readErased(): Promise<ReadonlySet<string>> {
    const rows = await this.database
      .selectFrom('erasures')
      .select('subjects')
      .where('tenant', '=', this.tenant)
      .execute();
    return new Set(rows.flatMap(({ subjects }) => subjects));
  }

  private async readDeleted(): Promise<string> {
    const { rows } = await sql<{ readonly until: string | null }>`
      select to_char(max(decisionsbefore) at time zone 'UTC', ${sql.lit(timeForm)}) as until from retentions
      where tenant = ${this.tenant}`.execute(this.database);
    return rows[0]?.until ?? '';
  }
}

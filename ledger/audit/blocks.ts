import { createHash, type Hash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { AuditTables } from '../audit-tables';

export type BlockRow = Selectable<AuditTables['audit_blocks']>;
export type EntryRow = Selectable<AuditTables['audit_entries']>;

/** What the first block of a chain names as the one before. */
export const nothingBefore = '0'.repeat(64);

const hex = (digest: Buffer | null): string => digest?.toString('hex') ?? '-';

/** An entry as it is hashed: kind, key, time, digest of what stays, digest of what may be emptied, whole or emptied. */
export const entryLine = ({
  kind,
  key,
  at,
  kept,
  content,
  emptied,
}: Omit<EntryRow, 'tenant' | 'block' | 'place' | 'salt'>): string =>
  [kind, key, at ?? '-', hex(kept), hex(content), emptied ? 'emptied' : 'whole'].join('\t');

/** The root of entries, in their order: sha256 over their lines, each with its line break. */
export class Root {
  private readonly hash: Hash = createHash('sha256');

  add(line: string): void {
    this.hash.update(`${line}\n`, 'utf8');
  }

  end(): string {
    return this.hash.digest('hex');
  }
}

/** A block as it is hashed. */
export const headerText = ({
  form,
  tenant,
  number,
  previous,
  at,
  history,
  entries,
  root,
}: Omit<BlockRow, 'hash'>): string =>
  JSON.stringify({ form, tenant, number, previous, at: at.toISOString(), history, entries, root });

/** sha256 of a header, in hex. */
export const blockHash = (header: string): string => createHash('sha256').update(header, 'utf8').digest('hex');

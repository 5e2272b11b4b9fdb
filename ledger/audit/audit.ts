import type { Kysely } from 'kysely';
import type { Schema } from '../schema';
import { packBlocks, packEntries, packRows, type PackedEntry, type PackedRow, type PackWindow } from './pack';
import { seal, tenantsWaiting } from './seal';
import { verify, type Verified, type VerifyOptions } from './verify';

/** The newest block of a chain. */
export interface Head {
  readonly number: number;
  readonly hash: string;
  /** When it was sealed, RFC 3339 UTC. */
  readonly at: string;
}

/** The audit chain of each tenant, over decisions, actions, outcomes, proposals, champions, tenant versions, erasures, retentions. */
export interface Audit {
  /** Seals what was recorded since; gives how many entries. Two at once make one chain. */
  seal(tenant: string): Promise<number>;
  /** Who has something that is not sealed yet. */
  tenantsWaiting(): Promise<readonly string[]>;
  /** Recomputes everything. Changes nothing. */
  verify(tenant: string, options?: Pick<VerifyOptions, 'head'>): Promise<Verified>;
  /** Undefined where nothing is sealed. */
  head(tenant: string): Promise<Head | undefined>;
  /** Every block of the chain, oldest first: its header as it is hashed, and its hash. */
  blocks(tenant: string): AsyncIterable<{ readonly header: string; readonly hash: string }>;
  /** Entries of the blocks of some time, as they are hashed. */
  entries(tenant: string, window: PackWindow): AsyncIterable<PackedEntry>;
  /** The rows of these entries, as they are now. */
  rows(tenant: string, window: PackWindow): AsyncIterable<PackedRow>;
}

/** The audit chains, over a database. */
export function audit(database: Kysely<Schema>): Audit {
  return {
    seal: (tenant) => seal(database, tenant),
    tenantsWaiting: () => tenantsWaiting(database),
    verify: (tenant, options) => verify(database, tenant, options),
    head: async (tenant) => {
      const newest = await database
        .selectFrom('audit_blocks')
        .select(['number', 'hash', 'at'])
        .where('tenant', '=', tenant)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return newest === undefined ? undefined : { ...newest, at: newest.at.toISOString() };
    },
    blocks: (tenant) => packBlocks(database, tenant),
    entries: (tenant, window) => packEntries(database, tenant, window),
    rows: (tenant, window) => packRows(database, tenant, window),
  };
}

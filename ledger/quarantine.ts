import { createHash } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { bounded } from './columns';
import type { StreamName } from './positions';
import type { Schema } from './schema';

/** A native event that could not be understood. */
export interface Quarantined extends StreamName {
  /** Where it lay in the stream. */
  readonly position: unknown;
  /** `SBX_<AREA>_<WHAT>` or the CRM's own code. */
  readonly code: string;
  readonly message: string;
  readonly bytes: Uint8Array;
  /** The native event, where it could be decoded. */
  readonly native?: unknown;
  /** RFC 3339 UTC; now when absent. */
  readonly at?: string;
}

/** One row of the quarantine, without its bytes. */
export interface QuarantineRow extends StreamName {
  readonly id: string;
  readonly position: unknown;
  readonly code: string;
  readonly message: string;
  /** Bytes kept. */
  readonly size: number;
  readonly native?: unknown;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** How it was resolved; absent while open. */
  readonly resolution?: string;
  readonly resolvedat?: string;
  /** When its bytes were erased. */
  readonly erasedat?: string;
}

/** The quarantine of native events. */
export interface Quarantine {
  /** Keeps an event with its bytes and gives its id; the same bytes at the same place again change nothing. */
  add(quarantined: Quarantined): Promise<string>;
  /** Oldest first; open ones only, unless `all`. */
  list(tenant: string, which?: 'open' | 'all'): Promise<QuarantineRow[]>;
  /** One row with its exact bytes; undefined when there is none of the id. */
  get(tenant: string, id: string): Promise<(QuarantineRow & { readonly bytes: Buffer }) | undefined>;
  /** Marks one as resolved; throws when there is none of the id. The first resolution stays. */
  resolve(tenant: string, id: string, how: string): Promise<void>;
}

/** The quarantine over an open database. */
export function quarantine(database: Kysely<Schema>): Quarantine {
  const ofTenant = (tenant: string) => database.selectFrom('quarantine').selectAll().where('tenant', '=', tenant);
  return {
    add: (quarantined) => add(database, quarantined),
    async list(tenant, which = 'open') {
      const all = ofTenant(tenant).orderBy('at').orderBy('id');
      const rows = await (which === 'all' ? all : all.where('resolution', 'is', null)).execute();
      return rows.map(read);
    },
    async get(tenant, id) {
      const row = await ofTenant(tenant).where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : { ...read(row), bytes: row.bytes };
    },
    resolve: (tenant, id, how) => resolve(database, tenant, id, how),
  };
}

async function add(database: Kysely<Schema>, quarantined: Quarantined): Promise<string> {
  const { tenant, connection, stream, code, bytes } = quarantined;
  const position = JSON.stringify(quarantined.position);
  const id = createHash('sha256')
    .update(JSON.stringify([connection, stream, position]))
    .update(bytes)
    .digest('hex')
    .slice(0, 32);
  await database
    .insertInto('quarantine')
    .values({
      tenant,
      id,
      connection,
      stream,
      position,
      code,
      message: bounded(quarantined.message) ?? '',
      bytes: Buffer.from(bytes),
      native: quarantined.native === undefined ? null : JSON.stringify(quarantined.native),
      at: quarantined.at ?? new Date().toISOString(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return id;
}

async function resolve(database: Kysely<Schema>, tenant: string, id: string, how: string): Promise<void> {
  const found = await database
    .selectFrom('quarantine')
    .select('resolution')
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst();
  if (found === undefined) throw new Error(`nothing in the quarantine of tenant ${tenant} has the id ${id}`);
  await database
    .updateTable('quarantine')
    .set({ resolution: how, resolvedat: new Date().toISOString() })
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('resolution', 'is', null)
    .execute();
}

function read(row: Selectable<Schema['quarantine']>): QuarantineRow {
  const { bytes, native, at, resolution, resolvedat, erasedat, ...rest } = row;
  return {
    ...rest,
    size: bytes.length,
    at: at.toISOString(),
    ...(native !== null && { native }),
    ...(resolution !== null && { resolution }),
    ...(resolvedat !== null && { resolvedat: resolvedat.toISOString() }),
    ...(erasedat !== null && { erasedat: erasedat.toISOString() }),
  };
}

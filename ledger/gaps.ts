import { sql, type Kysely, type Selectable, type UpdateObject } from 'kysely';
import { bounded } from './columns';
import type { StreamName } from './positions';
import type { Schema } from './schema';

/** A hole in a native stream. */
export interface Gap extends StreamName {
  /** What tore it: a code with its message. */
  readonly cause: string;
  /** Events after this may be missing, RFC 3339 UTC. */
  readonly from: string;
  /** Events up to this may be missing; absent while unknown. */
  readonly to?: string;
  /** What the tenant wants done: backfill | halt. */
  readonly policy: string;
}

/** A gap as the ledger knows it. */
export interface GapRow extends Gap {
  readonly id: string;
  /** Events read by backfill so far. */
  readonly recovered: number;
  /** Recovered events that were known already. */
  readonly duplicates: number;
  /** How often another cause has widened it. */
  readonly widened: number;
  readonly openedat: string;
  /** Absent while open. */
  readonly closedat?: string;
}

/** How a gap was filled. */
export interface GapEnd {
  readonly recovered: number;
  readonly duplicates: number;
  /** RFC 3339 UTC */
  readonly at: string;
}

/** How a gap that was open is closed. */
export interface GapClosing extends GapEnd {
  readonly to?: string;
  /** As it was when the reading began; absent: it is closed in any case. */
  readonly widened?: number;
  /** Why not all of it was read: told behind its cause. */
  readonly unread?: string;
}

/** The gap ledger. */
export interface Gaps {
  /** Opens a gap and gives its id. While one is open for the stream, that one is widened to hold the new one. */
  open(gap: Gap): Promise<string>;
  /** @param recovered events read by backfill so far, in all */
  progress(tenant: string, id: string, recovered: number): Promise<void>;
  find(tenant: string, id: string): Promise<GapRow | undefined>;
  /**
   * Closes a gap, unless it was widened since it had been so often: what was added is not read. Says whether it is closed.
   */
  close(tenant: string, id: string, end: GapClosing): Promise<boolean>;
  /** Keeps a gap that was found only when it was filled, closed, and gives its id. An open one of the stream stays as it is. */
  add(gap: Gap, end: GapEnd): Promise<string>;
  /** Oldest first. */
  list(tenant: string, which?: 'open' | 'all'): Promise<GapRow[]>;
}

/** The gap ledger over an open database. */
export function gaps(database: Kysely<Schema>): Gaps {
  return {
    open: (gap) => open(database, gap),
    add: (gap, end) => add(database, gap, end),
    progress: async (tenant, id, recovered) => {
      await change(database, tenant, id, { recovered });
    },
    find: async (tenant, id) => {
      const row = await rowOf(database, tenant, id).executeTakeFirst();
      return row === undefined ? undefined : readGap(row);
    },
    close: (tenant, id, { at, to, widened, unread, ...counts }) => {
      const cause = unread === undefined ? {} : { cause: sql<string>`cause || '; ' || ${bounded(unread)}` };
      const end = { ...counts, closedat: at, ...(to !== undefined && { missingto: to }), ...cause };
      return change(database, tenant, id, end, widened);
    },
    async list(tenant, which = 'open') {
      const all = database.selectFrom('gaps').selectAll().where('tenant', '=', tenant).orderBy('id');
      return (await (which === 'all' ? all : all.where('closedat', 'is', null)).execute()).map(readGap);
    },
  };
}

async function open(database: Kysely<Schema>, gap: Gap): Promise<string> {
  const { from, to, ...rest } = gap;
  const { id } = await database
    .insertInto('gaps')
    .values({ ...rest, missingfrom: from, missingto: to ?? null })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant', 'connection', 'stream'])
        .where('closedat', 'is', null)
        .doUpdateSet({
          widened: sql`gaps.widened + 1`,
          missingfrom: sql`least(gaps.missingfrom, excluded.missingfrom)`,
          // Unknown on either side stays unknown.
          missingto: sql`case when gaps.missingto is not null and excluded.missingto is not null
            then greatest(gaps.missingto, excluded.missingto) end`,
        }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function add(database: Kysely<Schema>, { from, to, ...rest }: Gap, { at, ...counts }: GapEnd): Promise<string> {
  const { id } = await database
    .insertInto('gaps')
    .values({ ...rest, ...counts, missingfrom: from, missingto: to ?? null, closedat: at })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

function rowOf(database: Kysely<Schema>, tenant: string, id: string) {
  return database.selectFrom('gaps').selectAll().where('tenant', '=', tenant).where('id', '=', id);
}

/** Says whether it was changed: false where it was widened more often. Throws where there is none of the id. */
async function change(
  database: Kysely<Schema>,
  tenant: string,
  id: string,
  set: UpdateObject<Schema, 'gaps'>,
  widened?: number,
): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('gaps')
    .set(set)
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .$if(widened !== undefined, (query) => query.where('widened', '=', widened ?? 0))
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return true;
  if ((await rowOf(database, tenant, id).executeTakeFirst()) !== undefined) return false;
  throw new Error(`tenant ${tenant} has no gap ${id}: open it first`);
}

/** A row as the ledger's callers see it. */
export function readGap(row: Selectable<Schema['gaps']>): GapRow {
  const { missingfrom, missingto, openedat, closedat, ...rest } = row;
  return {
    ...rest,
    from: missingfrom.toISOString(),
    openedat: openedat.toISOString(),
    ...(missingto !== null && { to: missingto.toISOString() }),
    ...(closedat !== null && { closedat: closedat.toISOString() }),
  };
}

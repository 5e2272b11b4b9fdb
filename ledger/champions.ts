import { sql, type Kysely, type Selectable } from 'kysely';
import type { Schema } from './schema';

/** A change of the model that decides a use case. */
export interface ChampionChange {
  readonly usecase: string;
  readonly kind: 'promoted' | 'rolled-back';
  /** The model that decides from now on. */
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  /** The digest that decided before. */
  readonly before: string;
  /** The person who answers for it. */
  readonly by: string;
  readonly reason?: string;
  /** The figures that it was decided by, as a document. */
  readonly gate: unknown;
}

/** A change as it was recorded. */
export interface ChampionRow extends ChampionChange {
  /** Counts from 1 in each use case; the greatest is in force. */
  readonly number: number;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Who decides instead of the model that the tenant's file names. */
export interface Champions {
  /** Newest first, of one use case or of all. */
  list(tenant: string, usecase?: string): Promise<readonly ChampionRow[]>;
  /**
   * In force at once. Throws when another change came in between.
   * @param after the number of the change that was seen last; 0 for none
   */
  change(tenant: string, change: ChampionChange, after: number): Promise<ChampionRow>;
}

/**
 * The model that decided before the one in force was promoted: what a rollback goes back to. A promotion that was rolled
 * back is as if it had never been, so rolling back twice goes back two promotions. Undefined where the tenant's file decides.
 * @param rows newest first, of one use case
 */
export function previousChampion(rows: readonly ChampionRow[]): string | undefined {
  const before: string[] = [];
  for (const row of rows.toReversed()) {
    if (row.kind === 'promoted') before.push(row.before);
    else before.pop();
  }
  return before.at(-1);
}

const columns = [
  'usecase',
  'number',
  'kind',
  'name',
  'version',
  'digest',
  'before',
  'by',
  'reason',
  'gate',
  'at',
] as const;

/** The champions, over a database. */
export function champions(database: Kysely<Schema>): Champions {
  return {
    list: async (tenant, usecase) => {
      const all = database.selectFrom('champions').select(columns).where('tenant', '=', tenant);
      const asked = usecase === undefined ? all : all.where('usecase', '=', usecase);
      return (await asked.orderBy('at', 'desc').orderBy('number', 'desc').execute()).map(readChampion);
    },
    change: async (tenant, { reason, gate, ...change }, after) => {
      const row = await database
        .insertInto('champions')
        .values({ tenant, ...change, number: after + 1, reason: reason ?? null, gate: JSON.stringify(gate) })
        .onConflict((conflict) => conflict.doNothing())
        .returning(columns)
        .executeTakeFirst();
      if (row !== undefined) return readChampion(row);
      throw new Error(
        `the champion of ${change.usecase} was changed by someone else meanwhile: look again, then decide`,
      );
    },
  };
}

function readChampion({ reason, at, ...row }: Omit<Selectable<Schema['champions']>, 'tenant'>): ChampionRow {
  return { ...row, at: at.toISOString(), ...(reason !== null && { reason }) };
}

/** What a lane needs: for each use case the digest in force, as a JSON object; no key where the file's model decides. */
export const championsInForce = (tenant: string) => sql`
  (select coalesce(json_object_agg(usecase, digest), '{}') from
    (select distinct on (usecase) usecase, digest from champions
      where tenant = ${tenant} order by usecase, number desc) as champion)`;

import { sql, type Kysely, type Selectable } from 'kysely';
import { wait } from './audit/wait';
import type { Schema } from './schema';

/** A change of the model that decides a use case. */
export interface ChampionChange {
  readonly usecase: string;
  readonly kind: 'promoted' | 'rolled-back';
  /** Of the model that decides from now on. */
  readonly digest: string;
  /** The digest that decided before. */
  readonly before: string;
  /** Set where all promotions were rolled back: the model that the tenant's file names decides again. */
  readonly followsfile: boolean;
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
  /** By use case, the digest that decides instead of the model that the file names. */
  inForce(tenant: string): Promise<Readonly<Record<string, string>>>;
  /**
   * In force at once. Throws when another change came in between.
   * @param after the number of the change that was seen last; 0 for none
   */
  change(tenant: string, change: ChampionChange, after: number): Promise<ChampionRow>;
}

/**
 * What a rollback goes back to: the model that decided before the one in force was promoted. A promotion that was rolled
 * back is as if it had never been, so rolling back twice goes back two promotions. Undefined where the tenant's file decides.
 * @param rows newest first, of one use case
 */
export function previousChampion(
  rows: readonly ChampionRow[],
): Pick<ChampionRow, 'digest' | 'followsfile'> | undefined {
  const before: string[] = [];
  for (const row of rows.toReversed()) {
    if (row.kind === 'promoted') before.push(row.before);
    else before.pop();
  }
  const digest = before.at(-1);
  return digest === undefined ? undefined : { digest, followsfile: before.length === 1 };
}

const columns = ['usecase', 'number', 'kind', 'digest', 'before', 'followsfile', 'by', 'reason', 'gate', 'at'] as const;

/** The champions, over a database. */
export function champions(database: Kysely<Schema>): Champions {
  return {
    list: async (tenant, usecase) => {
      const all = database.selectFrom('champions').select(columns).where('tenant', '=', tenant);
      const asked = usecase === undefined ? all : all.where('usecase', '=', usecase);
      return (await asked.orderBy('at', 'desc').orderBy('number', 'desc').execute()).map(readChampion);
    },
    inForce: async (tenant) => {
      const { rows } = await sql<{ champions: Readonly<Record<string, string>> }>`
        select ${championsInForce(tenant)} as champions`.execute(database);
      return rows[0]?.champions ?? {};
    },
    change: async (tenant, { reason, gate, ...change }, after) => {
      const row = await database.transaction().execute(async (transaction) => {
        await wait(transaction, tenant, 'champion', [[change.usecase, after + 1]]);
        return transaction
          .insertInto('champions')
          .values({ tenant, ...change, number: after + 1, reason: reason ?? null, gate: JSON.stringify(gate) })
          .onConflict((conflict) => conflict.doNothing())
          .returning(columns)
          .executeTakeFirst();
      });
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
    (select distinct on (usecase) usecase, digest, followsfile from champions
      where tenant = ${tenant} order by usecase, number desc) as champion
    where not followsfile)`;

import { sql, type Kysely } from 'kysely';
import type { CanonicalRecord } from '../canonical-schema/entity';
import { bounded } from './columns';
import type { Schema } from './schema';

/** A decided event that a challenger has not scored. */
export interface Unshadowed {
  readonly decisionid: string;
  readonly source: string;
  readonly subject: string;
  /** When it was recorded, RFC 3339 UTC: where the next look begins. */
  readonly recordedat: string;
  /** The record as the champion saw it; absent where the record has changed since. */
  readonly record?: CanonicalRecord;
}

/** What a challenger would have said. */
export interface ShadowScore {
  readonly decisionid: string;
  readonly digest: string;
  readonly usecase: string;
  readonly source: string;
  readonly subject: string;
  /** Absent where there is none: `because` says why. */
  readonly score?: number;
  readonly because?: string;
}

/** How far a challenger has come. */
export interface ShadowCount {
  readonly usecase: string;
  readonly digest: string;
  readonly scored: number;
  readonly unscored: number;
}

/** Scores of challengers: recorded, never acted on. */
export interface Shadow {
  /** Decisions that a challenger has not scored, oldest first. Those of the challenger itself are not among them. */
  pending(
    tenant: string,
    usecase: string,
    asked: { readonly digest: string; readonly since: string; readonly limit: number },
  ): Promise<readonly Unshadowed[]>;
  /** The first score of a decision stays. */
  record(tenant: string, scores: readonly ShadowScore[]): Promise<void>;
  /** When a challenger's newest score was recorded, RFC 3339 UTC; undefined when there is none. */
  newest(tenant: string, usecase: string, digest: string): Promise<string | undefined>;
  counts(tenant: string): Promise<readonly ShadowCount[]>;
}

/** Scores of challengers, over a database. */
export function shadow(database: Kysely<Schema>): Shadow {
  return {
    pending: (tenant, usecase, asked) => pending(database, tenant, usecase, asked),
    record: async (tenant, scores) => {
      if (scores.length === 0) return;
      await database
        .insertInto('shadow_scores')
        .values(
          scores.map(({ score, because, ...rest }) => ({
            tenant,
            ...rest,
            score: score ?? null,
            because: bounded(because),
          })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    newest: async (tenant, usecase, digest) => {
      const row = await database
        .selectFrom('shadow_scores')
        .select(({ fn }) => fn.max('recordedat').as('at'))
        .where('tenant', '=', tenant)
        .where('usecase', '=', usecase)
        .where('digest', '=', digest)
        .executeTakeFirst();
      const at = row?.at as Date | null | undefined;
      return at?.toISOString();
    },
    counts: async (tenant) => {
      const { rows } = await sql<ShadowCount>`
        select usecase, digest, count(score)::int as scored, count(*) filter (where score is null)::int as unscored
        from shadow_scores where tenant = ${tenant} group by usecase, digest order by usecase, digest`.execute(
        database,
      );
      return rows;
    },
  };
}

interface Row {
  readonly decisionid: string;
  readonly source: string;
  readonly subject: string;
  readonly recordedat: Date;
  readonly record: CanonicalRecord | null;
}

async function pending(
  database: Kysely<Schema>,
  tenant: string,
  usecase: string,
  { digest, since, limit }: { readonly digest: string; readonly since: string; readonly limit: number },
): Promise<readonly Unshadowed[]> {
  const { rows } = await sql<Row>`
    select decisions.id as decisionid, decisions.source, decisions.subject, decisions.recordedat, records.record
    from decisions
    left join records on records.tenant = decisions.tenant and records.subject = decisions.subject and records.source = decisions.source
      and records.sequence = decisions.sequence
    where decisions.tenant = ${tenant} and decisions.usecase = ${usecase} and decisions.recordedat >= ${since}
      and decisions.erasedat is null and decisions.model is not null and decisions.model->>'digest' <> ${digest}
      and not exists (select from shadow_scores where shadow_scores.tenant = decisions.tenant
        and shadow_scores.decisionid = decisions.id and shadow_scores.digest = ${digest})
    order by decisions.recordedat, decisions.id limit ${limit}`.execute(database);
  return rows.map(({ record, recordedat, ...row }) => ({
    ...row,
    recordedat: recordedat.toISOString(),
    ...(record !== null && { record }),
  }));
}

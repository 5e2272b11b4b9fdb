import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import { decisive, outcomesThatCount } from './outcomes';
import type { Schema } from './schema';

/** A decision with a score, as far as drift asks. */
export interface ScoredDecision {
  readonly id: string;
  readonly score: number;
  readonly features: Decision['features'];
  /** RFC 3339 UTC. */
  readonly decidedat: string;
}

/** A decision whose outcome is known. */
export interface LabelledDecision {
  readonly id: string;
  readonly score: number;
  /** Of the outcome that counts, among the labels asked for. */
  readonly label: string;
  /** What the asked challenger would have said; absent where it said nothing. */
  readonly shadow?: number;
}

/** Which decisions with a known outcome are asked for. */
export interface LabelledQuestion {
  /** Of the model that decided. */
  readonly digest: string;
  readonly challenger?: string;
  /** Outcomes that count. Default: won, lost and expired. */
  readonly labels?: readonly string[];
  readonly limit: number;
}

/** A reference that was frozen: a document of the one who froze it. */
export interface FrozenReference {
  readonly reference: unknown;
  /** RFC 3339 UTC. */
  readonly frozenat: string;
}

/** What is learnt from decisions, by tenant and use case. */
export interface Learning {
  /** The model that made the newest decision with a score; undefined when there is none. */
  newestModel(tenant: string, usecase: string): Promise<Decision['model']>;
  /** Decisions of one model, at most `limit`, in the order of their recording. */
  scored(
    tenant: string,
    usecase: string,
    digest: string,
    window: { readonly which: 'oldest' | 'newest'; readonly limit: number },
  ): Promise<readonly ScoredDecision[]>;
  /** The newest decisions of one model whose outcome is known, at most `limit`, with what a challenger said of them. */
  labelled(tenant: string, usecase: string, asked: LabelledQuestion): Promise<readonly LabelledDecision[]>;
  reference(tenant: string, usecase: string, digest: string): Promise<FrozenReference | undefined>;
  /** The first one of a model stays. */
  freezeReference(tenant: string, usecase: string, digest: string, reference: unknown): Promise<void>;
}

/** What is learnt from decisions, over a database. */
export function learning(database: Kysely<Schema>): Learning {
  return {
    newestModel: async (tenant, usecase) => {
      const row = await database
        .selectFrom('decisions')
        .select('model')
        .where('tenant', '=', tenant)
        .where('usecase', '=', usecase)
        .where('score', 'is not', null)
        .orderBy('recordedat', 'desc')
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.model ?? undefined;
    },
    scored: (tenant, usecase, digest, window) => scored(database, tenant, usecase, digest, window),
    labelled: (tenant, usecase, asked) => labelled(database, tenant, usecase, asked),
    reference: async (tenant, usecase, digest) => {
      const row = await database
        .selectFrom('drift_references')
        .select(['reference', 'frozenat'])
        .where('tenant', '=', tenant)
        .where('usecase', '=', usecase)
        .where('digest', '=', digest)
        .executeTakeFirst();
      return row === undefined ? undefined : { reference: row.reference, frozenat: row.frozenat.toISOString() };
    },
    freezeReference: async (tenant, usecase, digest, reference) => {
      await database
        .insertInto('drift_references')
        .values({ tenant, usecase, digest, reference: JSON.stringify(reference) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}

/** The digest of the model that decided. */
const decidedBy: RawBuilder<string> = sql<string>`decisions.model->>'digest'`;

async function scored(
  database: Kysely<Schema>,
  tenant: string,
  usecase: string,
  digest: string,
  { which, limit }: { readonly which: 'oldest' | 'newest'; readonly limit: number },
): Promise<readonly ScoredDecision[]> {
  const order = which === 'oldest' ? 'asc' : 'desc';
  const rows = await database
    .selectFrom('decisions')
    .select(['id', 'score', 'features', 'decidedat'])
    .where('tenant', '=', tenant)
    .where('usecase', '=', usecase)
    .where('score', 'is not', null)
    .where(decidedBy, '=', digest)
    .orderBy('recordedat', order)
    .orderBy('sequence', order)
    .limit(limit)
    .execute();
  const told = rows.map(({ id, score, features, decidedat }) => ({
    ...{ id, score: score ?? NaN, features },
    decidedat: decidedat.toISOString(),
  }));
  return which === 'oldest' ? told : told.reverse();
}

async function labelled(
  database: Kysely<Schema>,
  tenant: string,
  usecase: string,
  { digest, challenger, labels = decisive, limit }: LabelledQuestion,
): Promise<readonly LabelledDecision[]> {
  const { rows } = await sql<{ id: string; score: number; label: string; shadow: number | null }>`
    select decisions.id, decisions.score, known.label, shadow.score as shadow
    from decisions
    join ${outcomesThatCount(tenant, labels)} as known on known.decisionid = decisions.id
    left join shadow_scores as shadow on shadow.tenant = decisions.tenant and shadow.decisionid = decisions.id
      and shadow.digest = ${challenger ?? ''}
    where decisions.tenant = ${tenant} and decisions.usecase = ${usecase} and decisions.score is not null
      and ${decidedBy} = ${digest}
    order by known.at desc, decisions.id limit ${limit}`.execute(database);
  return rows.map(({ shadow, ...row }) => ({ ...row, ...(shadow !== null && { shadow }) }));
}

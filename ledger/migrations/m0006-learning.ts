import { sql, type Kysely } from 'kysely';

const statements = [
  `create table drift_references (
    tenant text collate "C" not null,
    usecase text collate "C" not null,
    digest text collate "C" not null,
    reference json not null,
    frozenat timestamptz not null default now(),
    primary key (tenant, usecase, digest))`,
  `create table shadow_scores (
    tenant text collate "C" not null,
    decisionid text collate "C" not null,
    digest text collate "C" not null,
    usecase text collate "C" not null,
    subject text collate "C" not null,
    score double precision,
    because text,
    recordedat timestamptz not null default now(),
    primary key (tenant, decisionid, digest))`,
  `create index shadow_scores_subject on shadow_scores (tenant, subject)`,
  `create index shadow_scores_recordedat on shadow_scores (tenant, recordedat)`,
  `create table champions (
    tenant text collate "C" not null,
    usecase text collate "C" not null,
    number integer not null,
    kind text not null check (kind in ('promoted', 'rolled-back')),
    digest text collate "C" not null,
    before text collate "C" not null,
    followsfile boolean not null,
    by text not null,
    reason text,
    gate json not null,
    at timestamptz not null default now(),
    primary key (tenant, usecase, number))`,
];

const comments: Readonly<Record<string, string>> = {
  'table drift_references':
    'What a model saw and said when it was new: shares of bins, no single record. Later windows are held to it',
  'column drift_references.digest': 'Of the model whose decisions were counted',
  'table shadow_scores': 'What challengers would have said of decided events. Nothing acts on it',
  'column shadow_scores.digest': "The challenger's",
  'column shadow_scores.score': 'Probability; null when there was none',
  'column shadow_scores.because': 'Why there is no score',
  'table champions': 'Which model decides a use case instead of the one its file names, since when, and who wanted it',
  'column champions.number': 'Counts from 1; the greatest is in force',
  'column champions.before': 'The digest that was in force before',
  'column champions.followsfile':
    "The model that the tenant's file names decides again, whatever its digest is by then",
  'column champions.by': 'The person who answers for it',
  'column champions.gate': 'The figures that it was decided by',
};

/** What models learn from: drift, challengers, and who was made champion. */
export const learning = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

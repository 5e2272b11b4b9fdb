import { sql, type Kysely } from 'kysely';

const statements = [
  `create table trainings (
    tenant text collate "C" not null,
    usecase text collate "C" not null,
    id text collate "C" not null,
    because text not null,
    status text not null check (status in ('training', 'shadow', 'asked', 'promoted', 'dropped', 'steady')),
    champion text collate "C",
    digest text collate "C",
    folder text,
    rows json,
    figures json,
    what text,
    by text,
    at timestamptz not null default now(),
    endedat timestamptz,
    primary key (tenant, usecase, id))`,
];

const comments: Readonly<Record<string, string>> = {
  'table trainings': 'Each time a use case was to learn from its outcomes: why, of what, and what became of it',
  'column trainings.id': "The workflow's run",
  'column trainings.champion': 'Digest of the model that decided then',
  'column trainings.digest': "The challenger's, once it is trained",
  'column trainings.folder': 'Of the challenger, below the folder for learned models',
  'column trainings.rows': 'How many decisions said yes, said no, and were censored',
  'column trainings.figures': 'What it was judged by: drift, held-out comparison, checks of the gate',
  'column trainings.what': 'Why it ended as it did',
  'column trainings.by': 'The person who answered',
};

/** What learning did. */
export const trainings = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

import { sql, type Kysely } from 'kysely';

const statements = [
  `create table audit_waiting (
    id bigint generated always as identity primary key,
    tenant text collate "C" not null,
    history boolean not null default false,
    entries json not null,
    at timestamptz not null default now())`,
  'create index audit_waiting_tenant on audit_waiting (tenant, id)',
  `create table audit_blocks (
    tenant text collate "C" not null,
    number integer not null,
    form integer not null,
    previous text not null,
    at timestamptz not null,
    history boolean not null,
    entries integer not null,
    root text not null,
    hash text not null,
    primary key (tenant, number))`,
  `create table audit_entries (
    tenant text collate "C" not null,
    block integer not null,
    place integer not null,
    kind text collate "C" not null,
    key text collate "C" not null,
    at text collate "C",
    kept bytea,
    content bytea,
    salt bytea,
    emptied boolean not null,
    primary key (tenant, block, place))`,
  'create unique index audit_entries_key on audit_entries (tenant, kind, key, emptied, block)',
  `create table retentions (
    tenant text collate "C" not null,
    id text collate "C" not null,
    eventsbefore timestamptz not null,
    decisionsbefore timestamptz not null,
    rows json not null,
    at timestamptz not null default now(),
    primary key (tenant, id))`,
];

/** What there is of each kind before there is a chain: kind, the table, its key, and which rows have it. */
const history: readonly (readonly [kind: string, table: string, key: string, where: string])[] = [
  ['decision', 'decisions', 'id', 'true'],
  ['action', 'actions', 'id, attempt', 'true'],
  ['outcome', 'outcomes', 'engagement, decisionid, label', 'true'],
  ['proposal', 'proposals', 'id', 'true'],
  ['answer', 'proposals', 'id', "status <> 'waiting'"],
  ['champion', 'champions', 'usecase, number', 'true'],
  ['tenant-version', 'tenant_versions', 'number', 'true'],
  ['erasure', 'erasures', 'id', 'true'],
  ['erasure-done', 'erasures', 'id', 'doneat is not null'],
  ['erasure-lifted', 'erasures', 'id', 'liftedat is not null'],
];

const comments: Readonly<Record<string, string>> = {
  'table audit_waiting':
    'What was recorded and is not sealed yet; written with the rows themselves, gone with their seal',
  'column audit_waiting.history': 'It was recorded before there was a chain',
  'column audit_waiting.entries': 'Kind, key, and whether the row was emptied by an erasure',
  'table audit_blocks': 'The audit chain of each tenant: each block names the hash of the one before',
  'column audit_blocks.form': 'Which columns count, and how they are written to be hashed',
  'column audit_blocks.root': 'sha256 over the entries',
  'column audit_blocks.hash': 'sha256 over the columns before, the root among them',
  'table audit_entries': 'What is sealed: a digest of a row, which stays when the row is emptied or deleted',
  'column audit_entries.at': 'By what the row is deleted when it is no longer kept; null where it never is',
  'column audit_entries.kept': 'sha256 of what no erasure touches; null: the row was gone when it was sealed',
  'column audit_entries.content': 'sha256 of the salt and what an erasure empties',
  'column audit_entries.salt': 'Gone with the content, so that nobody can guess what it was',
  'column audit_entries.emptied': 'The row as an erasure left it',
  'table retentions': 'That rows were deleted because they are no longer kept, and up to when',
};

/** Proof that what was recorded was not changed since. What is there already is sealed as it is now. */
export const auditChain = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
    for (const [kind, table, key, where] of history) {
      await sql
        .raw(
          `insert into audit_waiting (tenant, history, entries)
          select tenant, true, json_agg(json_build_array('${kind}', json_build_array(${key}), false) order by place)
          from (select *, row_number() over (partition by tenant order by ${key}) as place from ${table} where ${where}) as numbered
          group by tenant, (place - 1) / 500 order by tenant, (place - 1) / 500`,
        )
        .execute(database);
    }
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

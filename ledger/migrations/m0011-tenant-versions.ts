import { sql, type Kysely } from 'kysely';

const statements = [
  `create table tenant_versions (
    tenant text collate "C" not null,
    number integer not null,
    digest text collate "C" not null,
    document json,
    policies json not null,
    changes json not null,
    by text not null,
    at timestamptz not null default now(),
    primary key (tenant, number))`,
  `create table followers (
    id text collate "C" not null primary key,
    roles text not null,
    taken json not null,
    at timestamptz not null default now())`,
];

const comments: Readonly<Record<string, string>> = {
  'table tenant_versions': "Every version of a tenant's file that was in force: what, since when, and who wanted it",
  'column tenant_versions.number': 'Counts from 1; the greatest is in force',
  'column tenant_versions.digest': 'Of the document, however it was written',
  'column tenant_versions.document':
    'The file as it was written, references in place of secrets; null: the tenant was removed',
  'column tenant_versions.policies': 'Digest of the policy by use case, as decisions bear it',
  'column tenant_versions.changes': 'What differs from the version before',
  'column tenant_versions.by': 'The person who answers for it',
  'table followers': 'Processes that serve tenants, and which version of each they have taken',
  'column followers.taken': 'By tenant: the number that is served, and why it is not the newest',
  'column followers.at': 'When the process was last heard of',
};

/** Versions of tenants' files, and who has taken them. */
export const tenantVersions = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

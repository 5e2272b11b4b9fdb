import { sql, type Kysely } from 'kysely';

const statements = [
  `create table proposals (
    tenant text collate "C" not null,
    id text collate "C" not null,
    decisionid text collate "C" not null,
    engagement text collate "C" not null,
    subject text collate "C" not null,
    usecase text collate "C" not null,
    connection text collate "C" not null,
    connector text,
    score double precision,
    band text,
    ranking json,
    reasons json not null,
    actions json not null,
    approvers json,
    since timestamptz not null,
    until timestamptz not null,
    status text not null check (status in ('waiting', 'approved', 'declined', 'overtaken', 'expired', 'ended')),
    by text,
    reason text,
    answeredat timestamptz,
    primary key (tenant, id))`,
  'create index proposals_subject on proposals (tenant, subject)',
  'create index proposals_since on proposals (tenant, since)',
  `create table erasures (
    tenant text collate "C" not null,
    id text collate "C" not null,
    asked text not null,
    subjects json not null,
    marks json not null,
    by text not null,
    reason text not null,
    at timestamptz not null,
    doneat timestamptz,
    counts json,
    liftedat timestamptz,
    liftedby text,
    liftedreason text,
    primary key (tenant, id))`,
  `create table erased_records (
    tenant text collate "C" not null,
    subject text collate "C" not null,
    erasure text collate "C" not null,
    liftedat timestamptz,
    primary key (tenant, subject))`,
  ...['events', 'decisions', 'engagements', 'actions', 'drafts', 'proposals', 'parked', 'quarantine'].map(
    (table) => `alter table ${table} add column erasedat timestamptz`,
  ),
];

const comments: Readonly<Record<string, string>> = {
  'table proposals': 'What was proposed to a person before the CRM was changed, and who answered what',
  'column proposals.id': "The decision's id; of what an assistant proposed, with :assistant behind it",
  'column proposals.engagement': 'Temporal workflow id of the engagement that waits',
  'column proposals.connector': 'Kind of the CRM that would be written to',
  'column proposals.actions': 'What would be written, as it was when it was proposed',
  'column proposals.approvers': 'Names that may answer; null: any',
  'column proposals.status':
    'waiting | approved | declined | overtaken (a newer decision came) | expired | ended (the engagement ended meanwhile)',
  'column proposals.by': 'The person who answered, as named',
  'column proposals.reason': 'Why, as that person said',
  'column proposals.answeredat': 'When it no longer waited',
  'table erasures': "Erasures of persons' data: of which records, who wanted it and why, and what was erased",
  'column erasures.asked': 'The record that was named',
  'column erasures.subjects': 'All records that were the person',
  'column erasures.marks': 'By what the bytes in quarantine were recognised; emptied when it is done',
  'column erasures.doneat': 'Null while it is not done: the same command goes on',
  'column erasures.counts': 'Rows by table, runs of workflows, messages',
  'table erased_records': 'Records of which nothing is taken in any more, unless that was lifted',
  'column events.erasedat': 'Since when only its envelope is left',
  'column decisions.erasedat':
    'Since when only is left that it was made, when, on what event, by which model and policy',
};

/** What waits for a person and who answered; whose data were erased. */
export const proposalsErasures = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

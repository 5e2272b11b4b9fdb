import { sql, type Kysely } from 'kysely';

const statements = [
  `create table drafts (
    tenant text collate "C" not null,
    decisionid text collate "C" not null,
    engagement text collate "C" not null,
    subject text collate "C" not null,
    usecase text collate "C" not null,
    outcome text not null check (outcome in ('drafted', 'template')),
    code text,
    message text,
    model text,
    host text,
    prompt text,
    masked json,
    sent json,
    content json,
    proposal json,
    answer json,
    tokensin integer not null default 0,
    tokensout integer not null default 0,
    durationms integer not null default 0,
    at timestamptz not null,
    primary key (tenant, decisionid))`,
  'create index drafts_subject on drafts (tenant, subject)',
  'create index drafts_at on drafts (tenant, at)',
];

const comments: Readonly<Record<string, string>> = {
  'table drafts': 'What an assistant was asked for a task, what it answered, and whether that was used',
  'column drafts.code': "Why the template's text was used instead",
  'column drafts.host': 'Of the endpoint',
  'column drafts.prompt': 'sha256 (hex) of the canonical JSON of what was sent',
  'column drafts.masked': 'How many placeholders of each kind were in it',
  'column drafts.sent': 'The prompt, masked; emptied when events are no longer kept',
  'column drafts.content': 'The draft as it was used, with what was masked put back',
  'column drafts.proposal': 'What the assistant proposed beyond the task, from what the use case allows',
  'column drafts.answer': "A person's answer to the proposal",
};

/** What assistants drafted. */
export const drafts = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

import { sql, type Kysely } from 'kysely';

// As text: the database's JSON functions refuse what a document may hold elsewhere (\u0000). A source is percent-encoded, so that
// nothing in it is escaped; within a text of the document its quotes would be.
const sourceOfEvent = `coalesce(substring(event::text from '"source":"(/tenants/[^"]*)"'), '')`;

/** Of what was made about an engagement's record. */
const asEngagement = (table: string): string => `update ${table} set source = engagements.source from engagements
  where engagements.tenant = ${table}.tenant and engagements.id = ${table}.engagement`;

const asEvent = (table: string): string => `update ${table} set source = events.source from events
  where events.tenant = ${table}.tenant and events.id = ${table}.eventid`;

const tables = 'records decisions engagements actions parked shadow_scores drafts proposals erased_records'.split(' ');

const statements = [
  // Generated, because that is written with the table's new file: an update would leave every row twice.
  `alter table events add column source text collate "C" not null generated always as (${sourceOfEvent}) stored`,
  'alter table events alter column source drop expression',
  ...tables.map((table) => `alter table ${table} add column source text collate "C" not null default ''`),
  asEvent('decisions'),
  asEvent('parked'),
  // By a decision of the same record whose event is kept; else by what its connection last told.
  `update engagements set source = coalesce(
    (select source from decisions where decisions.tenant = engagements.tenant and decisions.subject = engagements.subject
      and decisions.connection = engagements.connection and source <> '' order by sequence desc limit 1),
    (select source from events where events.tenant = engagements.tenant and events.connection = engagements.connection
      order by recordedat desc limit 1), '')`,
  `update decisions set source = engagements.source from engagements
    where decisions.source = '' and engagements.tenant = decisions.tenant and engagements.subject = decisions.subject
      and engagements.connection = decisions.connection`,
  ...['actions', 'drafts', 'proposals'].map(asEngagement),
  `update shadow_scores set source = decisions.source from decisions
    where decisions.tenant = shadow_scores.tenant and decisions.id = shadow_scores.decisionid`,
  // What two CRMs told into one row is the state of no record: each is read again with its next event.
  `delete from records using (select tenant, subject from events group by tenant, subject having count(distinct source) > 1) as mixed
    where records.tenant = mixed.tenant and records.subject = mixed.subject`,
  `update records set source = coalesce(
    (select source from events where events.tenant = records.tenant and events.subject = records.subject limit 1),
    (select source from engagements where engagements.tenant = records.tenant and engagements.subject = records.subject
      order by openedat desc limit 1), '')`,
  ...['records', 'erased_records'].flatMap((table) => [
    `alter table ${table} drop constraint ${table}_pkey`,
    `alter table ${table} add primary key (tenant, subject, source)`,
  ]),
  ...tables.map((table) => `alter table ${table} alter column source drop default`),
  'alter table gaps add column widened integer not null default 0',
];

const comments: Readonly<Record<string, string>> = {
  'column events.source': 'Of the CRM, /tenants/<tenant>/<crm>/<org>: two CRMs may have one subject each',
  'column records.source': "Its events'; empty where none was kept when this column came",
  'column erased_records.source': "The record's; empty: of any CRM, in erasures of before this column",
  'column gaps.widened': 'How often another cause has widened it while it was open',
  'column erasures.subjects':
    'All records that were the person, by key (<source>/<subject>); by subject alone in those of before keys',
};

/** Whose record it is: subjects of two CRMs are told apart. How often a gap was widened. */
export const sources = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

import { sql, type Kysely } from 'kysely';

// The indexes leave out what has no keys: a tenant without identity rules does not pay for them. Without a list of pending
// entries, which every search would read through: a lane searches as often as it writes.
const changes = [
  `alter table records add column connection text collate "C", add column ownkeys text[], add column sharedkeys text[]`,
  `create index records_ownkeys on records using gin (ownkeys) with (fastupdate = off) where ownkeys is not null`,
  `create index records_sharedkeys on records using gin (sharedkeys) with (fastupdate = off) where sharedkeys is not null`,
  `alter table decisions add column related json, add column relatedfrom json`,
];

const comments: Readonly<Record<string, string>> = {
  'column records.connection': 'Of the event that told it; null without identity rules',
  'column records.ownkeys':
    '<rule>:<keyed hash> of what a customer is known by, where no other record of this CRM and entity should have it',
  'column records.sharedkeys': '<rule>:<keyed hash> that several records of the same customer may have',
  'column decisions.related': "What was known of the customer's other records, by the use case's names",
  'column decisions.relatedfrom': "Of each of these the states it was made of: <subject>@<time>/<the CRM's order>",
};

/** By which keys records are one customer's, and what a decision saw of that. */
export const identity = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const change of changes) await sql.raw(change).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

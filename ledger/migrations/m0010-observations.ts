import { sql, type Kysely } from 'kysely';

// A partial index, so that a planner without statistics cannot take it for the past of a series: it would read the whole use case.
const statements = [
  `create table observations (
    tenant text collate "C" not null,
    usecase text collate "C" not null,
    series text collate "C" not null,
    place text collate "C" not null,
    eventid text collate "C" not null,
    peers text collate "C",
    at bigint not null,
    told json not null,
    recordedat timestamptz not null default now(),
    primary key (tenant, usecase, series, place, eventid))`,
  `create index observations_peers on observations (tenant, usecase, peers, place, eventid) where peers is not null`,
  `create index observations_recordedat on observations (tenant, recordedat)`,
];

const comments: Readonly<Record<string, string>> = {
  'table observations': 'What events told of their series, for models that look back on the past',
  'column observations.series': 'Whose past it is: a record, or whatever the model says',
  'column observations.place':
    "The event's place in the life of its record: time, then the CRM's order; compares as text",
  'column observations.peers': 'The group that young series are compared within; null where none are',
  'column observations.at': 'ms since 1970',
  'column observations.told': 'Numbers and texts by name',
};

/** The past of series. */
export const observations = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

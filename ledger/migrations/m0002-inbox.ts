import { sql, type Kysely } from 'kysely';

// A row of `inboxes` is locked while entries are appended to its stream: their numbers become visible in their order.
const tables = [
  `create table inboxes (
    tenant text collate "C" not null,
    connection text collate "C" not null,
    stream text collate "C" not null,
    newest bigint not null,
    released bigint not null default 0,
    primary key (tenant, connection, stream)) with (fillfactor = 50)`,
  `create table inbox (
    tenant text collate "C" not null,
    connection text collate "C" not null,
    stream text collate "C" not null,
    number bigint not null,
    payload bytea not null,
    at timestamptz not null default now(),
    primary key (tenant, connection, stream, number))`,
];

const comments: Readonly<Record<string, string>> = {
  'table inboxes': 'How far each stream of a connection that is pushed to has come',
  'column inboxes.newest': 'The number of the newest entry ever appended',
  'column inboxes.released': 'Everything up to it is safe elsewhere and was deleted; 0 for nothing',
  'table inbox':
    'What senders that keep nothing themselves have sent, until its events are with the broker or in quarantine',
  'column inbox.number': 'Counts from 1 in each stream, in the order in which entries became durable',
  'column inbox.payload': 'As the connector keeps it; opaque outside of it',
};

/** What senders that keep nothing themselves have sent. */
export const inbox = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const table of tables) await sql.raw(table).execute(database);
    for (const [what, comment] of Object.entries(comments)) {
      await sql`comment on ${sql.raw(what)} is ${sql.lit(comment)}`.execute(database);
    }
  },
};

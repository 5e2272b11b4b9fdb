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

/** What senders that keep nothing themselves have sent. */
export const inbox = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const table of tables) await sql.raw(table).execute(database);
  },
};

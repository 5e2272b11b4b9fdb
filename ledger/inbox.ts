import { sql, type Kysely } from 'kysely';
import type { StreamName } from './positions';
import type { Schema } from './schema';

/** How far an inbox has come; numbers count from 1. */
export interface InboxState {
  /** The number of the newest entry ever appended; 0 for none. */
  readonly newest: number;
  /** Everything up to it was released; 0 for nothing. */
  readonly released: number;
}

/** Some entries of an inbox, oldest first. */
export interface InboxPage extends InboxState {
  readonly entries: readonly { readonly number: number; readonly payload: Buffer }[];
}

/** What senders that keep nothing themselves have sent, per stream in order. */
export interface Inboxes {
  /**
   * One statement: all of it or nothing. False, and nothing, where more than `most` entries would wait to be released; of a
   * stream that nothing waits in, anything is taken.
   */
  append(name: StreamName, payloads: readonly Uint8Array[], most: number): Promise<boolean>;
  read(name: StreamName, after: number, most: number): Promise<InboxPage>;
  state(name: StreamName): Promise<InboxState>;
  /** Forgets everything up to the number, itself included. */
  release(name: StreamName, through: number): Promise<void>;
}

/** The inboxes over an open database. */
export function inboxes(database: Kysely<Schema>): Inboxes {
  return {
    append: (name, payloads, most) => append(database, name, payloads, most),
    read: async (name, after, most) => {
      const entries = await entriesAfter(database, name, after, most);
      // Read second: what was released meanwhile must not look as if it never was.
      return { ...(await state(database, name)), entries };
    },
    state: (name) => state(database, name),
    release: (name, through) => release(database, name, through),
  };
}

async function append(
  database: Kysely<Schema>,
  name: StreamName,
  payloads: readonly Uint8Array[],
  most: number,
): Promise<boolean> {
  if (payloads.length === 0) return true;
  const { tenant, connection, stream } = name;
  const bytes = payloads.map((payload) => Buffer.from(payload));
  // The row of `inboxes` stays locked until the entries are there: numbers become visible in their order.
  const { rows } = await sql`
    with place as (
      insert into inboxes (tenant, connection, stream, newest)
      values (${tenant}, ${connection}, ${stream}, ${bytes.length}::int)
      on conflict (tenant, connection, stream) do update set newest = inboxes.newest + excluded.newest
      where inboxes.newest <= inboxes.released
        or inboxes.newest + excluded.newest - inboxes.released <= ${most}::bigint
      returning newest - ${bytes.length}::int as before)
    insert into inbox (tenant, connection, stream, number, payload)
    select ${tenant}, ${connection}, ${stream}, place.before + row.nth, row.payload
    from place, unnest(${bytes}::bytea[]) with ordinality as row (payload, nth)
    returning number`.execute(database);
  return rows.length > 0;
}

async function entriesAfter(
  database: Kysely<Schema>,
  { tenant, connection, stream }: StreamName,
  after: number,
  most: number,
): Promise<InboxPage['entries']> {
  const rows = await database
    .selectFrom('inbox')
    .select(['number', 'payload'])
    .where('tenant', '=', tenant)
    .where('connection', '=', connection)
    .where('stream', '=', stream)
    .where('number', '>', String(after))
    .orderBy('number')
    .limit(most)
    .execute();
  return rows.map(({ number, payload }) => ({ number: Number(number), payload }));
}

async function state(database: Kysely<Schema>, { tenant, connection, stream }: StreamName): Promise<InboxState> {
  const row = await database
    .selectFrom('inboxes')
    .select(['newest', 'released'])
    .where('tenant', '=', tenant)
    .where('connection', '=', connection)
    .where('stream', '=', stream)
    .executeTakeFirst();
  return { newest: Number(row?.newest ?? 0), released: Number(row?.released ?? 0) };
}

async function release(
  database: Kysely<Schema>,
  { tenant, connection, stream }: StreamName,
  through: number,
): Promise<void> {
  await sql`
    with gone as (
      delete from inbox
      where tenant = ${tenant} and connection = ${connection} and stream = ${stream} and number <= ${through}::bigint)
    update inboxes set released = greatest(released, ${through}::bigint)
    where tenant = ${tenant} and connection = ${connection} and stream = ${stream}`.execute(database);
}

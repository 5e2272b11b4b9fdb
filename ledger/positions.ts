import type { Kysely } from 'kysely';
import type { Schema } from './schema';

/** A place in a native stream: JSON, opaque outside of its connector. */
export interface StreamPosition {
  readonly v: number;
  readonly [key: string]: unknown;
}

/** Names one native stream of one connection. */
export interface StreamName {
  readonly tenant: string;
  readonly connection: string;
  readonly stream: string;
}

/** Where the stream is to be resumed; undefined when it never was read. */
export async function loadPosition(database: Kysely<Schema>, name: StreamName): Promise<StreamPosition | undefined> {
  return (await findPosition(database, name))?.position;
}

/** When the position was saved, RFC 3339 UTC: everything before is safe. */
export async function positionSavedAt(database: Kysely<Schema>, name: StreamName): Promise<string | undefined> {
  return (await findPosition(database, name))?.savedat.toISOString();
}

function findPosition(database: Kysely<Schema>, { tenant, connection, stream }: StreamName) {
  return database
    .selectFrom('positions')
    .select(['position', 'savedat'])
    .where('tenant', '=', tenant)
    .where('connection', '=', connection)
    .where('stream', '=', stream)
    .executeTakeFirst();
}

/** Saves where the stream is to be resumed. The caller saves in order: the last one saved stays. */
export async function savePosition(
  database: Kysely<Schema>,
  name: StreamName,
  position: StreamPosition,
): Promise<void> {
  await database
    .insertInto('positions')
    .values({ ...name, position: JSON.stringify(position) })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'connection', 'stream']).doUpdateSet((row) => ({
        position: row.ref('excluded.position'),
        savedat: row.ref('excluded.savedat'),
      })),
    )
    .execute();
}

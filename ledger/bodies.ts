import type { Kysely } from 'kysely';
import type { Schema } from './schema';

/** Keeps a body under its reference. The reference is derived from the content: the first one stays. */
export async function putBody(database: Kysely<Schema>, tenant: string, ref: string, bytes: Uint8Array): Promise<void> {
  await database
    .insertInto('bodies')
    .values({ tenant, ref, bytes: Buffer.from(bytes) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The exact bytes of a body; undefined when none is kept under the reference. */
export async function getBody(database: Kysely<Schema>, tenant: string, ref: string): Promise<Buffer | undefined> {
  const row = await database
    .selectFrom('bodies')
    .select('bytes')
    .where('tenant', '=', tenant)
    .where('ref', '=', ref)
    .executeTakeFirst();
  return row?.bytes;
}

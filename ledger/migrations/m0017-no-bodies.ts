import { sql, type Kysely } from 'kysely';

/** Bodies travel whole: nothing was ever kept here. */
export const noBodies = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql`drop table if exists bodies`.execute(database);
  },
};

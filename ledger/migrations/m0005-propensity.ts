import { sql, type Kysely } from 'kysely';

const changes = [
  'alter table decisions add column propensity double precision',
  `comment on column decisions.propensity is 'Where the model explores: the probability with which what was chosen was chosen'`,
];

/** How likely a choice was that a model explored. */
export const propensity = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const change of changes) await sql.raw(change).execute(database);
  },
};

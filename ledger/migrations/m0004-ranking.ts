import { sql, type Kysely } from 'kysely';

const changes = [
  'alter table decisions add column ranking jsonb',
  'alter table engagements add column lastlabel text',
  `comment on column decisions.ranking is 'The likeliest classes, best first, of a model with several'`,
  `comment on column engagements.lastlabel is 'The class it was last told of, of a model with several'`,
];

/** Which class a model with several has chosen. */
export const ranking = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const change of changes) await sql.raw(change).execute(database);
  },
};

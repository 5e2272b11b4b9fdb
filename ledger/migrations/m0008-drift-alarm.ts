import { sql, type Kysely } from 'kysely';

const changes = [
  'alter table trainings drop constraint trainings_status_check',
  `alter table trainings add constraint trainings_status_check
    check (status in ('training', 'shadow', 'asked', 'promoted', 'dropped', 'steady', 'alarm'))`,
];

/** A look that only watches for drift may end with an alarm. */
export const driftAlarm = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const change of changes) await sql.raw(change).execute(database);
  },
};

import { sql, type Kysely } from 'kysely';

// As text: the database's JSON functions refuse what the CRM's answer may hold (\u0000). The id is written before the answer.
const caseId = `substring(result::text from '"nativeId":"([^"]*)"')`;

/** Whose case it is, asked with each event of a case: by the CRM's id, among the cases that were opened. */
export const cases = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql`create index actions_case on actions (tenant, ${sql.raw(caseId)})
      where kind = 'create-case' and outcome <> 'failed'`.execute(database);
  },
};

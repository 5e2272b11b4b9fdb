import { Migrator, sql, type Kysely } from 'kysely';
import { recordKey } from '../canonical-schema/identity';
import { databases } from '../test/database';
import { openMemory, openPostgres } from './database';
import { openLedger } from './ledger';
import { migrate, migrations } from './migrate';
import { sampleEvent } from './sample.fixture';
import type { Schema } from './schema';

test('a database that does not answer is named with the fix', async () => {
  const opened = openLedger({ url: 'postgres://nobody:secret@localhost:1/none' });
  await expect(opened).rejects.toThrow(/could not be prepared: .*ECONNREFUSED.*DATABASE_URL/);
});

/** A ledger as it was before sources: of two CRMs with one id, of one alone, and of one whose events are no longer kept. */
async function fillOld(database: Kysely<Schema>): Promise<void> {
  // A database in memory begins as the build's empty one, which is up to date.
  for (const anew of ['drop schema public cascade', 'create schema public']) await sql.raw(anew).execute(database);
  const { error } = await new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  }).migrateTo('0014-proposals-erasures');
  if (error !== undefined) throw error as Error;
  const run = (statement: string) => sql.raw(statement).execute(database);
  const event = (id: string, crm: string, subject: string) => {
    const body = { ...sampleEvent('acme', 1, subject), id, source: `/tenants/acme/sap/${crm}`, connection: crm };
    const odd = JSON.stringify({ ...body, data: { ...body.data, native: { text: 'a\0b' } } });
    return run(`insert into events (tenant, id, batchid, subject, connection, sequence, type, status, event)
      values ('acme', '${id}', 'b', '${subject}', '${crm}', '1', 't', 'decided', '${odd}')`);
  };
  await event('e1', 's4', 'account/1');
  await event('e2', 'c4c', 'account/1');
  await event('e3', 's4', 'account/2');
  for (const subject of ['account/1', 'account/2', 'account/3']) {
    await run(`insert into records (tenant, subject, sequence, record, native, deleted)
      values ('acme', '${subject}', '1', '{}', '{}', false)`);
  }
  await run(`insert into decisions (tenant, id, eventid, connection, subject, usecase, outcome, reasons, contributions, features, policy, decidedat, sequence)
    values ('acme', 'e2:churn', 'e2', 'c4c', 'account/1', 'churn', 'act', '[]', '{}', '{}', 'p', now(), '1'),
      ('acme', 'e0:churn', 'e0', 'c4c', 'account/3', 'churn', 'act', '[]', '{}', '{}', 'p', now(), '1')`);
  for (const n of [1, 3]) {
    const id = `engagement/acme/c4c/account/${n}/churn`;
    const decision = n === 1 ? 'e2:churn' : 'e0:churn';
    await run(`insert into engagements (tenant, id, subject, usecase, connection, status, firstdecision, lastdecision, lastsequence, openedat)
      values ('acme', '${id}', 'account/${n}', 'churn', 'c4c', 'open', '${decision}', '${decision}', '1', now())`);
    await run(`insert into actions (tenant, id, attempt, engagement, decisionid, subject, kind, outcome, action, result, workflowid, runid, at)
      values ('acme', 'a${n}', 1, '${id}', '${decision}', 'account/${n}', 'create-task', 'applied', '{}', '{}', 'w', 'r', now())`);
  }
  await run(`insert into parked (tenant, eventid, subject, sequence, code, message, status)
    values ('acme', 'e3', 'account/2', '1', 'SBX_X', 'no', 'parked')`);
  await run(`insert into erasures (tenant, id, asked, subjects, marks, by, reason, at, doneat)
    values ('acme', 'x', '9', '["contact/9"]', '[]', 'Ada', 'asked', now(), now())`);
  await run(`insert into erased_records (tenant, subject, erasure) values ('acme', 'contact/9', 'x')`);
}

describe.each(databases)('a ledger of before sources, over $name', ({ open, isThere }) => {
  const it = isThere ? test : test.skip;

  it('learns whose its records are', async () => {
    const server = await open();
    const upgrade = async (database: Kysely<Schema>): Promise<void> => {
      await fillOld(database);
      await migrate(database);
    };
    const { kysely, close } = await (server.url === undefined
      ? openMemory(upgrade)
      : openPostgres(server.url, upgrade));
    const of = async (table: string): Promise<readonly string[]> => {
      const { rows } = await sql<{ source: string; subject: string }>`
        select source, subject from ${sql.table(table)} order by subject, source`.execute(kysely);
      return rows.map(recordKey);
    };
    const [s4, c4c] = ['/tenants/acme/sap/s4', '/tenants/acme/sap/c4c'];
    expect(await of('events')).toEqual([`${c4c}/account/1`, `${s4}/account/1`, `${s4}/account/2`]);
    // What was mixed of two is nobody's.
    expect(await of('records')).toEqual([`${s4}/account/2`, `${c4c}/account/3`]);
    for (const table of ['decisions', 'engagements', 'actions']) {
      expect([table, await of(table)]).toEqual([table, [`${c4c}/account/1`, `${c4c}/account/3`]]);
    }
    expect(await of('parked')).toEqual([`${s4}/account/2`]);
    // It said of no CRM whose it was, so it holds in all.
    expect(await of('erased_records')).toEqual(['/contact/9']);
    await close();
    await server.stop();
  }, 120_000);
});

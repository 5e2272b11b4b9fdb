import fc from 'fast-check';
import { sql } from 'kysely';
import { databases } from '../../test/database';
import { migrate } from '../migrate';
import { sampleBatch, sampleEvent } from '../sample.fixture';
import { AuditedLedger, lead, other } from './audited-ledger.fixture';
import { seal } from './seal';
import { verify } from './verify';

describe.each(databases)('the audit chain over $name', (where) => {
  const it = where.isThere ? test : test.skip;
  let audited: AuditedLedger;
  beforeAll(async () => {
    if (where.isThere) audited = await AuditedLedger.in(where);
  }, 120_000);
  afterAll(async () => {
    if (where.isThere) await audited.close();
  });
  beforeEach(() => {
    if (where.isThere) audited.begin();
  });

  it('finds whatever one change of rows, entries or blocks: altered, taken out, put in, put in another order', async () => {
    const { database, ledger, tenant } = audited;
    await audited.history();
    await ledger.audit.seal(tenant);
    await ledger.recordBatch(tenant, sampleBatch('b2', [sampleEvent(tenant, 7, lead), sampleEvent(tenant, 8, lead)]));
    await ledger.audit.seal(tenant);
    expect(await verify(database, tenant)).toMatchObject({ blocks: 2, found: 0 });
    const nth = (table: string, n: number) => sql`(select ctid from ${sql.table(table)} where tenant = ${tenant}
      order by ctid offset ${n} % (select count(*) from ${sql.table(table)} where tenant = ${tenant}) limit 1)`;
    const tables = ['decisions', 'actions', 'outcomes', 'proposals', 'champions', 'tenant_versions'] as const;
    const changes = fc.oneof(
      fc
        .constantFrom(...tables, 'audit_entries', 'audit_blocks')
        .map((table) => (n: number) => sql`delete from ${sql.table(table)} where ctid = ${nth(table, n)}`),
      fc.constantFrom('decisions', 'proposals').map((table) => (n: number) => {
        const columns = table === 'decisions' ? 'score, reasons, contributions' : 'subject, reasons, since';
        // The row becomes what another one is, apart from its key.
        return sql`update ${sql.table(table)} set (${sql.raw(columns)}) = (select ${sql.raw(columns.replace('score', 'score + 0.1').replace('subject', "subject || '2'"))}
          from ${sql.table(table)} as one where one.ctid = ${nth(table, n + 1)}) where ctid = ${nth(table, n)}`;
      }),
      fc.constant(
        (n: number) => sql`insert into decisions select (json_populate_record(row, '{"id":"put in"}'::json)).*
        from decisions as row where row.ctid = ${nth('decisions', n)}`,
      ),
      fc.constant(
        (n: number) => sql`insert into outcomes (tenant, engagement, decisionid, label, at)
        values (${tenant}, 'e', ${`d${n}`}, 'lost', now())`,
      ),
      fc.constant((n: number) => sql`update audit_entries set place = 100000 where ctid = ${nth('audit_entries', n)}`),
      fc
        .constantFrom('kept', 'content')
        .map(
          (column) => (n: number) =>
            sql`update audit_entries set ${sql.ref(column)} = sha256('x') where ctid = ${nth('audit_entries', n)}`,
        ),
      fc.constant((n: number) => sql`update audit_entries set emptied = true where ctid = ${nth('audit_entries', n)}`),
      fc
        .constantFrom('previous', 'root', 'hash')
        .map(
          (column) => (n: number) =>
            sql`update audit_blocks set ${sql.ref(column)} = 'x' where ctid = ${nth('audit_blocks', n)}`,
        ),
      fc
        .constantFrom(
          "at = at + interval '1 hour'",
          'history = not history',
          'entries = entries + 1',
          'form = form + 1',
        )
        .map(
          (set) => (n: number) => sql`update audit_blocks set ${sql.raw(set)} where ctid = ${nth('audit_blocks', n)}`,
        ),
    );
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(50), async (change, n) => {
        const { found, findings } = await audited.foundAfter((transaction) => change(n).execute(transaction));
        expect(found).toBeGreaterThan(0);
        expect(findings[0]).toMatchObject({
          kind: expect.any(String) as string,
          because: expect.any(String) as string,
        });
      }),
      { numRuns: 60 },
    );
    expect(await verify(database, tenant)).toMatchObject({ found: 0 });
  }, 120_000);

  it('tells an erased row and one that is no longer kept from one that was altered or taken out', async () => {
    const { database, ledger, tenant } = audited;
    await audited.history();
    await ledger.audit.seal(tenant);
    await audited.lawfulChanges();
    expect(await verify(database, tenant)).toMatchObject({ found: 0, waiting: expect.any(Number) as number });
    await ledger.audit.seal(tenant);
    const verified = await verify(database, tenant);
    expect(verified).toMatchObject({ found: 0, waiting: 0 });
    expect(verified.emptied).toBeGreaterThan(5);
    expect(verified.deleted).toBeGreaterThan(1);
    const salts = await sql<{ readonly many: number }>`select count(*)::int as many from audit_entries as entry
      where tenant = ${tenant} and salt is not null and not emptied
        and exists (select from audit_entries as later where later.tenant = entry.tenant and later.kind = entry.kind
          and later.key = entry.key and later.emptied)`.execute(database);
    expect(salts.rows[0]?.many).toBe(0);
    // Emptied by hand, and announced as if an erasure had done it.
    const forged = await audited.foundAfter(async (transaction) => {
      await sql`update decisions set score = null, erasedat = now() where tenant = ${tenant} and id = ${`${lead}-3:lead-scoring`}`.execute(
        transaction,
      );
      await sql`insert into audit_entries (tenant, block, place, kind, key, kept, emptied)
        select tenant, block, 99999, kind, key, kept, true from audit_entries
        where tenant = ${tenant} and kind = 'decision' and key = ${`["${lead}-3:lead-scoring"]`}`.execute(transaction);
    });
    expect(forged.found).toBeGreaterThan(0);
  });

  it('takes what is recorded anew under the key of a row that is no longer kept for another row', async () => {
    const { database, ledger, tenant } = audited;
    const batch = sampleBatch('b1', [sampleEvent(tenant, 1, lead)]);
    await ledger.recordBatch(tenant, batch);
    await ledger.audit.seal(tenant);
    const [key] = batch.decisions.map(({ id }) => id);
    await ledger.purge(tenant, {
      eventsBefore: '2999-01-01T00:00:00Z',
      decisionsBefore: new Date(Date.now() + 1).toISOString(),
    });
    expect(await ledger.decision(tenant, key ?? '')).toBeUndefined();
    await ledger.recordBatch(tenant, {
      ...batch,
      batchid: 'b2',
      decisions: batch.decisions.map((one) => ({ ...one, score: 0.5 })),
    });
    expect(await verify(database, tenant)).toMatchObject({ found: 0 });
    await ledger.audit.seal(tenant);
    expect(await verify(database, tenant)).toMatchObject({ found: 0, waiting: 0, entries: 3 });
    const altered = await audited.foundAfter((transaction) =>
      sql`update decisions set score = 0.6 where tenant = ${tenant}`.execute(transaction),
    );
    expect(altered).toMatchObject({ found: 1, findings: [{ what: 'altered', kind: 'decision' }] });
  });

  it('finds what was emptied or deleted without an erasure or retention', async () => {
    const { ledger, tenant } = audited;
    await audited.history();
    await ledger.audit.seal(tenant);
    const emptied = await audited.foundAfter((transaction) =>
      sql`update decisions set features = '{}', erasedat = now() where tenant = ${tenant}`.execute(transaction),
    );
    expect(emptied.findings[0]).toMatchObject({ what: 'altered', kind: 'decision' });
    const gone = await audited.foundAfter((transaction) =>
      sql`delete from outcomes where tenant = ${tenant}`.execute(transaction),
    );
    expect(gone).toMatchObject({ found: 6, findings: [{ what: 'missing', kind: 'outcome' }, {}, {}, {}, {}, {}] });
  });

  it('loses nothing where a sealer dies between rows and seal, or within one', async () => {
    const { database, ledger, tenant } = audited;
    await audited.history();
    const before = await verify(database, tenant);
    expect(before).toMatchObject({ blocks: 0, found: 0 });
    expect(before.waiting).toBeGreaterThan(20);
    await sql`create or replace function fall() returns trigger language plpgsql as $$ begin raise 'the sealer dies'; end $$`.execute(
      database,
    );
    await sql`create trigger fall before insert on audit_entries for each statement execute function fall()`.execute(
      database,
    );
    await expect(ledger.audit.seal(tenant)).rejects.toThrow('the sealer dies');
    await sql`drop trigger fall on audit_entries`.execute(database);
    expect(await verify(database, tenant)).toEqual(before);
    expect(await ledger.audit.seal(tenant)).toBe(before.waiting);
    expect(await verify(database, tenant)).toMatchObject({ found: 0, waiting: 0, entries: before.waiting });
  });

  it('finds a row that was gone before it was sealed', async () => {
    const { database, ledger, tenant } = audited;
    await audited.history();
    await sql`delete from champions where tenant = ${tenant}`.execute(database);
    await ledger.audit.seal(tenant);
    expect((await verify(database, tenant)).findings).toMatchObject([
      {
        what: 'missing',
        kind: 'champion',
        key: '["lead-scoring",1]',
        because: 'it was recorded, and was gone before it was sealed',
      },
    ]);
  });

  it('makes one chain of two that seal at once, each entry once', async () => {
    const { database, ledger, tenant } = audited;
    const second = await audited.second();
    for (let n = 0; n < 12; n += 1) {
      const events = Array.from({ length: 100 }, (_, k) => sampleEvent(tenant, 100 * n + k));
      await ledger.recordBatch(tenant, sampleBatch(`b${n}`, events));
    }
    const counts = await Promise.all(
      [database, second.kysely, database, second.kysely].map((one) => seal(one, tenant)),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1200);
    expect(await verify(database, tenant)).toMatchObject({ entries: 1200, waiting: 0, found: 0 });
    if (second !== audited.opened) await second.close();
  }, 60_000);

  it('knows a head that was kept elsewhere, and tells that a chain was written anew', async () => {
    const { database, ledger, tenant } = audited;
    await audited.history();
    await ledger.audit.seal(tenant);
    const kept = (await ledger.audit.head(tenant))!;
    await audited.lawfulChanges();
    await ledger.audit.seal(tenant);
    expect(await verify(database, tenant, { head: kept.hash })).toMatchObject({ found: 0, anchoredAt: kept.number });
    expect(await ledger.audit.head(tenant)).toMatchObject({ number: expect.any(Number) as number });
    // Who has the database can seal a forged row like any other: the chain alone does not tell.
    await sql`update decisions set score = 0.99 where tenant = ${tenant} and score is not null`.execute(database);
    await sql`insert into audit_waiting (tenant, entries) select tenant, json_agg(json_build_array(kind, key::json, false))
      from audit_entries where tenant = ${tenant} and not emptied and kind = 'decision' group by tenant`.execute(
      database,
    );
    for (const table of ['audit_entries', 'audit_blocks']) {
      await sql`delete from ${sql.table(table)} where tenant = ${tenant}`.execute(database);
    }
    await seal(database, tenant);
    const { findings } = await verify(database, tenant, { head: kept.hash });
    expect(findings).toContainEqual(expect.objectContaining({ what: 'block', key: kept.hash }));
  });

  it('seals what an older ledger has as it is when it is migrated, and says so', async () => {
    const { database, ledger, tenant } = audited;
    await audited.history();
    await audited.lawfulChanges(other);
    await sql`drop table audit_waiting, audit_blocks, audit_entries, retentions`.execute(database);
    await sql`drop index actions_case`.execute(database);
    await sql`delete from kysely_migration where name >= '0016-audit-chain'`.execute(database);
    await migrate(database);
    await ledger.recordBatch(tenant, sampleBatch('later', [sampleEvent(tenant, 9)]));
    await ledger.audit.seal(tenant);
    const { entries, history: before, found, blocks } = await verify(database, tenant);
    expect({ found, fresh: entries - before }).toEqual({ found: 0, fresh: 1 });
    expect(blocks).toBeGreaterThan(1);
    expect((await ledger.audit.tenantsWaiting()).length).toBeGreaterThan(0);
  });
});

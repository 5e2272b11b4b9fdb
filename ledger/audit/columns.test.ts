import { sql } from 'kysely';
import { databases } from '../../test/database';
import { AuditedLedger } from './audited-ledger.fixture';
import { facts as sealedFacts, nameOf } from './facts';
import { seal } from './seal';
import { verify } from './verify';

describe.each(databases)('what is sealed of each row, over $name', (where) => {
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

  /** Another value of a column's type. Columns that take certain words alone get another one of these. */
  const words: Readonly<Record<string, string>> = {
    'decisions.outcome': `case outcome when 'none' then 'abstain' else 'none' end`,
    'actions.outcome': `case outcome when 'failed' then 'applied' else 'failed' end`,
    'proposals.status': `case status when 'waiting' then 'ended' else 'declined' end`,
    'champions.kind': `case kind when 'promoted' then 'rolled-back' else 'promoted' end`,
  };
  const another: Readonly<Record<string, (column: string) => string>> = {
    text: (column) => `coalesce(${column}, '') || 'x'`,
    'timestamp with time zone': (column) => `coalesce(${column}, now()) + interval '1 microsecond'`,
    'double precision': (column) =>
      `coalesce(${column}, 0) * (1 + 2.3e-16) + case coalesce(${column}, 0) when 0 then 1e-9 else 0 end`,
    integer: (column) => `${column} + 1000`,
    jsonb: (column) => `('[' || coalesce(${column}::text, '1') || ']')::jsonb`,
    json: (column) => `('[' || coalesce(${column}::text, '1') || ']')::json`,
    boolean: (column) => `not ${column}`,
  };
  const columnsOf = async (table: string): Promise<ReadonlyMap<string, string>> => {
    const { database } = audited;
    const { rows } = await sql<{ readonly name: string; readonly type: string }>`
      select column_name as name, data_type as type from information_schema.columns
      where table_name = ${table} and table_schema = current_schema()`.execute(database);
    return new Map(rows.map(({ name, type }) => [name, type]));
  };

  /** Columns of which a change, in any one row, is not found or not named. */
  async function unfound(facts: typeof sealedFacts): Promise<readonly string[]> {
    const { database, tenant } = audited;
    const missed = new Set<string>();
    for (const [kind, { table, where = 'true' }] of Object.entries(facts)) {
      const { kept, content, key } = sealedFacts[kind]!;
      const types = await columnsOf(table);
      // One that is whole, one that an erasure emptied.
      const emptied = sql.raw(types.has('erasedat') ? 'erasedat is null' : 'tenant');
      const { rows } = await sql<{ readonly ctid: string }>`
        select distinct on (${emptied}) ctid::text from ${sql.table(table)} where tenant = ${tenant}
        and ${sql.raw(where)}`.execute(database);
      expect(rows.length).toBeGreaterThan(0);
      for (const column of [...kept, ...content].map(nameOf)) {
        const value = words[`${table}.${column}`] ?? another[types.get(column)!]!(`"${column}"`);
        for (const { ctid } of rows) {
          const { findings } = await audited.foundAfter(
            (transaction) =>
              sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.raw(value)} where ctid = ${ctid}::tid`.execute(
                transaction,
              ),
            facts,
          );
          const isKey = key.some(({ name }) => name === column);
          const isNamed = findings.some((one) => one.kind === kind && one.what === (isKey ? 'missing' : 'altered'));
          if (!isNamed) missed.add(`${kind}.${column}`);
        }
      }
    }
    return [...missed];
  }

  it('covers every column of its tables', async () => {
    for (const table of new Set(Object.values(sealedFacts).map((fact) => fact.table))) {
      const own = Object.values(sealedFacts).filter((fact) => fact.table === table);
      const covered = own.flatMap(({ kept, content }) => [...kept, ...content].map(nameOf));
      const all = [...(await columnsOf(table)).keys()].filter((name) => name !== 'tenant' && name !== 'marks');
      expect([table, ...new Set(covered)].sort()).toEqual([table, ...all].sort());
    }
  });

  it('finds and names a change of any column of any row, also of what was emptied', async () => {
    const { database, ledger, tenant } = audited;
    await audited.history();
    await ledger.audit.seal(tenant);
    await audited.lawfulChanges();
    await ledger.audit.seal(tenant);
    expect(await verify(database, tenant)).toMatchObject({ found: 0, waiting: 0, findings: [] });
    expect(await unfound(sealedFacts)).toEqual([]);
  }, 240_000);

  it('notices a verifier that leaves a column out', async () => {
    const { database, tenant } = audited;
    await audited.history();
    const { decision } = sealedFacts;
    const blind = { decision: { ...decision!, content: decision!.content.filter((column) => column !== 'score') } };
    await seal(database, tenant, { ...sealedFacts, ...blind });
    expect(await unfound(blind)).toEqual(['decision.score']);
  }, 120_000);
});

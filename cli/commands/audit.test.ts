import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openLedger, type Ledger } from '../../ledger/ledger';
import { sampleBatch, sampleEvent } from '../../ledger/sample.fixture';
import { ledgerFolder } from '../places';
import { signalbox } from '../terminal.fixture';

const state = mkdtempSync(join(tmpdir(), 'signalbox-audit-'));
const tenant = 'acme';
const [lead, other] = ['lead/00Q000000000001AAA', 'lead/00Q000000000002AAA'];
let ledger: Ledger;

const audit = (name: string, ...args: readonly string[]) =>
  signalbox(['audit', name, '--tenant', tenant, '--state', state, ...args]);

/** As somebody who has the database does it. */
async function sql(statement: string): Promise<void> {
  const { url } = JSON.parse(readFileSync(`${ledgerFolder(state)}.json`, 'utf8')) as { readonly url: string };
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  ledger = await openLedger({ folder: ledgerFolder(state) });
  const events = [1, 2, 3].flatMap((n) => [sampleEvent(tenant, n, lead), sampleEvent(tenant, n, other)]);
  await ledger.recordBatch(tenant, sampleBatch('b1', events));
}, 60_000);
afterAll(async () => {
  await ledger.close();
  rmSync(state, { recursive: true });
});

test('the chain from what waits to a pack, a change and a hash that was kept elsewhere', async () => {
  expect(await audit('head')).toMatchObject({ code: 1, err: expect.stringMatching(/nothing is sealed yet/) as string });
  const unsealed = await audit('verify');
  expect(unsealed).toMatchObject({ code: 0 });
  expect(unsealed.out).toMatch(/head none: nothing is sealed yet\n {2}6 recorded and not sealed yet/);
  expect(await audit('seal')).toMatchObject({ code: 0, out: '6 entries sealed\n' });
  const { hash } = JSON.parse((await audit('head', '--json')).out) as { readonly hash: string };
  expect((await audit('head')).out).toMatch(new RegExp(`^${hash} {2}block 1 of acme, sealed at 2`));
  expect(await audit('verify', '--head', hash)).toMatchObject({ code: 0 });
  expect(await audit('verify', '--head', 'abc')).toMatchObject({ code: 2 });

  await ledger.erasures.begin(tenant, { asked: other, subjects: [other], marks: [], by: 'Ada', reason: 'asked' });
  await ledger.erasures.erase(tenant, [other], []);
  const folder = join(state, 'pack');
  const written = await audit('export', '--output', folder, '--json');
  expect(JSON.parse(written.out)).toMatchObject({ sealed: 4, blocks: 2, entries: 10, rows: 10 });
  expect(await audit('export', '--output', folder)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/not empty/) as string,
  });
  const check = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['verify.mjs', ...args], { cwd: folder, encoding: 'utf8', env: {} });
  expect(check(hash)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(
      /rows: 4 whole, 3 emptied by an erasure, 3 emptied since, 0 gone\nnothing was altered\n$/,
    ) as string,
  });
  expect(check('f'.repeat(64)).stdout).toMatch(/WRONG: no block has the hash f/);

  const file = join(folder, 'rows.jsonl');
  const rows = readFileSync(file, 'utf8');
  const altered: readonly (readonly [string, RegExp])[] = [
    [rows.replace('0.71', '0.17'), /WRONG: decision .* was altered\n1 findings/],
    [rows.replace(/^.*\n/, ''), /WRONG: the row of entry 1 decision .* is not in the pack\n1 findings/],
    [
      `${rows}${rows.split('\n')[0]!.replace('["lead', '["lead2')}\n`,
      /WRONG: decision .* was never sealed\n1 findings/,
    ],
  ];
  for (const [text, told] of altered) {
    writeFileSync(file, text);
    const { status, stdout } = check();
    expect([status, stdout]).toEqual([1, expect.stringMatching(told)]);
  }
  writeFileSync(file, rows);
  appendFileSync(join(folder, 'entries.jsonl'), `${JSON.stringify({ block: 2, line: 'a\tb\t-\t-\t-\twhole' })}\n`);
  expect(check().stdout).toMatch(/WRONG: block 2: its entries are not those/);

  const none = await audit('export', '--output', join(state, 'later'), '--since', '2999-01-01', '--json');
  expect(JSON.parse(none.out)).toMatchObject({ blocks: 2, entries: 0 });
});

test('a row that was changed in the database is named, with what to do', async () => {
  await audit('seal');
  await sql(`update decisions set score = 0.99 where id = '${lead}-2:lead-scoring'`);
  const { code, out } = await audit('verify');
  expect(code).toBe(1);
  expect(out).toContain(`altered  decision ["${lead}-2:lead-scoring"]`);
  expect(out).toMatch(/1 findings\n {2}fix: find out who writes to the database/);
  await sql(`delete from decisions where id = '${lead}-2:lead-scoring'`);
  expect(JSON.parse((await audit('verify', '--json')).out)).toMatchObject({
    found: 1,
    findings: [{ what: 'missing', kind: 'decision' }],
  });
});

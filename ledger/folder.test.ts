import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { openLedger, type Ledger } from './ledger';
import { sampleBatch, sampleEvent, subject } from './sample.fixture';
import { folderOf } from './share';

let folder: string;
let child: ChildProcess | undefined;

const root = mkdtempSync(join(tmpdir(), 'ledger-test-'));
let folders = 0;
beforeEach(() => {
  folder = join(root, `${++folders}`, 'ledger');
  mkdirSync(dirname(folder));
});
afterEach(() => child?.kill('SIGKILL'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const owner = () => JSON.parse(readFileSync(`${folder}.json`, 'utf8')) as { pid: number; url: string };
const name = { tenant: 'acme', connection: 'sales', stream: 's' };

/** Runs a script in a process of its own, over this folder's code as plain JavaScript. */
function run(script: string): ChildProcess {
  const code = join(root, 'code');
  for (const part of ['canonical-schema', 'ledger', 'ledger/audit', 'ledger/migrations']) {
    mkdirSync(join(code, part), { recursive: true });
    for (const file of readdirSync(resolve(__dirname, '..', part)).filter((one) =>
      /^[^.]+(\.fixture)?\.ts$/.test(one),
    )) {
      const { code: text } = transformFileSync(resolve(__dirname, '..', part, file), {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs', ignoreDynamic: true },
      });
      writeFileSync(join(code, part, file.replace(/ts$/, 'js')), text);
    }
  }
  symlinkSync(resolve(__dirname, '../node_modules'), join(code, 'node_modules'));
  writeFileSync(join(code, 'run.js'), script);
  return spawn(process.execPath, [join(code, 'run.js'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
}

const writer = `
  const { openLedger } = require('./ledger/ledger.js');
  const { sampleBatch, sampleEvent } = require('./ledger/sample.fixture.js');
  (async () => {
    const ledger = await openLedger({ folder: process.argv[2] });
    for (let n = 0; ; n++) {
      await ledger.recordBatch('acme', sampleBatch('b' + n, [sampleEvent('acme', n)]));
      process.stdout.write(n + '\\n');
    }
  })();`;

test('another process reads while one writes, and when that one is killed nothing that it recorded is lost', async () => {
  child = run(writer);
  let recorded = -1;
  const lines = createInterface({ input: child.stdout! }).on('line', (line) => (recorded = Number(line)));
  while (recorded < 20) await once(lines, 'line');
  const reader = await openLedger({ folder });
  expect(owner().pid).toBe(child.pid);
  const seen = recorded;
  expect((await reader.counts('acme')).events).toBeGreaterThan(seen);
  await reader.close();
  while (recorded < seen + 20) await once(lines, 'line');
  child.kill('SIGKILL');
  await once(child, 'close');
  const sockets = folderOf(owner().url);
  const ledger = await openLedger({ folder });
  expect(existsSync(sockets)).toBe(false);
  expect(owner().pid).toBe(process.pid);
  expect((await ledger.counts('acme')).events).toBeGreaterThan(recorded);
  expect((await ledger.history('acme', subject)).length).toBeGreaterThan(2 * recorded);
  await ledger.close();
  expect(existsSync(`${folder}.json`)).toBe(false);
}, 60_000);

test('several that open a folder at once share one database', async () => {
  const opened = await Promise.all([1, 2, 3].map(() => openLedger({ folder })));
  await Promise.all(
    opened.map((ledger, n) => ledger.recordBatch('acme', sampleBatch(`b${n}`, [sampleEvent('acme', n)]))),
  );
  for (const ledger of opened) expect((await ledger.counts('acme')).events).toBe(3);
  for (const ledger of opened) await ledger.close();
}, 60_000);

test('a folder that is open on another machine is refused with the fix', async () => {
  writeFileSync(`${folder}.json`, JSON.stringify({ pid: 7, host: 'elsewhere', instance: 'x' }));
  await expect(openLedger({ folder })).rejects.toThrow(
    /open in process 7 on elsewhere.*DATABASE_URL.*delete .*ledger\.json/,
  );
});

test('a claim that nobody can read is refused with the fix', async () => {
  writeFileSync(`${folder}.json`, '{');
  await expect(openLedger({ folder })).rejects.toThrow(/ledger\.json is not what Signalbox writes.*delete the file/);
});

describe('a shared ledger', () => {
  let ledger: Ledger;
  let url: string;
  let client: Client;

  beforeAll(async () => {
    folder = join(root, 'shared');
    ledger = await openLedger({ folder });
    url = owner().url;
  }, 60_000);
  beforeEach(async () => {
    client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
  });
  afterAll(() => ledger.close());

  test('answers errors to the client that made them, and goes on', async () => {
    await expect(client.query('select nope')).rejects.toThrow(/column "nope" does not exist/);
    expect((await client.query('select $1::int as n', [1])).rows).toEqual([{ n: 1 }]);
    await client.end();
  });

  test('keeps out whoever comes while a client has a transaction, and undoes it when that client vanishes', async () => {
    await client.query('begin');
    await client.query(`insert into positions values ('acme', 'sales', 'unsaved', '{"v":1}')`);
    const waiting = ledger.loadPosition({ tenant: 'acme', connection: 'sales', stream: 'unsaved' });
    const connection = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
    connection.stream.destroy();
    expect(await waiting).toBeUndefined();
  });

  test('cuts off a client that leaves a transaction open', async () => {
    await client.query('begin');
    const cut = new Promise((resolve) => client.once('end', resolve));
    await ledger.savePosition(name, { v: 1 });
    await cut;
    expect(await ledger.loadPosition(name)).toEqual({ v: 1 });
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decision } from '../../canonical-schema/decision';
import { openLedger, type Ledger } from '../../ledger/ledger';
import { writeTinyModel } from '../../models/check/tiny-model.fixture';
import { loadModels } from '../../models/registry';
import { openScorer } from '../../models/score';
import type { Scorer } from '../../models/scored';
import { decide, documentOf, putInForce, type Deciding } from '../../services/replay/history.fixture';
import { ledgerFolder } from '../places';
import { signalbox } from '../terminal.fixture';

const state = mkdtempSync(join(tmpdir(), 'signalbox-replay-'));
const [shipped, other] = [join(state, 'models'), join(state, 'other')];
const tenant = 'acme';
const task = { task: { subject: 'Call', body: 'Now' } };
const useCases = {
  'lead-tiny': { connection: 'sales', model: 'tiny', bands: { high: 0.5, low: 0 }, act: { high: [task] } },
};
let ledger: Ledger;
let scorer: Scorer;
let decisions: readonly Decision[];

/** Log-odds of the model that decides: -0.5 - 0.1 a month + 0.5 a step in the plans; of the other one: + 0.1 a month. */
const lead = (id: string, tenure: number, plan: string) =>
  ({ id, nativeType: 'Lead', attributes: { tenure, plan } }) as const;

beforeAll(async () => {
  mkdirSync(shipped);
  await writeTinyModel(shipped);
  await writeTinyModel(other, { weights: [0.1, 0.5] });
  const models = await loadModels(shipped);
  scorer = await openScorer(models.get('tiny')!);
  const scorers = new Map([['tiny', scorer]]);
  ledger = await openLedger({ folder: ledgerFolder(state) });
  const line: Deciding = { ledger, tenant, document: documentOf(tenant, useCases), models, scorers };
  await putInForce(line);
  // The second one twice: what it would open is opened once.
  const leads = [
    lead('a', 0, 'full'),
    lead('b', 10, 'full'),
    lead('b', 10, 'full'),
    lead('c', 12, 'basic'),
    lead('d', 0, 'full'),
  ];
  decisions = await decide(line, 'lead-tiny', leads);
  const outcome = { engagement: 'e', at: '2026-03-02T00:00:00.000Z' };
  for (const [n, label] of [
    [0, 'won'],
    [2, 'won'],
    [3, 'lost'],
    [4, 'expired'],
  ] as const) {
    await ledger.recordOutcome(tenant, { ...outcome, engagement: `e${n}`, decisionid: decisions[n]!.id, label });
  }
}, 60_000);
afterAll(async () => {
  await scorer.close();
  await ledger.close();
  rmSync(state, { recursive: true });
});

const run = (...args: readonly string[]) => signalbox(['replay', '--tenant', tenant, '--state', state, ...args]);
const here = ['--models', shipped];

test('tells that every decision came out the same, and each one that is asked for', async () => {
  expect(await run(...here)).toEqual({
    code: 0,
    err: '',
    out: 'acme: 5 decisions made again\n        5  come out the same, bit for bit\n',
  });
  const one = await run(...here, '--record', 'lead/b');
  expect(one.out.match(/^same /gm)).toHaveLength(2);
  const { out } = await run(...here, '--decision', decisions[0]!.id, '--json');
  expect(JSON.parse(out)).toMatchObject({
    decisions: 1,
    results: { same: 1 },
    told: [{ subject: 'lead/a', score: decisions[0]!.score }],
  });
});

test('a model that is not here is a finding, with which one and the fix', async () => {
  const { code, out } = await run();
  expect(code).toBe(1);
  expect(out).toContain(`model-gone  ${decisions[0]!.id}  lead/a`);
  expect(out).toContain(scorer.digest);
  expect(out).toMatch(/fix for model-gone: put the model's folder back/);
});

test('a policy that no version has is taken from the file, or is a finding', async () => {
  const models = await loadModels(shipped);
  const document = documentOf('early', useCases);
  const line: Deciding = { ledger, tenant: 'early', document, models, scorers: new Map([['tiny', scorer]]) };
  await decide(line, 'lead-tiny', [lead('a', 0, 'full')]);
  const args = ['replay', '--tenant', 'early', '--state', state, ...here];
  const gone = await signalbox(args);
  expect(gone).toMatchObject({ code: 1, out: expect.stringMatching(/^policy-gone .*\n {4}no version of/) as string });
  const folder = join(state, 'tenants');
  mkdirSync(folder);
  writeFileSync(join(folder, 'early.yaml'), JSON.stringify(document));
  writeFileSync(join(folder, 'faulty.yaml'), 'tenant: [');
  expect(await signalbox([...args, '--tenants', folder])).toMatchObject({ code: 0 });
});

test('nothing to replay, a time that is none and a model for nobody are told', async () => {
  expect(await run('--use-case', 'churn')).toMatchObject({ code: 1, out: 'acme: 0 decisions made again\n' });
  expect(await run('--since', 'yesterday')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/is no time \(--since\)/) as string,
  });
  expect(await run('--model', 'churn')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/add --use-case/) as string,
  });
  expect((await run(...here, '--since', '2026-03-01T10:00:03Z')).out).toMatch(/^acme: 2 decisions/);
});

test('another model: what it would have led to, by hand', async () => {
  const csv = join(state, 'rows.csv');
  const args = ['--use-case', 'lead-tiny', '--model', join(other, 'tiny'), '--csv', csv];
  const { code, out } = await run(...here, ...args, '--json');
  expect(code).toBe(0);
  const { useCases: told } = JSON.parse(out) as { readonly useCases: Readonly<Record<string, object>> };
  // a and d stay high; both of b and the one of c become high. Of the four with an outcome two were won: a and b.
  expect(told['lead-tiny']).toMatchObject({
    ...{ decisions: 5, leftOut: {}, otherBand: 3 },
    before: {
      bands: { high: 2, low: 3 },
      engagements: 2,
      tasks: 2,
      agreement: { known: 4, precision: 1 / 2, recall: 1 / 2 },
    },
    after: { bands: { high: 5 }, engagements: 4, tasks: 4, agreement: { known: 4, precision: 2 / 4, recall: 1 } },
    largest: [
      { subject: 'lead/c', bandBefore: 'low', bandAfter: 'high' },
      { subject: 'lead/b', bandBefore: 'low', bandAfter: 'high' },
    ],
  });
  expect(readFileSync(csv, 'utf8').split('\n')).toHaveLength(7);
  const text = await run(...here, ...args);
  expect(text.out).toMatch(/tasks +2 +4 {2}\(\+2\)\n/);
  expect(text.out).toMatch(/precision 0\.500 -> 0\.500, recall 0\.500 -> 1\.000/);
  expect(text.out).toMatch(/nothing was written\n$/);
});

test('another file: its bands, without its secrets; the ledger is left as it was', async () => {
  const file = join(state, 'strict.yaml');
  const strict = { 'lead-tiny': { ...useCases['lead-tiny'], bands: { high: 0.9, low: 0 } } };
  writeFileSync(file, JSON.stringify(documentOf(tenant, strict)));
  const { code, out } = await run(...here, '--tenant-file', file, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    useCases: { 'lead-tiny': { after: { bands: { low: 5 }, tasks: 0, agreement: { recall: 0 } } } },
  });
  expect((await ledger.tenants.list(tenant)).map(({ number }) => number)).toEqual([1]);
  writeFileSync(file, JSON.stringify(documentOf('other', strict)));
  expect(await run(...here, '--tenant-file', file)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/not about tenant acme/) as string,
  });
  expect(await run(...here, '--csv', join(state, 'no', 'rows.csv'))).toMatchObject({
    code: 2,
    err: expect.stringMatching(/cannot be written: ENOENT/) as string,
  });
});

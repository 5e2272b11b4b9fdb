import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Decision } from '../../canonical-schema/decision';
import { ledgerFolder } from '../../cli/places';
import { signalbox as command, type Ran } from '../../cli/terminal.fixture';
import { sampleBatch, sampleDecision, sampleEvent } from '../../ledger/sample.fixture';
import { loadModel, type Model } from '../../models/registry';
import { projectRoot } from '../../services/project-root';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import { coldLead, startLine, until, type Line } from '../line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(90_000);

const usecase = 'lead-scoring';
const state = mkdtempSync(path.join(tmpdir(), 'signalbox-champion-'));
const folder = path.join(state, 'challenger', usecase);
let line: Line;
let signalbox: Signalbox;
let champion: Model;
let challenger: Model;

/** The same model under a manifest of its own: another digest, better figures, and the same score for the same record. */
function writeChallenger(): void {
  cpSync(path.join(projectRoot, 'models', usecase), folder, { recursive: true });
  const file = path.join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    version: string;
    metrics: { holdout: { logLoss: { value: number } } };
  };
  manifest.version = '1.1.0';
  manifest.metrics.holdout.logLoss.value -= 0.01;
  writeFileSync(file, JSON.stringify(manifest));
}

beforeAll(async () => {
  writeChallenger();
  champion = (await loadModel(path.join(projectRoot, 'models', usecase)))!;
  challenger = (await loadModel(folder))!;
  line = await startLine({ roles: [], useCase: { challengers: [folder] } });
  signalbox = await startSignalbox({ ...line.runtime, ledger: { folder: ledgerFolder(state) } });
});
afterAll(async () => {
  await signalbox.stop();
  await line.stop();
  rmSync(state, { recursive: true });
});

/** Creates a lead in the CRM and waits for its decision. */
async function decided(): Promise<Decision> {
  const lead = line.org.admin.create('Lead', coldLead);
  const entry = await until(
    'the decision',
    async () => (await entries({ signalbox }, line.tenant, lead, 'decision'))[0],
  );
  return entry.decision;
}

const model = (verb: string, ...args: readonly string[]): Promise<Ran> => {
  const common = ['--tenant', line.tenant.tenant, '--use-case', usecase, '--by', 'Ada Byron', '--state', state];
  return command(['model', verb, ...common, ...args], { env: { SF_ID: 'x', SF_SECRET: 'y' } });
};
const promote = (which = challenger.digest) => model('promote', '--tenant-file', line.tenantFile, '--model', which);

/** Decisions of the champion that came true as the challenger, and not the champion, had said. */
async function outcomes(rows: number): Promise<void> {
  const { ledger } = signalbox.runtime;
  const { tenant } = line.tenant;
  const events = Array.from({ length: rows }, (_, n) => sampleEvent(tenant, n, `lead/known-${n}`));
  const decisions = events.map((event): Decision => {
    const identity = { name: usecase, version: '1.0.0', digest: champion.digest };
    return { ...sampleDecision(event), score: 0.5, model: identity };
  });
  await ledger.recordBatch(tenant, { ...sampleBatch('known', events), decisions, engagements: [] });
  const { source } = sampleEvent(tenant, 1);
  const scores = decisions.map(({ id, subject }, n) => {
    return { decisionid: id, digest: challenger.digest, usecase, source, subject, score: ((n % 10) + 0.5) / 10 };
  });
  await ledger.shadow.record(tenant, scores);
  for (const [n, { decisionid, score }] of scores.entries()) {
    const label = (Math.floor(n / 10) + 0.5) / (rows / 10) < score ? 'won' : 'expired';
    await ledger.recordOutcome(tenant, { engagement: decisionid, decisionid, label, at: '2026-02-01T00:00:00.000Z' });
  }
}

test('a challenger scores live events in shadow, is promoted by its figures, decides, and is taken back', async () => {
  const { ledger } = signalbox.runtime;
  const first = await decided();
  expect(first.model?.digest).toBe(champion.digest);
  const counted = await until('the challenger to score it', async () => {
    const [count] = await ledger.shadow.counts(line.tenant.tenant);
    return count;
  });
  expect(counted).toEqual({ usecase, digest: challenger.digest, scored: 1, unscored: 0 });

  expect((await promote('churned')).err).toMatch(/no challenger is called churned \(--model\)/);
  const early = await promote(path.relative(path.dirname(line.tenantFile), folder));
  expect(early.code).toBe(1);
  expect(early.out).toMatch(/^holds {4}holdout: log-loss 0\.2654, the champion's 0\.2754, on the same data$/m);
  expect(early.out).toMatch(/^unknown {2}shadow: 1 events scored, of which 0 have an outcome; 200 are needed$/m);
  expect(early.out).toMatch(/is not promoted: too little is known/);
  expect((await decided()).model?.digest).toBe(champion.digest);

  await outcomes(400);
  // What the challenger said of the first lead is what the champion said: it saw the same record.
  await ledger.recordOutcome(line.tenant.tenant, {
    ...{ engagement: 'e', decisionid: first.id, label: 'expired', at: '2026-02-02T00:00:00.000Z' },
  });
  const asked = { digest: champion.digest, challenger: challenger.digest, limit: 1 };
  expect(await ledger.learning.labelled(line.tenant.tenant, usecase, asked)).toEqual([
    { id: first.id, score: first.score, label: 'expired', shadow: first.score },
  ]);

  const promoted = await promote();
  expect(promoted.out).toMatch(/^holds {4}shadow: log-loss -0\.\d+ \(95 %: -0\.\d+ to -0\.\d+\)/m);
  expect(promoted.code).toBe(0);
  expect(await decided()).toMatchObject({ model: { version: '1.1.0', digest: challenger.digest }, score: first.score });

  expect((await model('rollback', '--reason', 'a test')).code).toBe(0);
  expect((await decided()).model?.digest).toBe(champion.digest);
  expect((await model('rollback')).err).toMatch(/no promotion is in force for lead-scoring/);
  const told = await command(['models', '--tenant', line.tenant.tenant, '--state', state]);
  expect(told.out).toMatch(
    /^ {2}\S+Z {2}lead-scoring: rolled-back from sha256:\S+ to sha256:\S+ by Ada Byron: a test$/m,
  );
  expect(told.out).toMatch(/^ {2}lead-scoring: sha256:\S+ has scored 40\d events in shadow, 0 without a score$/m);
  expect(await ledger.champions.list(line.tenant.tenant)).toMatchObject([
    { kind: 'rolled-back', digest: champion.digest, before: challenger.digest, by: 'Ada Byron', reason: 'a test' },
    { kind: 'promoted', digest: challenger.digest, before: champion.digest, by: 'Ada Byron' },
  ]);
});

test('a promoted model that is not here any more keeps Signalbox from starting, with the way out', async () => {
  expect((await promote()).code).toBe(0);
  const useCases = Object.fromEntries(
    Object.entries(line.tenant.useCases).map(([name, useCase]) => [name, { ...useCase, challengers: [] }]),
  );
  const tenants = new Map([[line.tenant.tenant, { ...line.tenant, useCases }]]);
  const again = startSignalbox({ ...line.runtime, tenants, ledger: { folder: ledgerFolder(state) } });
  await expect(again).rejects.toThrow(/decided by the promoted model sha256:.* which is not here: keep its folder/);
  expect((await model('rollback')).code).toBe(0);
});

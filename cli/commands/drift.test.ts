import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decision } from '../../canonical-schema/decision';
import { openLedger, type Ledger } from '../../ledger/ledger';
import { sampleBatch, sampleDecision, sampleEvent } from '../../ledger/sample.fixture';
import { ledgerFolder } from '../places';
import { signalbox } from '../terminal.fixture';

const state = mkdtempSync(join(tmpdir(), 'signalbox-state-'));
const common = ['--use-case', 'lead-scoring', '--state', state, '--window', '200'];
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({ folder: ledgerFolder(state) });
});
afterAll(async () => {
  await ledger.close();
  rmSync(state, { recursive: true });
});

/** Scores spread evenly; an outcome comes true as often as the score says, times `truth`. */
async function decide(tenant: string, from: number, rows: number, job: string, truth = 1): Promise<void> {
  const events = Array.from({ length: rows }, (_, n) => sampleEvent(tenant, from + n, `lead/${from + n}`));
  const decisions = events.map((event, n): Decision => {
    const score = ((n % 10) + 0.5) / 10;
    return { ...sampleDecision(event), score, features: { job, age: n % 50 } };
  });
  await ledger.recordBatch(tenant, { ...sampleBatch(`b${from}`, events), decisions, engagements: [] });
  for (const [n, { id, score = 0 }] of decisions.entries()) {
    const happened = (Math.floor(n / 10) + 0.5) / (rows / 10) < score * truth;
    const label = happened ? 'won' : 'expired';
    const at = new Date(Date.UTC(2026, 1, 1) + (from + n) * 1000).toISOString();
    await ledger.recordOutcome(tenant, { engagement: id, decisionid: id, label, at });
  }
}

const drift = (tenant: string, ...args: readonly string[]) =>
  signalbox(['drift', '--tenant', tenant, ...common, ...args]);

it('freezes the first decisions and is steady while nothing moves', async () => {
  await decide('steady', 1, 200, 'technician');
  expect((await drift('steady')).out).toMatch(/reference: 200 decisions until .*; fewer than 200 since/);
  await decide('steady', 201, 200, 'technician');
  const { code, out } = await drift('steady', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    reference: { rows: 200 },
    recent: { rows: 200 },
    drift: [
      { what: 'score', psi: 0, level: 'steady' },
      { what: 'age', level: 'steady' },
      { what: 'job', level: 'steady' },
    ],
    labelled: 200,
    calibration: { ece: expect.closeTo(0, 1) as number },
  });
  expect((await drift('steady')).out).toMatch(/^steady {2}score: PSI 0\.000 \(by chance 0\.\d+\)$/m);
});

it('alarms on the feature that moved, and exits 1', async () => {
  await decide('moved', 1, 200, 'technician');
  await drift('moved');
  await decide('moved', 201, 200, 'student');
  const { code, out } = await drift('moved');
  expect(code).toBe(1);
  expect(out).toMatch(/^alarm {3}job: PSI/m);
  expect(out).toMatch(/^steady {2}score: PSI/m);
});

it('tells what the schedule saw when it last looked', async () => {
  await decide('watched', 1, 200, 'technician');
  const { trainings } = ledger;
  const ref = { usecase: 'lead-scoring', id: 'run-1' };
  await trainings.begin('watched', { ...ref, because: 'the schedule' });
  expect((await drift('watched')).out).not.toMatch(/the schedule/);
  await trainings.change('watched', ref, { status: 'alarm', what: 'job: PSI 0.412' });
  const { out } = await drift('watched');
  expect(out).toMatch(/^alarm {3}looked at \d{4}-.*Z because: the schedule: job: PSI 0\.412$/m);
  const { watched } = JSON.parse((await drift('watched', '--json')).out) as { readonly watched: unknown };
  expect(watched).toMatchObject({ status: 'alarm', what: 'job: PSI 0.412' });
});

it('exits 1 where scores do not come true', async () => {
  await decide('wrong', 1, 200, 'technician', 0.5);
  const { code, out } = await drift('wrong');
  expect(code).toBe(1);
  expect(out).toMatch(/^warn {4}calibration: ECE 0\.2\d+ over 200 outcomes; mean score 0\.500, happened 0\.2\d+$/m);
});

it('tells what is missing where little is known', async () => {
  await decide('few', 1, 20, 'technician');
  const { code, out } = await drift('few');
  expect(code).toBe(0);
  expect(out).toMatch(/no reference yet: it is frozen once the model has made 200 decisions\ncalibration: 20 outcomes/);
});

it.each([
  [['--tenant', 'nobody'], /no decision with a score is known of lead-scoring \(tenant nobody\)/],
  [['--tenant', 'few', '--window', '10'], /give a whole number from 200 on/],
  [['--tenant', 'few', '--event', 'maybe'], /Allowed choices are won, lost/],
])('%j is refused', async (args, what) => {
  const { code, err } = await signalbox(['drift', ...common, ...args]);
  expect(code).toBe(2);
  expect(err).toMatch(what);
});

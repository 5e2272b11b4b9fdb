import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decision } from '../../canonical-schema/decision';
import { openLedger, type Ledger } from '../../ledger/ledger';
import { sampleBatch, sampleDecision, sampleEvent } from '../../ledger/sample.fixture';
import { explored } from '../../models/explore';
import { ledgerFolder } from '../places';
import { signalbox } from '../terminal.fixture';

const state = mkdtempSync(join(tmpdir(), 'signalbox-state-'));
const usecase = 'next-best-action';
/** What an e-mail really does: the third arm is the best, the recommended one is not. */
const arms = ['none', 'mens', 'womens'] as const;
const worth = [0.1, 0.3, 0.5] as const;
const [recommended, share] = [1, 0.6] as const;
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({ folder: ledgerFolder(state) });
});
afterAll(async () => {
  await ledger.close();
  rmSync(state, { recursive: true });
});

/** Decisions by lot; of each arm the outcomes come true in turn, as often as it is worth. */
async function decide(tenant: string, rows: number, changes: (n: number) => Partial<Decision> = () => ({})) {
  const seen = arms.map(() => 0);
  const events = Array.from({ length: rows }, (_, n) => sampleEvent(tenant, n, `contact/${n}`));
  const happened = new Map<string, boolean>();
  const decisions = events.map((event, n): Decision => {
    const decision = { ...sampleDecision(event), usecase, id: `${event.id}:${usecase}` };
    const { arm, propensity } = explored(recommended, arms.length, share, `decision ${n}`);
    const turn = (seen[arm]! += 1);
    happened.set(decision.id, turn % 10 < worth[arm]! * 10);
    const ranking = arms
      .map((label, k) => ({ label, score: worth[k]! }))
      .sort((a, b) => Number(b.label === arms[arm]) - Number(a.label === arms[arm]));
    return { ...decision, score: worth[arm]!, ranking, propensity, ...changes(n) };
  });
  await ledger.recordBatch(tenant, { ...sampleBatch('b', events), decisions, engagements: [] });
  for (const { id } of decisions.slice(0, rows - 5)) {
    const label = happened.get(id) === true ? 'won' : 'expired';
    await ledger.recordOutcome(tenant, { engagement: id, decisionid: id, label, at: '2026-02-01T00:00:00.000Z' });
  }
}

const evaluate = (tenant: string, ...args: readonly string[]) =>
  signalbox(['model', 'evaluate', '--tenant', tenant, '--use-case', usecase, '--state', state, ...args]);

interface Told {
  readonly decisions: number;
  readonly unlabelled: number;
  readonly arms: readonly { readonly arm: string; readonly taken: number; readonly happened: number }[];
  readonly policies: readonly {
    readonly policy: string;
    readonly agreeing: number;
    readonly value: {
      readonly snips: { readonly value: number; readonly se: number };
      readonly ips: { readonly value: number };
    };
  }[];
}

it('finds what every arm would be worth for all, and that the recommended one is not the best', async () => {
  await decide('lots', 1005);
  const { code, out } = await evaluate('lots', '--json');
  expect(code).toBe(0);
  const told = JSON.parse(out) as Told;
  expect(told).toMatchObject({ decisions: 1000, unlabelled: 5 });
  expect(told.arms.map(({ arm }) => arm)).toEqual(['mens', 'none', 'womens']);
  expect(told.arms.reduce((sum, { taken }) => sum + taken, 0)).toBe(1000);
  const values = Object.fromEntries(told.policies.map(({ policy, value }) => [policy, value]));
  const expected = { 'always none': 0.1, 'always mens': 0.3, 'always womens': 0.5, 'as recommended': 0.3 };
  expect(Object.keys(values).sort()).toEqual(Object.keys(expected).sort());
  for (const [policy, truth] of Object.entries(expected)) {
    expect(values[policy]!.snips.value).toBeCloseTo(truth, 1);
    expect(values[policy]!.ips.value).toBeCloseTo(truth, 1);
  }
  const text = (await evaluate('lots')).out;
  expect(text).toMatch(/^1000 decisions with an outcome; 5 without one are left out$/m);
  expect(text).toMatch(/^womens: taken \d+ times, won \d+ times$/m);
  expect(text).toMatch(
    /^always womens: SNIPS 0\.[45]\d+ \(0\.\d+ to 0\.\d+\) {2}IPS .* worth \d+ decisions; \d+ agree$/m,
  );
});

it('says of an arm that was never taken that nothing is known', async () => {
  const ranking = ['mens', 'none', 'womens'].map((label) => ({ label, score: 0.3 }));
  await decide('same', 20, () => ({ ranking, propensity: 0.8 }));
  expect((await evaluate('same')).out).toMatch(
    /^always none: not known: the policy would have taken none of the arms that were taken; 0 agree$/m,
  );
});

it('refuses a use case that has no propensities', async () => {
  await decide('certain', 20, (n) => (n % 2 === 0 ? { propensity: undefined as never } : {}));
  const { code, err } = await evaluate('certain');
  expect(code).toBe(2);
  expect(err).toMatch(/^signalbox: 10 decisions of .* have no propensity \(use case next-best-action\)\n {2}fix: /);
});

it('refuses where no outcome is known, and where nothing was decided', async () => {
  await decide('early', 5);
  expect((await evaluate('early')).err).toMatch(/^signalbox: 0 decisions have an outcome, at least 2 are needed/);
  expect((await evaluate('nobody')).err).toMatch(/^signalbox: no decision with a score is known of next-best-action/);
});

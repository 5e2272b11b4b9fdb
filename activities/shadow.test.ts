import path from 'node:path';
import { openLedger, type Ledger } from '../ledger/ledger';
import { sampleBatch, sampleDecision, sampleEvent } from '../ledger/sample.fixture';
import { loadModel } from '../models/registry';
import { openScorer } from '../models/score';
import { shadowDecisions } from './shadow';
import type { Scorer } from '../models/scored';

const tenant = 'acme';
const usecase = 'lead-scoring';
const since = '2000-01-01T00:00:00.000Z';
let ledger: Ledger;
let challenger: Scorer;
beforeEach(async () => {
  ledger = await openLedger({});
  challenger = await openScorer((await loadModel(path.join(__dirname, '..', 'models', usecase)))!);
});
afterEach(async () => {
  await challenger.close();
  await ledger.close();
});

/** What the model needs to know at least. */
const attributes = { job: 'student', contact: 'cellular', month: 'mar', dayOfWeek: 'mon', poutcome: 'success' };
const numbers = {
  campaign: 1,
  empVarRate: -1.8,
  consPriceIdx: 92.9,
  consConfIdx: -46,
  euribor3m: 1.3,
  nrEmployed: 5099,
};

/** Records a decision about a lead that is known as told. */
async function decide(n: number, known: Readonly<Record<string, string | number>>): Promise<string> {
  const event = sampleEvent(tenant, n, `lead/${n}`);
  const batch = sampleBatch(`b${n}`, [event]);
  const records = batch.records.map((row) => ({ ...row, record: { ...row.record, attributes: known } }));
  await ledger.recordBatch(tenant, { ...batch, records });
  return sampleDecision(event).id;
}
const look = (scorer = challenger) => shadowDecisions(ledger, scorer, { tenant, usecase, since });
const counts = () => ledger.shadow.counts(tenant);

it('scores what was decided, once, and says why a decision has no score', async () => {
  const known = await decide(1, { ...attributes, ...numbers });
  await decide(2, {});
  const changed = await decide(3, { ...attributes, ...numbers });
  const later = { ...sampleEvent(tenant, 9, 'lead/3'), id: 'later' };
  await ledger.recordBatch(tenant, { ...sampleBatch('b9', [later]), decisions: [], engagements: [] });
  expect(await look()).toMatchObject({ scored: 3 });
  expect(await look()).toStrictEqual({ scored: 0 });
  expect(await counts()).toEqual([{ usecase, digest: challenger.digest, scored: 1, unscored: 2 }]);

  for (const decisionid of [known, changed]) {
    await ledger.recordOutcome(tenant, { engagement: 'e', decisionid, label: 'won', at: '2026-02-01T00:00:00.000Z' });
  }
  const asked = {
    digest: sampleDecision(sampleEvent(tenant, 1)).model!.digest,
    challenger: challenger.digest,
    limit: 9,
  };
  const labelled = await ledger.learning.labelled(tenant, usecase, asked);
  expect(labelled.find(({ id }) => id === known)?.shadow).toBeGreaterThan(0);
  expect(labelled.find(({ id }) => id === changed)).not.toHaveProperty('shadow');
});

it('does not ask a challenger again that fails', async () => {
  await decide(1, { ...attributes, ...numbers });
  const failing: Scorer = { ...challenger, score: () => Promise.reject(new Error('no such operator')) };
  expect(await look(failing)).toMatchObject({ scored: 1 });
  expect(await look(failing)).toStrictEqual({ scored: 0 });
  expect(await counts()).toEqual([{ usecase, digest: challenger.digest, scored: 0, unscored: 1 }]);
});

import path from 'node:path';
import type { Decision } from '../../canonical-schema/decision';
import { openLedger, type Ledger } from '../../ledger/ledger';
import { loadModels, type Model } from '../../models/registry';
import { openScorer } from '../../models/score';
import type { Scorer } from '../../models/scored';
import { decide, documentOf, putInForce, recordsOf, type Deciding } from './history.fixture';
import { ModelsByDigest } from './models-by-digest';
import { pastOfFile } from './policies';
import { replay, type Replayed } from './replay';

const folder = path.join(__dirname, '../../models');
/** Two classes, several, arms of a trial, a text: with categories that were missing and that were never seen. */
const useCases = {
  'lead-scoring': {
    connection: 'sales',
    entity: 'lead',
    bands: { hot: 0.6, warm: 0.3 },
    act: { hot: [{ set: { field: 'Rating', value: 'Hot' } }] },
  },
  churn: { connection: 'sales', entity: 'account', bands: { leaving: 0.5 } },
  'case-routing': { connection: 'sales', entity: 'case', bands: { sure: 0.5 } },
  'next-best-action': { connection: 'sales', entity: 'contact', bands: { worthwhile: 0.1 } },
  'case-classification': { connection: 'sales', entity: 'case', bands: { sure: 0.8 } },
  'sla-breach': { connection: 'sales', entity: 'case', bands: { late: 0.5 } },
};
const names = Object.keys(useCases);

let ledger: Ledger;
let known: ReadonlyMap<string, Model>;
const scorers = new Map<string, Scorer>();
beforeAll(async () => {
  ledger = await openLedger({});
  known = await loadModels(folder);
  for (const name of names) scorers.set(name, await openScorer(known.get(name)!));
});
afterAll(async () => {
  for (const scorer of scorers.values()) await scorer.close();
  await ledger.close();
});

let counter = 0;
const fresh = (): Deciding => {
  const tenant = `acme${++counter}`;
  return { ledger, tenant, document: documentOf(tenant, useCases), models: known, scorers };
};

const noEncoder = () => Promise.resolve({ why: 'a test has none' });
async function replayed({ tenant }: Deciding, folders = [folder]): Promise<readonly Replayed[]> {
  const models = await ModelsByDigest.in({ parents: folders, folders: [] }, noEncoder);
  const { policies } = pastOfFile(await ledger.tenants.list(tenant), '.', known);
  const all: Replayed[] = [];
  for await (const one of replay(ledger, tenant, {}, { models, policies })) all.push(one);
  await models.close();
  return all;
}
const resultsOf = (all: readonly Replayed[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { result } of all) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
};

test.each(names)('decisions of %s come out the same, bit for bit, whatever was missing or never seen', async (name) => {
  const line = fresh();
  await putInForce(line);
  const decisions = await decide(line, name, recordsOf(scorers.get(name)!, 100));
  const scored = decisions.filter(({ score }) => score !== undefined).length;
  expect(scored).toBeGreaterThan(40);
  const abstained = decisions.length - scored;
  expect(resultsOf(await replayed(line))).toEqual({ same: scored, ...(abstained > 0 && { abstained }) });
});

const altered: Readonly<Record<string, (decision: Decision) => Decision>> = {
  score: (decision) => ({ ...decision, score: (decision.score ?? 0) * (1 + Number.EPSILON) }),
  'contribution of poutcome': (decision) => ({
    ...decision,
    contributions: { ...decision.contributions, poutcome: 1 },
  }),
  reasons: (decision) => ({ ...decision, reasons: decision.reasons.slice(1) }),
  band: (decision) => ({ ...decision, band: 'lukewarm' }),
  outcome: (decision) => ({ ...decision, outcome: decision.outcome === 'act' ? 'none' : 'act' }),
  intercept: (decision) => ({ ...decision, intercept: 0 }),
};

test.each(Object.keys(altered))(
  'a decision whose %s is another comes out otherwise, and it is said in what',
  async (what) => {
    const line = fresh();
    await putInForce(line);
    await decide(line, 'lead-scoring', recordsOf(scorers.get('lead-scoring')!, 3), altered[what]);
    const all = await replayed(line);
    expect(all.map(({ result }) => result)).toEqual(['differs', 'differs', 'differs']);
    for (const { differences } of all) expect(differences).toMatchObject([{ what }]);
  },
);

test('the features are what is scored: one that was changed gives another score', async () => {
  const line = fresh();
  await putInForce(line);
  const younger = (decision: Decision) => ({ ...decision, features: { ...decision.features, month: 'dec' } });
  await decide(line, 'lead-scoring', recordsOf(scorers.get('lead-scoring')!, 3), younger);
  const [first] = await replayed(line);
  expect(first?.differences[0]).toMatchObject({ what: 'score', recorded: expect.any(Number) as number });
});

test('each decision is held to the version of the file that it names', async () => {
  const line = fresh();
  await putInForce(line);
  const records = recordsOf(scorers.get('lead-scoring')!, 20);
  await decide(line, 'lead-scoring', records.slice(0, 10));
  const changed = { ...useCases, 'lead-scoring': { ...useCases['lead-scoring'], bands: { hot: 0.05 } } };
  const later = { ...line, document: documentOf(line.tenant, changed) };
  await putInForce(later);
  await decide(later, 'lead-scoring', records.slice(10));
  const all = await replayed(line);
  expect(resultsOf(all)).toEqual({ same: 20 });
  expect(new Set(all.map(({ decision }) => decision.policy)).size).toBe(2);
});

test('a decision by another time zone and other holidays comes out the same once the file has changed them', async () => {
  const line = fresh();
  const document = { ...line.document, timeZone: 'Australia/Sydney', holidays: ['2026-12-25'] };
  const sydney = { ...line, document };
  await putInForce(sydney);
  const records = recordsOf(scorers.get('sla-breach')!, 40).map((record) => ({
    ...record,
    attributes: { ...record.attributes, openedAt: '2026-10-03T22:30:00.000Z', updatedAt: '2026-10-03T22:30:00.000Z' },
  }));
  const decisions = await decide(sydney, 'sla-breach', records);
  const scored = decisions.filter(({ score }) => score !== undefined);
  expect(scored.length).toBeGreaterThan(20);
  for (const { features } of scored) expect(features).toMatchObject({ hour: 9, weekday: 7 });
  await putInForce({ ...line, document: { ...document, timeZone: 'Europe/Berlin' } });
  expect(resultsOf(await replayed(line))).toMatchObject({ same: scored.length });
});

test('a model or a policy that is not here is told', async () => {
  const line = fresh();
  await decide(line, 'lead-scoring', recordsOf(scorers.get('lead-scoring')!, 2));
  expect(await replayed(line)).toMatchObject([{ result: 'policy-gone' }, { result: 'policy-gone' }]);
  await putInForce(line);
  const [first] = await replayed(line, []);
  expect(first).toMatchObject({ result: 'model-gone', because: 'no model of this digest is here' });
});

test('a text model that decided with the sentence encoder is not replaced by its words alone', async () => {
  const { digest } = known.get('case-classification')!;
  const models = await ModelsByDigest.in({ parents: [folder], folders: [] }, noEncoder);
  expect(await models.find(digest)).toEqual({ because: 'the sentence encoder is not here: a test has none' });
  expect(await models.find(scorers.get('case-classification')!.digest)).toHaveProperty('scorer.mode', 'words');
  await models.close();
});

test('a text that is not kept and evidence that was erased are told, and are no findings', async () => {
  const line = fresh();
  await putInForce(line);
  const name = 'case-classification';
  const [first, second] = recordsOf(scorers.get(name)!, 2);
  await decide(line, name, [first!, second!]);
  const subject = `lead/${first!.id}`;
  await ledger.erasures.begin(line.tenant, {
    asked: subject,
    subjects: [subject],
    marks: [],
    by: 'Ada',
    reason: 'asked',
  });
  await ledger.erasures.erase(line.tenant, [subject], []);
  await ledger.purge(line.tenant, { eventsBefore: '2999-01-01T00:00:00Z', decisionsBefore: '2000-01-01T00:00:00Z' });
  expect(await replayed(line)).toMatchObject([
    { result: 'erased', because: expect.stringMatching(/^its evidence was erased at 2/) as string },
    { result: 'text-gone', because: expect.stringMatching(/^its text is not kept/) as string },
  ]);
});

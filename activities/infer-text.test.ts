import path from 'node:path';
import { decisionId } from '../canonical-schema/decision';
import { noInbox } from '../connectors/kit/no-inbox';
import { openLedger, type Ledger } from '../ledger/ledger';
import { loadModels } from '../models/registry';
import { openScorer } from '../models/score';
import { projectRoot } from '../services/project-root';
import { toLearning } from '../tenants/learning';
import type { Tenant, UseCase } from '../tenants/tenant';
import { eventOf } from '../test/fixtures/events';
import { Connections } from './connections';
import { viewBatch } from './context';
import { infer } from './infer';
import type { LaneDependencies } from './lane-dependencies';
import type { Scorer } from '../models/scored';

/** As a tenant's file has it: one use case over the cases of a connection. */
const useCase: UseCase = {
  name: 'case-classification',
  connection: 'sales',
  model: 'case-classification',
  entity: 'case',
  bands: [{ name: 'sure', from: 0.8 }],
  act: {},
  approval: 'none',
  challengers: [],
  learning: toLearning(),
  materialChange: 0.05,
  policy: 'p1',
};
const acme: Tenant = {
  tenant: 'acme',
  file: 'acme.yaml',
  partitions: 1,
  connections: {},
  useCases: { 'case-classification': useCase },
  retention: { events: 1, decisions: 1 },
};
const silent = (): void => undefined;
const log = { info: silent, warn: silent, error: silent };
const tenants = new Map([['acme', acme]]);

let ledger: Ledger;
let scorer: Scorer;
beforeAll(async () => {
  ledger = await openLedger({});
  scorer = await openScorer((await loadModels(path.join(projectRoot, 'models'))).get('case-classification')!);
});
afterAll(async () => {
  await scorer.close();
  await ledger.close();
});

const deps = (): LaneDependencies => ({
  ledger,
  tenants,
  connections: new Connections(tenants, log, Date.now, () => noInbox),
  scorers: new Map([['case-classification', scorer]]),
  publishPrediction: () => Promise.reject(new Error('nothing is published here')),
  engagements: {
    tell: () => Promise.reject(new Error('nobody is told here')),
    end: () => Promise.reject(new Error('nobody is told here')),
  },
  log,
  now: Date.now,
});

const caseOf = (id: string, record: Readonly<Record<string, unknown>>) =>
  eventOf({ id, entity: 'case', record: { id, nativeType: 'Case', ...record } });

/** The view of a batch of cases and what the lane is told of each. */
async function inferred(...events: readonly ReturnType<typeof caseOf>[]) {
  const view = await viewBatch(deps(), { tenant: 'acme', batchid: 'b1', events, parked: [] });
  const requests = view.context.events.flatMap(({ eventid, usecases }) =>
    usecases.map((usecase) => ({ eventid, usecase })),
  );
  return { view, requests, inferences: await infer(deps(), view, requests) };
}

describe('a case in a lane', () => {
  it('is classified by its subject and description, with the likeliest classes and its words as reasons', async () => {
    const event = caseOf('c1', { subject: 'Payment', description: 'I was charged twice for the same purchase' });
    const { view, requests, inferences } = await inferred(event);
    expect(requests).toStrictEqual([{ eventid: 'c1', usecase: 'case-classification' }]);
    const [inference] = inferences;
    expect(inference!.score).toBeGreaterThan(0.5);
    expect(inference!.model).toStrictEqual({ name: 'case-classification', version: '1.0.0', digest: scorer.digest });
    expect(inference!.ranking![0]).toStrictEqual({ label: 'transaction_charged_twice', score: inference!.score });
    expect(inference!.ranking).toHaveLength(3);
    expect(inference!.reasons.map(({ text }) => text)).toContain('Says "twice"');
    expect(inference!.reasons.map(({ term }) => term)).toContain('(words alone)');

    const evidence = view.evidence.get(decisionId('c1', 'case-classification'))!;
    const total = Object.values(evidence.contributions).reduce((sum, one) => sum + one, evidence.intercept!);
    const [best, second] = inference!.ranking!;
    expect(Math.log(best!.score / second!.score)).toBeCloseTo(total, 9);
    expect(evidence.features).toStrictEqual({ text: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
  });

  it('has no score, and says why, where it cannot be read; its neighbours have theirs', async () => {
    const { inferences } = await inferred(
      caseOf('c2', { subject: 'Ich habe meine Karte verloren' }),
      caseOf('c3', { subject: 'How do I top up my card?' }),
      caseOf('c4', {}),
      caseOf('c5', { subject: 'Moja karta jeszcze nie dotarła' }),
    );
    expect(inferences.map(({ score }) => score !== undefined)).toStrictEqual([false, true, false, false]);
    expect(inferences[0]!.abstained).toMatch(/reads like German/);
    expect(inferences[2]!.abstained).toMatch(/is missing/);
    expect(inferences[3]!.abstained).toMatch(/has 5 words, of which the model knows \d/);
    expect(inferences[3]!.model).toMatchObject({ name: 'case-classification' });
  });
});

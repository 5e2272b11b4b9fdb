import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { noInbox } from '../connectors/kit/no-inbox';
import { openLedger, type Ledger } from '../ledger/ledger';
import { featuresFromRow } from '../models/features';
import { tabular } from '../models/held-out';
import { loadModels } from '../models/registry';
import { openScorer } from '../models/score';
import type { Tenant } from '../tenants/tenant';
import { toUseCase } from '../tenants/to-use-case';
import { useCaseFindings } from '../tenants/use-case';
import { Connections } from './connections';
import type { BatchView } from './context';
import { infer } from './infer';
import type { LaneDependencies } from './lane-dependencies';
import type { WrittenUseCase } from '../tenants/written';
import type { Scorer } from '../models/scored';

/** A use case over each of these models is a few lines of the tenant's file. */
const written: Readonly<Record<string, WrittenUseCase>> = {
  'next-best-action': { connection: 'sales', entity: 'contact', bands: { worthwhile: 0.1 } },
  fraud: { connection: 'sales', entity: 'transaction', bands: { examine: 0.1 } },
  'opportunity-scoring': { connection: 'sales', bands: { likely: 0.5 } },
};
const names = Object.keys(written);

let ledger: Ledger;
let deps: LaneDependencies;
const scorers = new Map<string, Scorer>();
beforeAll(async () => {
  const models = await loadModels(path.join(__dirname, '../models'));
  for (const name of names) scorers.set(name, await openScorer(models.get(name)!));
  ledger = await openLedger({});
  const acme: Tenant = {
    tenant: 'acme',
    file: 'acme.yaml',
    partitions: 1,
    connections: {},
    useCases: Object.fromEntries(names.map((name) => [name, toUseCase(name, written[name]!, __dirname, 0)])),
    retention: { events: 1, decisions: 1 },
  };
  const tenants = new Map([['acme', acme]]);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  deps = {
    ...{ ledger, tenants, scorers, log, now: Date.now },
    connections: new Connections(tenants, log, Date.now, () => noInbox),
    publishPrediction: () => Promise.reject(new Error('nothing is published here')),
    engagements: {
      tell: () => Promise.reject(new Error('nobody is told here')),
      end: () => Promise.reject(new Error('nobody is told here')),
    },
  };
});
afterAll(async () => {
  for (const scorer of scorers.values()) await scorer.close();
  await ledger.close();
});

/** Records of a model's fixture, each as the record after an event of its own, with the columns under `attributes`. */
async function viewOf(
  name: string,
): Promise<Pick<BatchView, 'tenant' | 'after' | 'related' | 'history' | 'champions' | 'evidence'>> {
  const lines = await readFile(path.join(__dirname, '../models', name, 'parity.jsonl'), 'utf8');
  const { features } = tabular(scorers.get(name)!.manifest);
  const snapshots = lines
    .trimEnd()
    .split('\n')
    .map((line, n) => {
      const { row } = JSON.parse(line) as { row: Record<string, string> };
      const cells = features.map((f) => [f.path, row[f.column]] as const);
      const below = cells.filter(([at]) => at.startsWith('attributes.'));
      const attributes = Object.fromEntries(below.map(([at, value]) => [at.replace('attributes.', ''), value]));
      const own = Object.fromEntries(cells.filter((cell) => !below.includes(cell)));
      const record = { ...own, id: `r${n}`, nativeType: 'Thing', attributes };
      return [
        `e${n}`,
        { source: '', subject: `thing/r${n}`, sequence: '1', record, native: {}, deleted: false },
      ] as const;
    });
  return {
    tenant: { useCases: {} } as Tenant,
    after: new Map(snapshots),
    related: new Map(),
    history: new Map(),
    champions: {},
    evidence: new Map(),
  };
}

describe.each(names)('%s in a lane', (name) => {
  it('is switched on by a few lines of a tenant file', () => {
    const around = {
      connectors: {},
      refusals: {},
      mappings: { sales: {} },
      models: scorers,
      folder: __dirname,
      hasIdentity: false,
      hasAssistant: false,
    };
    expect(useCaseFindings(name, written[name]!, around)).toStrictEqual([]);
  });

  it('scores canonical records like rows, explains each score exactly, and the same when a step is tried again', async () => {
    const view = (await viewOf(name)) as BatchView;
    const requests = [...view.after.keys()].map((eventid) => ({ eventid, usecase: name }));
    const inferences = await infer(deps, view, requests);
    expect(inferences).toHaveLength(200);
    inferences.forEach(({ score, model }, n) => {
      const { contributions, intercept = NaN } = view.evidence.get(`e${n}:${name}`)!;
      const logit = Object.values(contributions).reduce((sum, c) => sum + c, intercept);
      expect(Math.abs(score! - 1 / (1 + Math.exp(-logit)))).toBeLessThan(1e-9);
      expect(model).toMatchObject({ name });
    });
    expect(await infer(deps, view, requests)).toStrictEqual(inferences);
  });
});

test('only the model with arms tells a propensity, and it is that of the share explored', async () => {
  const manifest = scorers.get('next-best-action')!.manifest;
  if (manifest.task !== 'uplift') throw new Error('next-best-action has arms');
  for (const name of names) {
    const view = (await viewOf(name)) as BatchView;
    const requests = [...view.after.keys()].map((eventid) => ({ eventid, usecase: name }));
    const told = (await infer(deps, view, requests)).map(({ propensity }) => propensity);
    const lot = manifest.policy.exploration / manifest.classes.length;
    const expected = name === 'next-best-action' ? [lot, 1 - manifest.policy.exploration + lot] : [];
    for (const propensity of told.filter((p) => p !== undefined)) {
      expect(expected.some((p) => Math.abs(p - propensity) < 1e-12)).toBe(true);
    }
    expect(told.every((p) => (p === undefined) === (expected.length === 0))).toBe(true);
  }
});

test('a record of which nothing is known has no score', () => {
  for (const { manifest } of scorers.values())
    expect(featuresFromRow(manifest, {})).toMatchObject({ outcome: 'abstain' });
});

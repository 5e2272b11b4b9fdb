import { readdirSync, existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { featuresFromRow } from './features';
import { tabular } from './held-out';
import type { TabularManifest, UpliftManifest } from './manifest';
import { loadModels, type Model } from './registry';
import { openScorer } from './score';
import type { FeatureRow } from './feature-row';
import type { Scored, Scorer } from './scored';

type TabularModel = Model & { readonly manifest: TabularManifest };

interface Parity {
  readonly row: Record<string, string>;
  readonly score: number;
  readonly contributions: readonly number[];
}

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
const total = (scored: Scored) => Object.values(scored.contributions).reduce((sum, c) => sum + c, scored.intercept);

function ready(manifest: TabularManifest, row: Record<string, string>): FeatureRow {
  const features = featuresFromRow(manifest, row);
  if (features.outcome !== 'row') throw new Error(features.reason);
  return features;
}

/** What the terms of a group add, in the manifest's order. */
function sumOf({ features, terms }: TabularManifest, group: string, { contributions }: Scored): number {
  const own = features.filter((feature) => feature.group === group).map(({ name }) => name);
  const told = terms.filter((term) => term.features.some((name) => own.includes(name)));
  return told.reduce((sum, { name }) => sum + contributions[name]!, 0);
}

/** Every model of columns must keep what follows. */
const NAMES = readdirSync(__dirname).filter((name) => existsSync(path.join(__dirname, name, 'model.onnx')));

/** The label that the manifest asks for. */
function labelOf(manifest: TabularManifest, { score, ranking, arms }: Scored): string {
  if (manifest.task === 'multiclass') return ranking!.best[0]!.label;
  if (manifest.task === 'uplift') return recommendedOf(manifest, arms!);
  const { classes, positive, threshold } = manifest;
  return score >= threshold.label ? positive : classes.find((c) => c !== positive)!;
}

function recommendedOf({ control, policy }: UpliftManifest, arms: NonNullable<Scored['arms']>): string {
  const [best] = arms.toSorted((a, b) => b.score - a.score);
  return best!.score - arms.find(({ label }) => label === control)!.score >= policy.leastUplift ? best!.label : control;
}

/** The score that intercept and contributions add up to: against the second best where there are several classes. */
function explained(scored: Scored): number {
  const second = scored.arms === undefined ? scored.ranking?.best[1] : undefined;
  return second === undefined ? sigmoid(total(scored)) : second.score * Math.exp(total(scored));
}

/** A model, its parity fixture and the fixture's rows as features. */
async function opened(name: string) {
  const found = (await loadModels(__dirname)).get(name)!;
  const model: TabularModel = { ...found, manifest: tabular(found.manifest) };
  const scorer = await openScorer(model);
  const text = await readFile(path.join(__dirname, name, 'parity.jsonl'), 'utf8');
  const fixture = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Parity);
  return { model, scorer, fixture, rows: fixture.map(({ row }) => ready(model.manifest, row)) };
}

describe.each(NAMES)('%s', (name) => {
  let model: TabularModel;
  let scorer: Scorer;
  let fixture: Parity[];
  let rows: FeatureRow[];

  beforeAll(async () => {
    ({ model, scorer, fixture, rows } = await opened(name));
  });
  afterAll(() => scorer.close());

  it('scores the 200 rows of the fixture as the Python model does, within 1e-5', async () => {
    const scored = await scorer.score(rows);
    expect(scored).toHaveLength(200);
    const distances = scored.flatMap((s, n) => [
      Math.abs(s.score - fixture[n]!.score),
      ...model.manifest.terms.map((term, t) => Math.abs(s.contributions[term.name]! - fixture[n]!.contributions[t]!)),
    ]);
    expect(distances).toHaveLength(200 * (1 + model.manifest.terms.length));
    expect(Math.max(...distances)).toBeLessThan(1e-5);
  });

  it('explains every score exactly: intercept and contributions add up to it, within 1e-6', async () => {
    const distances = (await scorer.score(rows)).map((s) => Math.abs(explained(s) - s.score));
    expect(Math.max(...distances)).toBeLessThan(1e-6);
  });

  it('gives a row the same bits alone, in a batch of 64 and in another order', async () => {
    const batch = rows.slice(0, 64);
    const together = await scorer.score(batch);
    const reversed = (await scorer.score(batch.toReversed())).toReversed();
    const alone: Scored[] = [];
    for (const row of batch) alone.push(...(await scorer.score([row])));
    expect(alone).toStrictEqual(together);
    expect(reversed).toStrictEqual(together);
  });

  it('moves by less than 1e-6 when an input moves within its bin', async () => {
    const nudged = rows.map((row) => ({ ...row, values: row.values.map((v, n) => nudge(model.manifest, n, v)) }));
    const before = await scorer.score(rows);
    const after = await scorer.score(nudged);
    const moved = before.filter((s, n) => Math.abs(s.score - after[n]!.score) > 1e-6);
    // A nudge may cross a cut; of 200 rows, all but a few must stay exactly where they were, reasons included.
    expect(moved.length).toBeLessThan(10);
    const steady = before.filter(
      (s, n) => s.reasons.map((r) => r.term).join() === after[n]!.reasons.map((r) => r.term).join(),
    );
    expect(steady.length).toBeGreaterThan(190);
  });

  it('has a card that tells what it costs, as it was measured, within the goals', async () => {
    const card = await readFile(path.join(__dirname, name, 'card.md'), 'utf8');
    const [, cost = ''] = /## Cost\n([\s\S]*?)## Made by/.exec(card) ?? [];
    const [whole, ratio, bare, rows, memory] = [
      /of one row: ([\d.]+) ms/,
      /takes ([\d.]+) times what bare/,
      /same row \(([\d.]+) ms\)/,
      /batches of 64: ([\d,]+) rows/,
      /open model: about ([\d.]+) MB/,
    ].map((one) => Number((one.exec(cost)?.[1] ?? 'NaN').replaceAll(',', '')));
    expect(whole).toBeLessThan(1);
    expect(whole).toBeGreaterThan(bare ?? NaN);
    // Of so short a run some microseconds are a third.
    expect((ratio! - 1) * bare!).toBeLessThan(0.02);
    expect(rows).toBeGreaterThan(10_000);
    expect(memory).toBeLessThan(50);
  });

  it('gives the label at the threshold of the manifest and reasons in order of strength', async () => {
    for (const s of await scorer.score(rows)) {
      expect(s.label).toBe(labelOf(model.manifest, s));
      const strengths = s.reasons.map((r) => Math.abs(r.contribution));
      expect(strengths).toStrictEqual(strengths.toSorted((a, b) => b - a));
      for (const { term, contribution } of s.reasons) {
        expect(contribution).toBe(s.contributions[term] ?? sumOf(model.manifest, term, s));
      }
    }
  });
});

describe('lead-scoring', () => {
  let model: TabularModel;
  let scorer: Scorer;
  let rows: FeatureRow[];

  beforeAll(async () => {
    ({ model, scorer, rows } = await opened('lead-scoring'));
  });
  afterAll(() => scorer.close());

  it('never scores a lead higher for having been called more often in this campaign', async () => {
    const campaign = model.manifest.features.findIndex((f) => f.name === 'campaign');
    const calls = [1, 2, 3, 5, 8, 13, 21, 34];
    const scores = await scorer.score(
      rows.flatMap((row) => calls.map((n) => ({ ...row, values: row.values.with(campaign, n) }))),
    );
    const rises = scores.filter((s, n) => n % calls.length > 0 && s.score > scores[n - 1]!.score + 1e-7);
    expect(rises).toHaveLength(0);
  });

  it('scores nothing when given nothing', async () => {
    expect(await scorer.score([])).toStrictEqual([]);
  });

  it('refuses a row that does not have one value per feature', async () => {
    await expect(scorer.score([{ outcome: 'row', values: [1, 2], defaults: [] }])).rejects.toThrow(
      'lead-scoring: row 1 has 2 values, the model has 17 features',
    );
  });

  describe('on disk', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'signalbox-model-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('is not opened when one byte of the ONNX file was changed', async () => {
      const file = path.join(folder, 'model.onnx');
      await copyFile(model.file, file);
      const bytes = await readFile(file);
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(file, bytes);
      await expect(openScorer({ ...model, file })).rejects.toThrow(/SHA-256 is [0-9a-f]{64}, the manifest says/);
    });

    it("scores nothing when the intercept of the manifest is not the model's", async () => {
      const { manifest } = model;
      if (manifest.task !== 'binary') throw new Error('lead-scoring has two classes');
      const wrong = await openScorer({
        ...model,
        manifest: { ...manifest, intercept: manifest.intercept + 0.01 },
      });
      await expect(wrong.score(rows)).rejects.toThrow(/do not belong together/);
      await wrong.close();
    });

    it('scores nothing when the manifest asks for other terms than the file gives', async () => {
      const manifest = { ...model.manifest, terms: model.manifest.terms.slice(1) };
      const wrong = await openScorer({ ...model, manifest });
      const [given, asked] = [model.manifest, manifest].map(({ terms }) => rows.length * terms.length);
      await expect(wrong.score(rows)).rejects.toThrow(
        `an output has ${given} values of type float32; the manifest asks for ${asked}`,
      );
      await wrong.close();
    });
  });
});

function nudge(manifest: TabularManifest, feature: number, value: number): number {
  return manifest.features[feature]!.kind === 'numeric' ? value * (1 + 1e-6) : value;
}

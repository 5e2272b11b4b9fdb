import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { featuresFromRow } from '../features';
import { loadModels } from '../registry';
import { openScorer } from '../score';

/** The public data set, which is not in the repository; without it these tests are skipped by name. */
const DATA =
  process.env['BANK_MARKETING_CSV'] ??
  path.join(__dirname, '../../../shared/data/bank_marketing/bank_marketing.csv.gz');
const withData = existsSync(DATA) ? describe : describe.skip;

/** Chance that a random positive outranks a random negative; ties count half. */
function auc(truth: readonly boolean[], score: readonly number[]): number {
  const order = score.map((s, n) => ({ s, yes: truth[n]! })).sort((a, b) => a.s - b.s);
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && order[end]!.s === order[start]!.s) end += 1;
    for (let n = start; n < end; n += 1) if (order[n]!.yes) rankSum += (start + 1 + end) / 2;
    start = end;
  }
  const positives = truth.filter(Boolean).length;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (truth.length - positives));
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

withData('lead-scoring on the public bank marketing data', () => {
  it('has, on the held-out rows, the AUC, log-loss and Brier score of its manifest within 1e-4, and meets its goals', async () => {
    const model = (await loadModels(path.join(__dirname, '..'))).get('lead-scoring')!;
    const file = await readFile(DATA);
    expect(createHash('sha256').update(file).digest('hex')).toBe(model.manifest.training.data.sha256);
    const ids = new Set((await readFile(path.join(__dirname, 'holdout.txt'), 'utf8')).trimEnd().split('\n'));
    const all = parse(gunzipSync(file), { columns: true }) as unknown as Record<string, string>[];
    const held = all.filter((row) => ids.has(row['row_id']!));
    expect(held).toHaveLength(model.manifest.metrics.holdout.rows);

    const rows = held.map((row) => featuresFromRow(model.manifest, row)).filter((row) => row.outcome === 'row');
    expect(rows).toHaveLength(held.length);
    const scorer = await openScorer(model);
    const score = (await scorer.score(rows)).map((s) => s.score);
    await scorer.close();

    const truth = held.map((row) => row['y'] === model.manifest.positive);
    const figures = {
      auc: auc(truth, score),
      logLoss: mean(score.map((p, n) => -Math.log(truth[n]! ? p : 1 - p))),
      brier: mean(score.map((p, n) => (p - Number(truth[n]!)) ** 2)),
    };
    const { holdout } = model.manifest.metrics;
    expect(Math.abs(figures.auc - holdout.auc.value)).toBeLessThan(1e-4);
    expect(Math.abs(figures.logLoss - holdout.logLoss.value)).toBeLessThan(1e-4);
    expect(Math.abs(figures.brier - holdout.brier.value)).toBeLessThan(1e-4);
    expect(figures.auc).toBeGreaterThanOrEqual(0.795);
    expect(figures.logLoss).toBeLessThanOrEqual(0.276);
  });
});

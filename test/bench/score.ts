import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { featuresFromRecord } from '../../models/features';
import type { TabularManifest } from '../../models/manifest';
import { loadModels } from '../../models/registry';
import { openScorer } from '../../models/score';
import type { FeatureRow } from '../../models/feature-row';

/**
 * What scoring through models/ costs beside bare onnxruntime on the same rows, with one thread:
 *   node dist/test/bench/score.js [models folder]
 * Prints p50 and p95 in milliseconds and the ratio of the p50s, for batches of 1 and 64.
 */
const WARM_UP = 500;
const ROUNDS = { 1: 5000, 64: 1000 } as const;

interface Timing {
  readonly p50: number;
  readonly p95: number;
}

/** Runs the candidates in turns, so that a busy moment of the machine hits all of them alike. */
async function timed(rounds: number, candidates: readonly (() => Promise<unknown>)[]): Promise<Timing[]> {
  const times = candidates.map((): number[] => []);
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const [n, candidate] of candidates.entries()) {
      const start = process.hrtime.bigint();
      await candidate();
      if (round >= 0) times[n]!.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
  }
  return times.map((values) => {
    const sorted = values.toSorted((a, b) => a - b);
    return { p50: sorted[Math.floor(sorted.length * 0.5)]!, p95: sorted[Math.floor(sorted.length * 0.95)]! };
  });
}

/** Canonical records from the parity fixture, as a lane would hold them. */
async function records(folder: string, manifest: TabularManifest): Promise<unknown[]> {
  const text = await readFile(path.join(folder, manifest.name, 'parity.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { row: Record<string, string> }).row)
    .map((row) => ({
      entity: 'lead',
      attributes: Object.fromEntries(manifest.features.map((f) => [f.path.split('.').at(-1)!, row[f.column]])),
    }));
}

async function main(folder: string): Promise<void> {
  const model = (await loadModels(folder)).get('lead-scoring');
  if (model === undefined) throw new Error(`no lead-scoring in ${folder}; name the models folder as the argument`);
  const { manifest } = model;
  if (manifest.task === 'text') throw new Error('lead-scoring reads columns');
  const scorer = await openScorer(model);
  const bare = await InferenceSession.create(model.file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const input = await records(folder, manifest);
  for (const size of [1, 64] as const) {
    const batch = input.slice(0, size);
    const extract = () =>
      batch.map((record) => featuresFromRecord(manifest, record)).filter((f): f is FeatureRow => f.outcome === 'row');
    const rows = extract();
    const values = Float32Array.from(rows.flatMap((row) => row.values));
    const dims = [rows.length, manifest.features.length];
    const [runtime, scored, whole] = await timed(ROUNDS[size], [
      () => bare.run({ features: new Tensor('float32', values, dims) }),
      () => scorer.score(rows),
      () => scorer.score(extract()),
    ]);
    for (const [name, t] of Object.entries({
      'bare onnxruntime': runtime!,
      score: scored!,
      'features + score': whole!,
    })) {
      const figures = [t.p50.toFixed(4), t.p95.toFixed(4), (t.p50 / runtime!.p50).toFixed(2)];
      console.log(`batch ${rows.length}: ${name}: p50 ${figures[0]!} ms, p95 ${figures[1]!} ms, ${figures[2]!}x bare`);
    }
    console.log(
      `batch ${rows.length}: ${Math.round((rows.length * 1000) / whole!.p50)} rows/s with features and reasons`,
    );
  }
  await scorer.close();
  await bare.release();
}

void main(process.argv[2] ?? path.join(process.cwd(), 'models'));

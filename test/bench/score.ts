import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { FeatureRow } from '../../models/feature-row';
import { featuresFromRecord } from '../../models/features';
import type { TabularManifest } from '../../models/manifest';
import { loadModels, type Model } from '../../models/registry';
import { openScorer } from '../../models/score';

/**
 * What scoring through models/ costs beside bare onnxruntime on the same rows, with one thread, for each model of columns:
 *   node dist/test/bench/score.js [models folder] [--cards]
 * Prints p50 and p95 in milliseconds and the ratio of the p50s, for batches of 1 and 64, and the resident memory of an open model.
 * With --cards the section "Cost" of each card is written anew.
 */
const WARM_UP = 300;
const ROUNDS = { 1: 3000, 64: 500 } as const;
/** Sessions that are opened at once, to see what one takes among what the process takes by itself. */
const OPEN = 20;

interface Timing {
  readonly p50: number;
  readonly p95: number;
}

/** Of a batch: onnxruntime by itself, with score and reasons, and from the canonical record on. */
type Costs = Readonly<Record<'bare' | 'scored' | 'whole', Timing>>;

interface Cost {
  readonly one: Costs;
  readonly many: Costs;
  readonly megabytes: number;
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
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { row: Record<string, string> }).row);
  return rows.map((row) => {
    const record: Record<string, unknown> = {};
    for (const { path: at, column } of manifest.features) place(record, at.split('.'), row[column]);
    return record;
  });
}

function place(record: Record<string, unknown>, [key = '', ...below]: readonly string[], value: unknown): void {
  if (below.length === 0) record[key] = value;
  else place((record[key] ??= {}) as Record<string, unknown>, below, value);
}

async function costsOf(model: Model, manifest: TabularManifest, all: readonly unknown[], size: 1 | 64): Promise<Costs> {
  const scorer = await openScorer(model);
  const bare = await InferenceSession.create(model.file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const extract = (batch: readonly unknown[]) =>
    batch.map((record) => featuresFromRecord(manifest, record)).filter((f): f is FeatureRow => f.outcome === 'row');
  const batch = all.filter((record) => extract([record]).length === 1).slice(0, size);
  const rows = extract(batch);
  const values = Float32Array.from(rows.flatMap((row) => row.values));
  const dims = [rows.length, manifest.features.length];
  const [runtime, scored, whole] = await timed(ROUNDS[size], [
    () => bare.run({ [bare.inputNames[0]!]: new Tensor('float32', values, dims) }),
    () => scorer.score(rows),
    () => scorer.score(extract(batch)),
  ]);
  await scorer.close();
  await bare.release();
  return { bare: runtime!, scored: scored!, whole: whole! };
}

/** Resident memory in MB that one more open model takes, its graph and manifest included; in a process that has measured nothing yet. */
async function memoryOf(folder: string, name: string): Promise<number> {
  const told = await promisify(execFile)(process.execPath, ['--expose-gc', __filename, folder, '--memory', name]);
  return Number(told.stdout);
}

async function measureMemory(folder: string, name: string): Promise<number> {
  // What onnxruntime takes by itself comes with the first.
  const first = await openScorer((await loadModels(folder)).get(name)!);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const scorers = [];
  for (let n = 0; n < OPEN; n += 1) scorers.push(await openScorer((await loadModels(folder)).get(name)!));
  globalThis.gc?.();
  const after = process.memoryUsage.rss();
  for (const scorer of [first, ...scorers]) await scorer.close();
  return Math.max(0, (after - before) / OPEN / 1e6);
}

function printed(name: string, size: number, { bare, scored, whole }: Costs): void {
  for (const [what, t] of Object.entries({ 'bare onnxruntime': bare, score: scored, 'features + score': whole })) {
    const figures = [t.p50.toFixed(4), t.p95.toFixed(4), (t.p50 / bare.p50).toFixed(2)];
    console.log(`${name}, batch ${size}: ${what}: p50 ${figures[0]!} ms, p95 ${figures[1]!} ms, ${figures[2]!}x bare`);
  }
}

const perSecond = (timing: Timing): string => (Math.round(64 / timing.p50) * 1000).toLocaleString('en');

/** The section of a card. */
function sectionOf({ one, many, megabytes }: Cost, looksBack: boolean): string {
  const { bare, scored, whole } = one;
  const past = looksBack ? ' What the past says is computed before, and is not in these figures.' : '';
  return `## Cost
p50 in Node ${process.versions.node.split('.')[0]!}, one thread, on 2 busy cores, of one row: ${whole.p50.toFixed(3)} ms from the canonical record to score and reasons (goal: below 1 ms). The scoring alone takes ${(scored.p50 / bare.p50).toFixed(2)} times what bare onnxruntime takes for the
same row (${bare.p50.toFixed(3)} ms); reading the features from the record comes on top, ${(whole.p50 / bare.p50).toFixed(2)} times in all. In batches of 64: ${perSecond(many.whole)} rows a second, bare onnxruntime ${perSecond(many.bare)}.${past}
Memory of an open model: about ${megabytes.toPrecision(2)} MB beside onnxruntime's own. Measured by \`node dist/test/bench/score.js models --cards\`.

`;
}

async function writeCard(file: string, section: string): Promise<void> {
  const card = await readFile(file, 'utf8');
  const without = card.replace(/## Cost\n[\s\S]*?(?=## Made by)/, '');
  if (!without.includes('## Made by'))
    throw new Error(`${file} has no section "Made by" that the costs could stand before`);
  await writeFile(file, without.replace('## Made by', `${section}## Made by`));
}

async function main(folder: string, writesCards: boolean): Promise<void> {
  for (const model of (await loadModels(folder)).values()) {
    const { manifest } = model;
    if (manifest.task === 'text') continue;
    const all = await records(folder, manifest);
    const one = await costsOf(model, manifest, all, 1);
    const many = await costsOf(model, manifest, all, 64);
    const cost = { one, many, megabytes: await memoryOf(folder, manifest.name) };
    printed(manifest.name, 1, one);
    printed(manifest.name, 64, many);
    console.log(`${manifest.name}: ${perSecond(many.whole)} rows/s in batches of 64, ${cost.megabytes.toFixed(1)} MB`);
    if (writesCards)
      await writeCard(path.join(folder, manifest.name, 'card.md'), sectionOf(cost, manifest.history !== undefined));
  }
}

const [folder = path.join(process.cwd(), 'models'), name = ''] = process.argv
  .slice(2)
  .filter((one) => !one.startsWith('--'));
if (process.argv.includes('--memory'))
  void measureMemory(folder, name).then((megabytes) => {
    console.log(megabytes);
  });
else void main(folder, process.argv.includes('--cards'));

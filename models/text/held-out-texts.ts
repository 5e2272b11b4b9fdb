import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { featuresFromRow } from '../features';
import { rowsOf, type Row } from '../held-out';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { openEncoder, weightsFile, type Encoder } from './encoder';
import type { ModeName, TextManifest } from './text-manifest';
import type { FeatureRow } from '../feature-row';
import type { Scored } from '../scored';

const models = path.join(__dirname, '..');

/** For tests: the encoder's weights that an earlier run has fetched, or that the variable names. */
export const encoderWeights =
  process.env['SIGNALBOX_ENCODER'] ?? path.join(models, '../.signalbox/cache/minilm', weightsFile);

/** For tests: the encoder, from the weights that are there. */
export function openTestEncoder(): Promise<Encoder> {
  return openEncoder(models, encoderWeights);
}

/** A text model's manifest. Throws where there is none of that name. */
export async function textManifest(name: string): Promise<TextManifest> {
  const manifest = (await loadModels(models)).get(name)?.manifest;
  if (manifest?.task !== 'text') throw new Error(`no text model ${name}`);
  return manifest;
}

/** The held-out rows of a text model's data set (by their numbers in holdout.txt), or those that `choose` wants, and their scores. */
export async function scoreTexts(
  name: string,
  file: string,
  encoder: Encoder | undefined,
  choose?: (row: Row) => boolean,
): Promise<{ readonly rows: readonly Row[]; readonly scored: readonly Scored[] }> {
  const model = (await loadModels(models)).get(name);
  if (model === undefined) throw new Error(`no model ${name}`);
  const held = new Set(
    (await readFile(path.join(models, name, 'holdout.txt'), 'utf8')).trimEnd().split('\n').map(Number),
  );
  const all = await rowsOf(file, model);
  const rows = all.filter((row, n) => (choose === undefined ? held.has(n + 1) : choose(row)));
  const features = rows
    .map((row) => featuresFromRow(model.manifest, row))
    .filter((row): row is FeatureRow => row.outcome === 'row');
  if (features.length < rows.length) throw new Error(`${name} does not score every held-out row`);
  const scorer = await openScorer(model, encoder);
  const scored = await scorer.score(features);
  await scorer.close();
  return { rows, scored };
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Share right, macro-F1 and ECE of the best class's score (ten bins of equal count), as the training measures them. */
export function textFigures(
  truth: readonly string[],
  scored: readonly Scored[],
): { readonly top1: number; readonly macroF1: number; readonly ece: number } {
  const best = scored.map(({ ranking }) => ranking?.best[0]?.label ?? '');
  const right = best.map((label, n) => Number(label === truth[n]));
  return {
    top1: mean(right),
    macroF1: macroF1(truth, best),
    ece: ece(
      right,
      scored.map(({ score }) => score),
    ),
  };
}

function macroF1(truth: readonly string[], best: readonly string[]): number {
  const classes = [...new Set([...truth, ...best])];
  return mean(
    classes.map((label) => {
      const hits = truth.filter((one, n) => one === label && best[n] === label).length;
      const told = best.filter((one) => one === label).length + truth.filter((one) => one === label).length;
      return (2 * hits) / told;
    }),
  );
}

const BINS = 10;

function ece(right: readonly number[], score: readonly number[]): number {
  const order = score.map((_, n) => n).sort((a, b) => (score[a] ?? 0) - (score[b] ?? 0) || a - b);
  const [size, extra] = [Math.floor(order.length / BINS), order.length % BINS];
  let from = 0;
  let gap = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    const rows = order.slice(from, (from += size + Number(bin < extra)));
    gap += rows.length * Math.abs(mean(rows.map((n) => score[n] ?? NaN)) - mean(rows.map((n) => right[n] ?? NaN)));
  }
  return gap / order.length;
}

/** Both modes, the one with the encoder only where it is there. */
export function modesHere(hasEncoder: boolean): readonly ModeName[] {
  return hasEncoder ? ['full', 'words'] : ['words'];
}

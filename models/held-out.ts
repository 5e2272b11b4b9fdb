import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { featuresFromRow } from './features';
import type { BinaryManifest, Manifest, TabularManifest } from './manifest';
import { loadModels, type Model } from './registry';
import { openScorer } from './score';
import type { Scored } from './scored';

/** A row of a data set, by its own column names. */
export type Row = Readonly<Record<string, string>>;

/**
 * Where a public data set is: the file that the variable names, else beside the project. None of them is in the
 * repository; without it, tests that need it are skipped by name.
 */
export function dataSet(variable: string, file: string): { readonly file: string; readonly isThere: boolean } {
  const found = process.env[variable] ?? path.join(__dirname, '../../shared/data', file);
  return { file: found, isThere: existsSync(found) };
}

/** Every row of a data set that a model was trained on; the SHA-256 in the manifest must be the file's. */
export async function rowsOf(file: string, model: Model): Promise<readonly Row[]> {
  const bytes = await readFile(file);
  const { sha256 } = model.manifest.training.data;
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error(`${file} is not the data ${sha256}`);
  return parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true }) as unknown as Row[];
}

/**
 * The rows that a model was not trained on, and what it makes of them.
 * @param id column whose values are in the model's holdout.txt
 */
export async function scoreHeldOut(
  name: string,
  file: string,
  id: string,
): Promise<{ readonly model: Model; readonly rows: readonly Row[]; readonly scored: readonly Scored[] }> {
  const model = (await loadModels(__dirname)).get(name);
  if (model === undefined) throw new Error(`no model ${name}`);
  const ids = new Set((await readFile(path.join(__dirname, name, 'holdout.txt'), 'utf8')).trimEnd().split('\n'));
  const rows = (await rowsOf(file, model)).filter((row) => ids.has(row[id] ?? ''));
  const features = rows.map((row) => featuresFromRow(model.manifest, row)).filter((row) => row.outcome === 'row');
  if (features.length < rows.length) throw new Error(`${name} does not score every held-out row`);
  const scorer = await openScorer(model);
  const scored = await scorer.score(features);
  await scorer.close();
  return { model, rows, scored };
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** AUC (ties count half), log-loss and Brier score, as the training measures them. */
export function figuresOf(
  truth: readonly boolean[],
  score: readonly number[],
): { readonly auc: number; readonly logLoss: number; readonly brier: number } {
  return {
    auc: auc(truth, score),
    logLoss: mean(score.map((p, n) => -Math.log(truth[n] === true ? p : 1 - p))),
    brier: mean(score.map((p, n) => (p - Number(truth[n])) ** 2)),
  };
}

/** Chance that a random positive outranks a random negative. */
function auc(truth: readonly boolean[], score: readonly number[]): number {
  const order = score.map((s, n) => ({ s, isPositive: truth[n] === true })).sort((a, b) => a.s - b.s);
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && order[end]?.s === order[start]?.s) end += 1;
    rankSum += (order.slice(start, end).filter((row) => row.isPositive).length * (start + 1 + end)) / 2;
    start = end;
  }
  const positives = truth.filter(Boolean).length;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (truth.length - positives));
}

/** Greatest distance of recomputed AUC, log-loss and Brier score from those of a manifest. */
export function distance(
  figures: Readonly<Record<'auc' | 'logLoss' | 'brier', number>>,
  told: Readonly<Record<'auc' | 'logLoss' | 'brier', { readonly value: number }>>,
): number {
  const names = ['auc', 'logLoss', 'brier'] as const;
  return Math.max(...names.map((name) => Math.abs(figures[name] - told[name].value)));
}

/**
 * The manifest of a model of columns.
 * @throws Error when it is one of a text
 */
export function tabular(manifest: Manifest): TabularManifest {
  if (manifest.task === 'text') throw new Error(`${manifest.name} reads a text`);
  return manifest;
}

/**
 * The figures by split that the manifest of a model with two outcomes tells.
 * @throws Error when the model has not two outcomes
 */
export function figuresTold(manifest: Manifest): BinaryManifest['metrics'] {
  if (manifest.task !== 'binary' && manifest.task !== 'uplift')
    throw new Error(`${manifest.name} has not two outcomes`);
  return manifest.metrics;
}

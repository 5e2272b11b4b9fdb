import path from 'node:path';
import { explainer } from './explain';
import type { FeatureRow, Unscorable } from './feature-row';
import { ModelError, type BinaryManifest, type TabularManifest } from './manifest';
import { multiclassScored } from './multiclass';
import type { Model } from './registry';
import { mustAgree, namedBy, type RowScored } from './row-scored';
import type { Scorer } from './scored';
import { openSession } from './session';
import type { Encoder } from './text/encoder';
import { openTextScorer } from './text/text-scorer';
import { upliftScored } from './uplift';

/** What a manifest made of a row or record, as this model takes it: a text in words that it does not know has no score. */
export function readBy(scorer: Scorer, row: FeatureRow | Unscorable): FeatureRow | Unscorable {
  return row.outcome === 'row' ? (scorer.unread?.(row) ?? row) : row;
}

/**
 * Loads a model of the registry once, to be kept for the life of the process.
 * @param encoder for text models; without it they serve by words alone
 * @throws ModelError when a file is not the one the manifest names
 */
export async function openScorer(model: Model, encoder?: Encoder): Promise<Scorer> {
  const { manifest, digest } = model;
  if (manifest.task === 'text') return openTextScorer(manifest, path.dirname(model.file), encoder);
  const session = await openSession(model.file, manifest);
  const rowScored = rowScoredOf(manifest);
  // Of the last run, for the next of its size: new memory costs more than what is written into it. While a run has it, there is none.
  let spare: Float32Array | undefined;
  return {
    digest,
    manifest,
    async score(rows) {
      if (rows.length === 0) return [];
      const size = rows.length * manifest.features.length;
      const values = spare?.length === size ? spare : new Float32Array(size);
      spare = undefined;
      pack(manifest, rows, values);
      const given = await session.run(values, rows.length);
      spare = values;
      return rows.map((row, n) => rowScored(row, given, n));
    },
    close: () => session.close(),
  };
}

function rowScoredOf(manifest: TabularManifest): RowScored {
  if (manifest.task === 'binary') return binaryScored(manifest);
  return manifest.task === 'multiclass' ? multiclassScored(manifest) : upliftScored(manifest);
}

function pack(manifest: TabularManifest, rows: readonly FeatureRow[], values: Float32Array): void {
  const width = manifest.features.length;
  rows.forEach((row, n) => {
    if (row.values.length !== width) {
      throw new ModelError(
        `${manifest.name}: row ${n + 1} has ${row.values.length} values, the model has ${width} features`,
      );
    }
    for (let f = 0; f < width; f += 1) values[n * width + f] = row.values[f] ?? NaN;
  });
}

/**
 * The score is taken from the contributions in double precision, not from the model's own float32 sigmoid: that one
 * differs in the last bits between batch sizes, and a replayed decision must have the same score. The model's
 * probability still has to agree, so that no score is ever explained by contributions that are not its own.
 */
function binaryScored(manifest: BinaryManifest): RowScored {
  const explain = explainer(manifest);
  const named = namedBy(manifest);
  const { classes, positive, intercept, threshold, terms } = manifest;
  const [first, second] = classes;
  const negative = first === positive ? second : first;
  // Written anew for each row: memory that is new for each costs more than the sum.
  const own = new Float64Array(terms.length);
  return (row, { probability, contributions }, n) => {
    let logit = intercept;
    for (let t = 0; t < own.length; t += 1) {
      const contribution = contributions[n * own.length + t] ?? NaN;
      own[t] = contribution;
      logit += contribution;
    }
    const score = 1 / (1 + Math.exp(-logit));
    mustAgree(manifest, probability[n] ?? NaN, score);
    return {
      score,
      label: score >= threshold.label ? positive : negative,
      contributions: named(own),
      intercept,
      reasons: explain(row, own),
    };
  };
}

import path from 'node:path';
import { explainer } from './explain';
import type { FeatureRow, Unscorable } from './feature-row';
import { ModelError, type BinaryManifest, type TabularManifest } from './manifest';
import { multiclassScored } from './multiclass';
import type { Model } from './registry';
import { mustAgree, noContributions, type RowScored } from './row-scored';
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
  const columns = manifest.task === 'binary' ? 1 : manifest.classes.length;
  const terms = manifest.terms.length * columns;
  return {
    digest,
    manifest,
    async score(rows) {
      if (rows.length === 0) return [];
      const { probability, contributions } = await session.run(packed(manifest, rows), rows.length);
      return rows.map((row, n) =>
        rowScored(
          row,
          probability.subarray(n * columns, (n + 1) * columns),
          contributions.subarray(n * terms, (n + 1) * terms),
        ),
      );
    },
    close: () => session.close(),
  };
}

function rowScoredOf(manifest: TabularManifest): RowScored {
  if (manifest.task === 'binary') return binaryScored(manifest);
  return manifest.task === 'multiclass' ? multiclassScored(manifest) : upliftScored(manifest);
}

function packed(manifest: TabularManifest, rows: readonly FeatureRow[]): Float32Array {
  const width = manifest.features.length;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, n) => {
    if (row.values.length !== width) {
      throw new ModelError(
        `${manifest.name}: row ${n + 1} has ${row.values.length} values, the model has ${width} features`,
      );
    }
    values.set(row.values, n * width);
  });
  return values;
}

/**
 * The score is taken from the contributions in double precision, not from the model's own float32 sigmoid: that one
 * differs in the last bits between batch sizes, and a replayed decision must have the same score. The model's
 * probability still has to agree, so that no score is ever explained by contributions that are not its own.
 */
function binaryScored(manifest: BinaryManifest): RowScored {
  const explain = explainer(manifest);
  const none = noContributions(manifest);
  const [first, second] = manifest.classes;
  const negative = first === manifest.positive ? second : first;
  return (row, probability, contributions) => {
    let logit = manifest.intercept;
    const byTerm: Record<string, number> = { ...none };
    manifest.terms.forEach((term, n) => {
      const contribution = contributions[n] ?? NaN;
      byTerm[term.name] = contribution;
      logit += contribution;
    });
    const score = 1 / (1 + Math.exp(-logit));
    mustAgree(manifest, probability[0] ?? NaN, score);
    return {
      score,
      label: score >= manifest.threshold.label ? manifest.positive : negative,
      contributions: byTerm,
      intercept: manifest.intercept,
      reasons: explain(row, contributions),
    };
  };
}

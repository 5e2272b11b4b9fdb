import path from 'node:path';
import { explainer, type Reason } from './explain';
import type { FeatureRow, Unscorable } from './features';
import { ModelError, type BinaryManifest, type Manifest, type TabularManifest } from './manifest';
import { multiclassScored, type Ranking } from './multiclass';
import type { Model } from './registry';
import { mustAgree, noContributions, type RowScored } from './row-scored';
import { openSession } from './session';
import type { Encoder } from './text/encoder';
import type { ModeName } from './text/text-manifest';
import { openTextScorer } from './text/text-scorer';
import { upliftScored, type Arm } from './uplift';

/** One scored row. */
export interface Scored {
  /**
   * Probability of the manifest's positive class, 0 to 1; with several classes, of the best; with arms, of the outcome under
   * the chosen one.
   */
  readonly score: number;
  /** The class at the manifest's threshold; with several classes, the best; with arms, the chosen one. */
  readonly label: string;
  /**
   * Log-odds per term; sigmoid(intercept + their sum) is the score. With several classes they are those of the best against
   * the second best: intercept + their sum is log(score / score of the second).
   */
  readonly contributions: Readonly<Record<string, number>>;
  readonly intercept: number;
  /** The strongest terms in words, strongest first. */
  readonly reasons: readonly Reason[];
  /**
   * With several classes: the best three, best first, and what the manifest's gates allow to do with the best. With arms: the
   * chosen one, then the others, likeliest outcome first.
   */
  readonly ranking?: Ranking;
  /** With the arms of a trial only: each of them, in the manifest's order. */
  readonly arms?: readonly Arm[];
  /** With arms, where the row names its decision: the probability with which the label was chosen. */
  readonly propensity?: number;
}

/** A model ready to score. */
export interface Scorer {
  /** Content address of the model, recorded with every decision. */
  readonly digest: string;
  readonly manifest: Manifest;
  /** Of a text model: with the sentence encoder, or by words alone. */
  readonly mode?: ModeName;
  /**
   * Scores all rows in one run of the session; results are in the order of the rows, and do not depend on the batch.
   * @throws ModelError when a row does not have one value per feature
   */
  score(rows: readonly FeatureRow[]): Promise<readonly Scored[]>;
  /** Of a text model: why it has no opinion on a text that its manifest lets through. `readBy` asks it. */
  unread?(row: FeatureRow): Unscorable | undefined;
  /** Frees the native memory; `score` must not be called again. */
  close(): Promise<void>;
}

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

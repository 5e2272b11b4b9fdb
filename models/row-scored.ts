import { ModelError, type TabularManifest } from './manifest';
import type { FeatureRow } from './feature-row';
import type { Scored } from './scored';

/** How far the model's float32 probability may be from the exact sum of its contributions. */
const AGREEMENT = 1e-6;

/** Makes a scored row of what the session gave for it. */
export type RowScored = (row: FeatureRow, probability: Float32Array, contributions: Float32Array) => Scored;

/** Every term without a contribution: a copy of a full record costs a third of adding its keys one by one, row after row. */
export function noContributions(manifest: TabularManifest): Readonly<Record<string, number>> {
  return Object.fromEntries(manifest.terms.map((term) => [term.name, NaN]));
}

/**
 * Holds the model's own probability to the one that its contributions make.
 * @throws ModelError when they differ: no score is explained by contributions that are not its own
 */
export function mustAgree({ name }: TabularManifest, probability: number, score: number): void {
  if (Math.abs(score - probability) <= AGREEMENT) return;
  throw new ModelError(
    `${name}: the model gave probability ${probability}, but intercept and contributions add up to ${score}: the manifest and the ONNX file do not belong together`,
  );
}

/** Log-odds of each class: its intercept and its contributions, which stand class by class for each term. */
export function logitsOf(intercepts: readonly number[], contributions: Float32Array): readonly number[] {
  return intercepts.map((intercept, k) => {
    let logit = intercept;
    for (let n = k; n < contributions.length; n += intercepts.length) logit += contributions[n] ?? NaN;
    return logit;
  });
}

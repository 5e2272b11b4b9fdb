import { ModelError, type TabularManifest } from './manifest';
import type { FeatureRow } from './feature-row';
import type { Scored } from './scored';
import type { Inference } from './session';

/** How far the model's float32 probability may be from the exact sum of its contributions. */
const AGREEMENT = 1e-6;

/** Makes a scored row of what the session gave for a batch, in which it has the place `n`. */
export type RowScored = (row: FeatureRow, given: Inference, n: number) => Scored;

/** Prepares to give contributions by the names of their terms. */
export function namedBy({ terms }: TabularManifest): (contributions: Float64Array) => Readonly<Record<string, number>> {
  // By way of a record with fractions: without it a score takes a tenth longer. Presumably later records get its layout.
  const names = Object.keys(Object.fromEntries(terms.map(({ name }) => [name, NaN])));
  return (contributions) => {
    const byTerm: Record<string, number> = {};
    for (let t = 0; t < names.length; t += 1) byTerm[names[t] ?? ''] = contributions[t] ?? NaN;
    return byTerm;
  };
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

/**
 * Log-odds of each class: its intercept and its contributions, which stand class by class for each term.
 * @param from where the row's contributions begin @param to behind the last of them
 */
export function logitsOf(
  intercepts: readonly number[],
  contributions: Float32Array,
  from = 0,
  to = contributions.length,
): readonly number[] {
  const logits: number[] = [];
  for (let k = 0; k < intercepts.length; k += 1) {
    let logit = intercepts[k] ?? NaN;
    for (let at = from + k; at < to; at += intercepts.length) logit += contributions[at] ?? NaN;
    logits.push(logit);
  }
  return logits;
}

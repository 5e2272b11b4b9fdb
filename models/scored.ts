import type { Reason } from './explain';
import type { FeatureRow, Unscorable } from './feature-row';
import type { Manifest } from './manifest';
import type { ModeName } from './text/text-manifest';

/** The classes of a row that are most likely, and what may be done with the first of them. */
export interface Ranking {
  readonly best: readonly { readonly label: string; readonly score: number }[];
  /** By the manifest's gates, with several classes: give it, propose it, or leave it to a person. */
  readonly gate?: 'automate' | 'suggest' | 'ask';
}

/** What one arm of a trial would do for a row. */
export interface Arm {
  readonly label: string;
  /** Probability of the outcome under the arm. */
  readonly score: number;
  /** What the arm adds to that of the control; 0 for the control itself. */
  readonly uplift: number;
}

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

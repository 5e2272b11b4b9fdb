/** A row the model can score: one value per feature, in the manifest's order. */
export interface FeatureRow {
  readonly outcome: 'row';
  readonly values: readonly number[];
  /** What a text model reads; it has no other feature. */
  readonly text?: string;
  /** Names of the features whose value is a default or was clamped. */
  readonly defaults: readonly string[];
  /** What reasons may show of the past, by `<value>.<word>`. */
  readonly words?: Readonly<Record<string, string>>;
  /** Id of the decision that the score is for: a model with arms explores by it, and does not without it. */
  readonly decision?: string;
}

/** A row that gets no score: `abstain` (the model has no opinion) or `refuse` (the input is wrong). */
export interface Unscorable {
  readonly outcome: 'abstain' | 'refuse';
  /** Feature and data set column at fault; both empty when it is the row as a whole. */
  readonly feature: string;
  readonly column: string;
  /** What is wrong, in a sentence. */
  readonly reason: string;
}

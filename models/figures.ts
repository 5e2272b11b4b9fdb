/** A figure with its 95 % interval where one was computed. */
export interface Figure {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** Figures on one set of rows; `rate` is the share of positives. */
export interface Figures {
  readonly rows: number;
  readonly rate: number;
  readonly auc: Figure;
  readonly prAuc: Figure;
  readonly logLoss: Figure;
  readonly brier: Figure;
  readonly ece: Figure;
  /** At the threshold. */
  readonly f1?: Figure;
}

/** Figures of a model with several classes, on one set of rows; `ece` is of the best class's probability. */
export interface ClassFigures {
  readonly rows: number;
  /** Share of rows whose class is the best, and is among the best three. */
  readonly top1: Figure;
  readonly top3: Figure;
  readonly macroF1: Figure;
  /** Mean reciprocal rank of the class. */
  readonly mrr?: Figure;
  readonly logLoss: Figure;
  readonly ece: Figure;
}

/** Held-out figures by split; `holdout` is the one that can be recomputed. */
export type BySplit<F> = Readonly<Record<string, F>> & { readonly holdout: F };

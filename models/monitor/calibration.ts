/** A score and whether what it was about has happened. */
export interface Labelled {
  readonly score: number;
  readonly happened: boolean;
}

/** Whether scores can be taken as probabilities. */
export interface Calibration {
  readonly rows: number;
  /** Share of rows in which it happened, and mean score: equal in a calibrated model. */
  readonly rate: number;
  readonly meanScore: number;
  /** Expected calibration error: mean distance of score and rate over bins, weighted by rows. */
  readonly ece: number;
}

const BINS = 10;
/** The greatest expected calibration error with which scores can be taken as probabilities, where chance plays no part. */
const LIMIT = 0.03;
/** Of calibrated models, one in forty (simulated) has an error above this many times what chance makes of it on average. */
const CHANCES = 1.5;

/**
 * The greatest expected calibration error with which scores can be taken as probabilities: 0.03, or on few rows what chance
 * makes of a calibrated model.
 */
export function calibrationLimit({ rows, rate }: Pick<Calibration, 'rows' | 'rate'>): number {
  // Each bin's rate strays from its score by the mean of a half-normal distribution.
  const chance = Math.sqrt((2 / Math.PI) * rate * (1 - rate) * (BINS / rows));
  return Math.max(LIMIT, CHANCES * chance);
}

/**
 * Calibration over ten bins of equal numbers of rows, as training measures it.
 * @throws RangeError when there is no row
 */
export function calibrationOf(labelled: readonly Labelled[]): Calibration {
  if (labelled.length === 0) throw new RangeError('calibration needs at least one row');
  const sorted = labelled.toSorted((a, b) => a.score - b.score);
  let error = 0;
  for (let n = 0; n < BINS; n += 1) {
    const bin = sorted.slice(Math.floor((n * sorted.length) / BINS), Math.floor(((n + 1) * sorted.length) / BINS));
    if (bin.length > 0) error += bin.length * Math.abs(mean(bin.map(scoreOf)) - mean(bin.map(truthOf)));
  }
  return {
    rows: sorted.length,
    rate: mean(sorted.map(truthOf)),
    meanScore: mean(sorted.map(scoreOf)),
    ece: error / sorted.length,
  };
}

function scoreOf({ score }: Labelled): number {
  return score;
}

function truthOf({ happened }: Labelled): number {
  return Number(happened);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

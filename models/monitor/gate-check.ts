/** What a promotion asks, and what was found. `unknown`: too little is known to say. */
export interface GateCheck {
  readonly check: 'task' | 'holdout' | 'shadow' | 'calibration' | 'fairness';
  readonly result: 'holds' | 'fails' | 'unknown';
  /** The figures, in words. */
  readonly what: string;
}

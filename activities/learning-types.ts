import type { GateCheck } from '../models/monitor/gate-check';

/** One training of a use case. */
export interface TrainingRef {
  readonly tenant: string;
  readonly usecase: string;
  /** The workflow's first run. */
  readonly id: string;
}

/** Why a use case is to learn. */
export interface Occasion {
  /** In words: who asked, or the schedule. */
  readonly because: string;
  /** Whether it trains at all events, or only where drift is seen, or tells what is seen and trains nothing. */
  readonly when: 'always' | 'drift' | 'watch';
}

/** What was found at the beginning. */
export interface Begun {
  readonly isDue: boolean;
  /** Where nothing is due: whether what was seen calls for a look. */
  readonly isAlarm?: boolean;
  /** What was seen, in words. */
  readonly what: string;
  /** How long a challenger may take in shadow, and a person to answer, ms. */
  readonly shadowMs: number;
  readonly answerMs: number;
}

/** A step after which a training may have to end: then `fault` says why. */
export interface Stepped {
  readonly fault?: string;
}

/** What the gate says of a challenger. */
export interface Judged {
  readonly checks: readonly GateCheck[];
  readonly isBetter: boolean;
  /** Set where it cannot become champion any more. */
  readonly fault?: string;
}

import { durationMs } from './duration';
import type { Path } from './document';
import type { Finding } from './shape-faults';

/** How an engagement may end: the labels that outcomes are recorded with. */
export type OutcomeName =
  'won' | 'lost' | 'completed' | 'removed' | 'gone' | 'moot' | 'expired' | 'declined' | 'failed';

/** How a use case learns from what became of its decisions. */
export interface LearningRule {
  /** Outcomes that say that what the score is the probability of has happened, and that it has not. All others say nothing. */
  readonly yes: readonly OutcomeName[];
  readonly no: readonly OutcomeName[];
  /** Whether an outcome counts before `outcome.within` is over. */
  readonly early: boolean;
  /** Newest decisions with a label that are trained on, at most. */
  readonly window: number;
  /** Milliseconds in shadow, and for a person's answer, at most. */
  readonly shadow: number;
  readonly answer: number;
  /** Milliseconds between two looks; each one trains, or only where drift is seen, or none (`watch`: an alarm is told). Absent: only when a person asks. */
  readonly schedule?: { readonly every: number; readonly when: 'drift' | 'always' | 'watch' };
}

/** `learning` of a use case as the file has it, once its shape was checked. */
export interface WrittenLearning {
  readonly labels?: Pick<LearningRule, 'yes' | 'no'>;
  readonly early?: boolean;
  readonly window?: number;
  readonly shadow?: string;
  readonly answer?: string;
  readonly every?: string;
  readonly when?: NonNullable<LearningRule['schedule']>['when'];
}

/** What a score is the probability of, where the file does not say: the record was won. */
const usual = { yes: ['won'], no: ['lost', 'expired'] } as const;

/** An outcome cannot say both. */
export const learningFindings = (path: Path, { labels = usual }: WrittenLearning): readonly Finding[] =>
  labels.no.flatMap((label, index) => {
    if (!(labels.yes as readonly string[]).includes(label)) return [];
    const message = `${label} says both yes and no`;
    return [{ path: [...path, 'labels', 'no', index], message, fix: 'leave it in one of the two lists' }];
  });

const ms = (text: string): number => {
  const value = durationMs(text);
  if (value === undefined) throw new Error(`${text} passed the schema but is no duration`);
  return value;
};

/** With the defaults filled in. */
export const toLearning = (written: WrittenLearning = {}): LearningRule => {
  const { labels = usual, early = false, window = 5000, shadow = 'P14D', answer = 'P7D', every } = written;
  return {
    ...{ yes: labels.yes, no: labels.no, early, window, shadow: ms(shadow), answer: ms(answer) },
    ...(every === undefined ? {} : { schedule: { every: ms(every), when: written.when ?? 'drift' } }),
  };
};

import type { BinaryManifest, Manifest } from '../manifest';
import { calibrationLimit, calibrationOf } from './calibration';
import { compare, type Paired } from './comparison';

/** What a promotion asks, and what was found. `unknown`: too little is known to say. */
export interface GateCheck {
  readonly check: 'task' | 'holdout' | 'shadow' | 'calibration' | 'fairness';
  readonly result: 'holds' | 'fails' | 'unknown';
  /** The figures, in words. */
  readonly what: string;
}

/** What is known of a champion and the challenger that may take its place. */
export interface GateInput {
  readonly champion: Manifest;
  readonly challenger: Manifest;
  /** How many decided events the challenger has scored in shadow. */
  readonly shadowed: number;
  /** Of these, the ones whose outcome is known. */
  readonly pairs: readonly Paired[];
  /** Whether the challenger's card tells its figures by group. */
  readonly hasGroups: boolean;
}

/** Outcomes below which neither comparison nor calibration in shadow says anything. */
const fewest = 200;

/** Whether a challenger may become champion: every check must hold. Pure; the same figures give the same answer. */
export function gate({ champion, challenger, shadowed, pairs, hasGroups }: GateInput): readonly GateCheck[] {
  if (champion.task !== 'binary' || challenger.task !== 'binary') {
    const what = `only models with two classes are compared by outcomes; these are ${champion.task} and ${challenger.task}`;
    return [{ check: 'task', result: 'fails', what }];
  }
  return [
    taskCheck(champion, challenger),
    holdoutCheck(champion, challenger),
    shadowCheck(shadowed, pairs),
    calibrationCheck(challenger, pairs),
    {
      check: 'fairness',
      result: hasGroups ? 'holds' : 'fails',
      what: hasGroups ? 'the card tells figures by group' : 'card.md has no section "Groups" with figures by group',
    },
  ];
}

function taskCheck(champion: BinaryManifest, challenger: BinaryManifest): GateCheck {
  const [now, then] = [champion, challenger].map(({ positive, classes }) => `${positive} of ${classes.join(', ')}`);
  if (now === then) return { check: 'task', result: 'holds', what: `both predict ${now ?? ''}` };
  return { check: 'task', result: 'fails', what: `the champion predicts ${now ?? ''}, the challenger ${then ?? ''}` };
}

function holdoutCheck(champion: BinaryManifest, challenger: BinaryManifest): GateCheck {
  const check = 'holdout';
  if (champion.training.data.sha256 !== challenger.training.data.sha256) {
    const names = `${champion.training.data.name} and ${challenger.training.data.name}`;
    return { check, result: 'unknown', what: `the held-out figures are of different data: ${names}` };
  }
  const [before, after] = [champion.metrics.holdout.logLoss.value, challenger.metrics.holdout.logLoss.value];
  const result = after < before ? 'holds' : 'fails';
  return { check, result, what: `log-loss ${after.toFixed(4)}, the champion's ${before.toFixed(4)}, on the same data` };
}

function shadowCheck(shadowed: number, pairs: readonly Paired[]): GateCheck {
  const check = 'shadow';
  if (shadowed === 0) {
    const what = 'it has scored nothing in shadow: name it under challengers and let it run beside the champion';
    return { check, result: 'fails', what };
  }
  if (pairs.length < fewest) {
    const what = `${shadowed} events scored, of which ${pairs.length} have an outcome; ${fewest} are needed`;
    return { check, result: 'unknown', what };
  }
  const { difference, low, high } = compare(pairs);
  const what = `log-loss ${signed(difference)} (95 %: ${signed(low)} to ${signed(high)}) against the champion on ${pairs.length} outcomes`;
  return { check, result: high < 0 ? 'holds' : 'fails', what };
}

function calibrationCheck({ metrics }: BinaryManifest, pairs: readonly Paired[]): GateCheck {
  const heldOut = metrics.holdout.ece.value;
  const live =
    pairs.length < fewest
      ? undefined
      : calibrationOf(pairs.map(({ challenger, happened }) => ({ score: challenger, happened }))).ece;
  const result = Math.max(heldOut, live ?? 0) <= calibrationLimit ? 'holds' : 'fails';
  const what = `ECE ${heldOut.toFixed(3)} held out, ${live?.toFixed(3) ?? 'not known'} in shadow; at most ${calibrationLimit}`;
  return { check: 'calibration', result, what };
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}

import type { BinaryManifest, Manifest } from '../manifest';
import { calibrationLimit, calibrationOf, type Calibration } from './calibration';
import { compare, type Comparison, type Paired } from './comparison';
import type { GateCheck } from './gate-check';
import { fairnessCheck, type Groups } from './groups';

/** What is known of a champion and the challenger that may take its place. */
export interface GateInput {
  readonly champion: Manifest;
  readonly challenger: Manifest;
  /** How many decided events the challenger has scored in shadow. */
  readonly shadowed: number;
  /** Of these, the ones whose outcome is known. */
  readonly pairs: readonly Paired[];
  /** Both on the rows that the challenger held out, where it learnt from decisions: their data are never the same. */
  readonly heldOut?: Comparison;
  /** The challenger's figures by group, where it has any. */
  readonly groups?: Groups;
}

/** Outcomes below which neither comparison nor calibration in shadow says anything. */
const fewest = 200;

/** Whether a challenger may become champion: every check must hold. Pure; the same figures give the same answer. */
export function gate({ champion, challenger, shadowed, pairs, heldOut, groups }: GateInput): readonly GateCheck[] {
  if (champion.task !== 'binary' || challenger.task !== 'binary') {
    const what = `only models with two classes are compared by outcomes; these are ${champion.task} and ${challenger.task}`;
    return [{ check: 'task', result: 'fails', what }];
  }
  return [
    taskCheck(champion, challenger),
    heldOut === undefined ? holdoutCheck(champion, challenger) : comparedCheck('holdout', heldOut),
    shadowCheck(shadowed, pairs),
    calibrationCheck(challenger, pairs),
    fairnessCheck(groups, challenger.sha256),
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
  return comparedCheck(check, compare(pairs));
}

function comparedCheck(check: 'holdout' | 'shadow', { rows, difference, low, high }: Comparison): GateCheck {
  const what = `log-loss ${signed(difference)} (95 %: ${signed(low)} to ${signed(high)}) against the champion on ${rows} outcomes`;
  return { check, result: high < 0 ? 'holds' : 'fails', what };
}

function calibrationCheck({ metrics }: BinaryManifest, pairs: readonly Paired[]): GateCheck {
  const { rows, rate, ece } = metrics.holdout;
  const heldOut = { rows, rate, ece: ece.value };
  const live =
    pairs.length < fewest
      ? undefined
      : calibrationOf(pairs.map(({ challenger, happened }) => ({ score: challenger, happened })));
  const isCalibrated = [heldOut, live ?? heldOut].every((one) => one.ece <= calibrationLimit(one));
  const told = (one: Pick<Calibration, 'rows' | 'rate' | 'ece'>): string =>
    `${one.ece.toFixed(3)} (at most ${calibrationLimit(one).toFixed(3)})`;
  const what = `ECE ${told(heldOut)} held out, ${live === undefined ? 'not known' : told(live)} in shadow`;
  return { check: 'calibration', result: isCalibrated ? 'holds' : 'fails', what };
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}

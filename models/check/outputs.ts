import type { TabularManifest } from '../manifest';
import { distance, explained, type Answer } from './answers';
import { error, ok, warning, type Check, type Finding } from './finding';

/** How far float32 may be from the exact sum: what scoring itself allows. */
const AGREEMENT = 1e-6;

/** Probabilities are numbers from 0 to 1, and of several classes add up to 1. */
export function rangeFindings(manifest: TabularManifest, answers: readonly Answer[]): Finding {
  const wrong = answers.filter(({ probability }) => !isDistribution(manifest, probability));
  const [first] = wrong;
  if (first === undefined) return ok('range', `probabilities of ${answers.length} rows are within 0 and 1`);
  const given = [...first.probability.slice(0, 3)].map(String).join(', ');
  const what = `${wrong.length} of ${answers.length} rows have no probability: ${first.probe.what} gives ${given}`;
  const why = 'bands, thresholds and calibration are about probabilities; a NaN compares with none of them';
  const fix =
    manifest.task !== 'multiclass'
      ? 'end the graph with Sigmoid over the log-odds, and give missing values (NaN, category 0) a branch of their own'
      : 'end the graph with Softmax over the classes, and give missing values (NaN, category 0) a branch of their own';
  return error('range', what, why, fix);
}

function isDistribution(manifest: TabularManifest, probability: Float32Array): boolean {
  if (probability.some((p) => !(p >= 0 && p <= 1))) return false;
  if (manifest.task !== 'multiclass') return true;
  return Math.abs(probability.reduce((sum, p) => sum + p, 0) - 1) < 1e-4;
}

/** Intercept and contributions add up to the score. */
export function contributionFindings(manifest: TabularManifest, answers: readonly Answer[]): Finding {
  const apart = answers.map((answer) => ({
    answer,
    by: distance(answer.probability, explained(manifest, answer.contributions)),
  }));
  const wrong = apart.filter(({ by }) => !(by <= AGREEMENT));
  const worst = wrong.toSorted((a, b) => b.by - a.by)[0];
  if (worst === undefined) {
    return ok('contributions', `intercept and contributions add up to the score, within ${AGREEMENT}`);
  }
  const { answer } = worst;
  const [sum, told] = [explained(manifest, answer.contributions), answer.probability];
  const what = `contributions of ${wrong.length} of ${answers.length} rows do not add up: ${answer.probe.what} gives probability ${told[0] ?? 'none'}, its contributions make ${sum[0] ?? 'none'}`;
  const why = 'a person would be told reasons that are not those of the score; such a row is refused when it is scored';
  const fix =
    "give contributions in log-odds, one per term in the manifest's order, and set the manifest's intercept to the model's";
  return error('contributions', what, why, fix);
}

/** Two runs over the same rows, however they are divided, give the same bits. */
export function sameFindings(
  check: Extract<Check, 'determinism' | 'batch'>,
  answers: readonly Answer[],
  again: readonly Answer[],
): Finding {
  const apart = answers.flatMap((answer, n) => {
    const other = again[n];
    if (other === undefined) return [];
    const contributions = distance(answer.contributions, other.contributions);
    const probability = distance(answer.probability, other.probability);
    // The score is made of the contributions; the model's own probability may differ in its last bits.
    return contributions > 0 || probability > AGREEMENT ? [{ answer, by: Math.max(contributions, probability) }] : [];
  });
  const worst = apart.toSorted((a, b) => b.by - a.by)[0];
  if (worst === undefined) {
    return ok(check, check === 'determinism' ? 'a second run gives the same bits' : 'a row alone gives the same bits');
  }
  const place = `${apart.length} of ${answers.length} rows; ${worst.answer.probe.what} by ${worst.by}`;
  if (check === 'determinism') {
    const why =
      'a decision could not be shown to follow from its inputs, and a step that is tried again would decide otherwise';
    const fix = 'remove random nodes (dropout, sampling) from the exported graph, or export it in evaluation mode';
    return error(check, `a second run over the same rows differs in ${place}`, why, fix);
  }
  const why = "a record's score would depend on which others happened to come with it";
  const fix = 'export without batch statistics; a model quantised dynamically must be exported with fixed scales';
  return error(check, `a row alone is scored otherwise than among others: ${place}`, why, fix);
}

/** A model that says the same of every row decides nothing. */
export function responseFindings(manifest: TabularManifest, answers: readonly Answer[]): readonly Finding[] {
  const [first] = answers;
  const moves = answers.some(({ probability }) => distance(probability, first?.probability ?? []) > AGREEMENT);
  if (!moves) {
    const why = 'no band would ever be left, whatever the record says';
    const fix = 'train again, and check that the exported graph uses its input';
    return [error('response', `the score is the same for all ${answers.length} rows`, why, fix)];
  }
  const idle = manifest.features.filter(({ name }, n) => {
    const single = answers.filter(({ probe }) => probe.what.startsWith(`${name} `));
    const usual = single.find(({ probe }) => Object.is(probe.values[n], first?.probe.values[n])) ?? first;
    return single.every(({ contributions }) => distance(contributions, usual?.contributions ?? []) === 0);
  });
  if (idle.length === 0) return [ok('response', 'every feature moves the score')];
  const names = idle.map(({ name }) => name).join(', ');
  const why = 'it is asked for, kept and shown without being used, or columns of the input are in another order';
  return [warning('response', `no value of ${names} moves the score`, why, 'take it out, or correct the order')];
}

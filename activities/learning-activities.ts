import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ChampionRow } from '../ledger/ledger';
import type { TrainingChange } from '../ledger/trainings';
import { checkModel } from '../models/check/check-model';
import { compare, type Comparison } from '../models/monitor/comparison';
import type { GateCheck } from '../models/monitor/gate-check';
import { featuresRecorded } from '../models/recorded';
import { loadModel, type Model } from '../models/registry';
import { openScorer } from '../models/score';
import { checksOf } from './challenge';
import { alarmsOf, driftReport } from './drift';
import { championOf, placesOf, trainingOf, useCaseOf } from './learned-models';
import type { LearningDependencies } from './learning-dependencies';
import type { Begun, Judged, Occasion, Stepped, TrainingRef } from './learning-types';
import { readTrainingRows, writeTrainingRows, type TrainingRow } from './training-rows';

/** Decisions that drift is measured over. */
const driftWindow = 1_000;

/** A person's yes to a challenger. */
export interface Approval {
  readonly by: string;
  readonly reason?: string;
}

/** Steps of learning beside the training itself. Each may run twice. */
export function learningActivities(deps: LearningDependencies) {
  const { ledger } = deps;
  return {
    /** Looks whether there is something to learn, and records that it was looked. */
    beginTraining: (ref: TrainingRef, occasion: Occasion): Promise<Begun> => begin(deps, ref, occasion),
    /** Writes what is to be trained on. */
    exportRows: (ref: TrainingRef): Promise<Stepped> => exportRows(deps, ref),
    /** Examines what was trained, holds it against the champion on the rows held out, and lets it into shadow. */
    examineChallenger: (ref: TrainingRef): Promise<Stepped> => examine(deps, ref),
    judgeChallenger: (ref: TrainingRef): Promise<Judged> => judge(deps, ref),
    promoteChallenger: (ref: TrainingRef, approval: Approval): Promise<Stepped> => promote(deps, ref, approval),
    /** Records how far a training has come; one that has ended keeps no rows. */
    noteTraining: async (ref: TrainingRef, change: TrainingChange): Promise<void> => {
      await ledger.trainings.change(ref.tenant, ref, change);
      if (change.status === 'dropped') await rm(placesOf(deps.learnedDir, ref, '').rows, { force: true });
    },
  };
}

async function begin(deps: LearningDependencies, ref: TrainingRef, { because, when }: Occasion): Promise<Begun> {
  const { tenant, usecase, id } = ref;
  await deps.ledger.trainings.begin(tenant, { usecase, id, because });
  const { digest: champion } = await championOf(deps, ref);
  const { learning } = useCaseOf(deps, ref);
  const { yes, no } = learning;
  const report = await driftReport(deps.ledger, { tenant, usecase, window: driftWindow, yes, no });
  const alarms = report === undefined ? [] : alarmsOf(report);
  const what = alarms.length === 0 ? 'no drift is seen' : alarms.join('; ');
  const isAlarm = when === 'watch' && alarms.length > 0;
  const isDue = when === 'always' || (when === 'drift' && alarms.length > 0);
  const found = { champion, figures: { drift: report } };
  if (isAlarm) deps.log.warn({ tenant, usecase, drift: alarms }, 'drift is seen');
  const end = { status: isAlarm ? ('alarm' as const) : ('steady' as const), what };
  await deps.ledger.trainings.change(tenant, ref, isDue ? found : { ...found, ...end });
  return { isDue, isAlarm, what, shadowMs: learning.shadow, answerMs: learning.answer };
}

async function exportRows(deps: LearningDependencies, ref: TrainingRef): Promise<Stepped> {
  const useCase = useCaseOf(deps, ref);
  const { manifest } = await championOf(deps, ref);
  const { rows: file } = placesOf(deps.learnedDir, ref, manifest.name);
  const names = manifest.features.map(({ name }) => name);
  const rows = await writeTrainingRows(deps.ledger, ref.tenant, useCase, names, file, deps.now());
  await deps.ledger.trainings.change(ref.tenant, ref, { rows });
  if (rows.yes > 0 && rows.no > 0) return {};
  return { fault: `${rows.yes} decisions say yes, ${rows.no} say no, ${rows.censored} say nothing yet` };
}

async function examine(deps: LearningDependencies, ref: TrainingRef): Promise<Stepped> {
  const { figures, status } = await trainingOf(deps, ref);
  // Done by a process that died before it could say so; the rows are gone.
  if (status === 'shadow') return {};
  const champion = await championOf(deps, ref);
  const places = placesOf(deps.learnedDir, ref, champion.manifest.name);
  const { model, findings } = await checkModel(places.model);
  const faults = findings.filter(({ level }) => level === 'error').map(({ check, what }) => `${check}: ${what}`);
  if (model === undefined || faults.length > 0) return { fault: `model check: ${faults.join('; ')}` };
  const heldOut = await heldOutOf(champion, model, places.rows);
  const found = { digest: model.digest, folder: places.folder, figures: { ...(figures as object), heldOut } };
  if (heldOut.high >= 0) {
    await deps.ledger.trainings.change(ref.tenant, ref, found);
    return { fault: `no better on the rows held out: log-loss ${signed(heldOut)}` };
  }
  await deps.ledger.trainings.change(ref.tenant, ref, { ...found, status: 'shadow' });
  // The rows are about persons: from here on they are in the ledger only, which forgets what it must.
  await rm(places.rows, { force: true });
  return {};
}

/** Both models on the rows that the challenger has not seen: the newest ones. */
async function heldOutOf(champion: Model, challenger: Model, rows: string): Promise<Comparison> {
  const held = await readFile(path.join(path.dirname(challenger.file), 'holdout.txt'), 'utf8');
  const known = await readTrainingRows(rows, new Set(held.trimEnd().split('\n')));
  const [before, after] = [await scoresOf(champion, known), await scoresOf(challenger, known)];
  return compare(
    known.map(({ happened }, n) => ({ happened, champion: before[n] ?? NaN, challenger: after[n] ?? NaN })),
  );
}

async function scoresOf(model: Model, rows: readonly TrainingRow[]): Promise<readonly number[]> {
  const scorer = await openScorer(model);
  try {
    const scored = await scorer.score(rows.map(({ features }) => featuresRecorded(model.manifest, features)));
    return scored.map(({ score }) => score);
  } finally {
    await scorer.close();
  }
}

async function judge(deps: LearningDependencies, ref: TrainingRef): Promise<Judged> {
  const training = await trainingOf(deps, ref);
  const champion = await championOf(deps, ref);
  const challenger = await loadModel(path.join(deps.learnedDir, training.folder ?? ''));
  const fault = faultOf(training.champion, champion, training.digest, challenger);
  if (fault !== undefined || challenger === undefined) return { checks: [], isBetter: false, fault: fault ?? '' };
  const { yes, no } = useCaseOf(deps, ref).learning;
  const figures = training.figures as { readonly heldOut: Comparison };
  const { heldOut } = figures;
  const checks = await checksOf(deps.ledger, { ...ref, champion, challenger, yes, no, heldOut });
  await deps.ledger.trainings.change(ref.tenant, ref, { figures: { ...figures, checks } });
  return { checks, isBetter: checks.every(isAnswerable) };
}

/** Whether a person can be asked: what is not known of groups, because decisions do not record them, the person answers for. */
function isAnswerable({ check, result }: GateCheck): boolean {
  return result === 'holds' || (check === 'fairness' && result === 'unknown');
}

/** Why a challenger cannot be judged any more: what it was held against no longer decides, or it is gone. */
function faultOf(
  before: string | undefined,
  champion: Model,
  digest: string | undefined,
  challenger: Model | undefined,
): string | undefined {
  if (champion.digest !== before) return `${champion.digest} was made champion meanwhile`;
  return challenger?.digest === digest ? undefined : 'its folder is gone or was changed';
}

async function promote(deps: LearningDependencies, ref: TrainingRef, approval: Approval): Promise<Stepped> {
  const { by, reason = `approved by ${by}` } = approval;
  const { digest = '', champion: before = '' } = await trainingOf(deps, ref);
  const [newest] = await deps.ledger.champions.list(ref.tenant, ref.usecase);
  // The step may have been done by a process that died before it could say so.
  if (!isPromotionOf(digest, newest)) {
    const { checks, isBetter, fault = unheld(checks) } = await judge(deps, ref);
    if (!isBetter) return { fault };
    const change = { kind: 'promoted' as const, digest, before, followsfile: false, by, reason, gate: checks };
    await deps.ledger.champions.change(ref.tenant, { usecase: ref.usecase, ...change }, newest?.number ?? 0);
  }
  await deps.ledger.trainings.change(ref.tenant, ref, { status: 'promoted', by, what: reason });
  return {};
}

function isPromotionOf(digest: string, change: ChampionRow | undefined): boolean {
  return change?.kind === 'promoted' && change.digest === digest;
}

/** What the gate found that does not hold, in words. */
function unheld(checks: Judged['checks']): string {
  return checks.flatMap((one) => (isAnswerable(one) ? [] : [`${one.check}: ${one.what}`])).join('; ');
}

function signed({ difference, low, high }: Comparison): string {
  const text = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
  return `${text(difference)} (95 %: ${text(low)} to ${text(high)})`;
}

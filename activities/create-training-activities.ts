import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { mapFailures } from './failure';
import { championOf, placesOf } from './learned-models';
import type { LearningDependencies } from './learning-dependencies';
import type { Stepped, TrainingRef } from './learning-types';
import { runTraining } from './train';

export interface TrainingDependencies extends LearningDependencies {
  /** `models/training/train.sh` */
  readonly script: string;
}

/** Well within the heartbeat timeout of `workflows/options.ts`. */
const heartbeatEveryMs = 2_000;

/** What the training process does, on a task queue of its own: lanes and training do not wait for each other. */
export function createTrainingActivities(deps: TrainingDependencies) {
  return mapFailures({
    train: async (ref: TrainingRef): Promise<Stepped> => {
      const activity = Context.current();
      const beat = setInterval(() => {
        activity.heartbeat();
      }, heartbeatEveryMs);
      try {
        const fault = await train(deps, ref, activity.cancellationSignal);
        return fault === undefined ? {} : { fault };
      } finally {
        clearInterval(beat);
      }
    },
  });
}

export type TrainingActivities = ReturnType<typeof createTrainingActivities>;

/** Trains into a folder aside: the challenger's own is complete or not there. */
async function train(deps: TrainingDependencies, ref: TrainingRef, signal: AbortSignal): Promise<string | undefined> {
  const champion = await championOf(deps, ref);
  const { name } = champion.manifest;
  const places = placesOf(deps.learnedDir, ref, name);
  const aside = path.join(places.base, 'aside', name);
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const fault = await runTraining(
    deps.script,
    [
      ...['--champion', path.dirname(champion.file), '--rows', places.rows, '--out', aside],
      ...['--version', nextVersion(champion.manifest.version)],
    ],
    signal,
  );
  if (fault === undefined) {
    await rm(places.model, { recursive: true, force: true });
    await rename(aside, places.model);
  }
  await rm(path.dirname(aside), { recursive: true });
  return fault;
}

/** 1.2.3 is followed by 1.3.0. */
function nextVersion(version: string): string {
  const [major = '0', minor = '0'] = version.split('.');
  return `${major}.${Number(minor) + 1}.0`;
}

import { Worker } from '@temporalio/worker';
import path from 'node:path';
import { createTrainingActivities } from '../activities/create-training-activities';
import { taskQueues } from '../workflows/names';
import { projectRoot } from './project-root';
import type { Runtime } from './runtime';
import { running, workerBase } from './worker-service';
import type { Service } from './service';

/** Trains challengers in a Python process, one at a time: it takes a whole core while it lasts. */
export async function startTraining(runtime: Runtime): Promise<Service> {
  const script = path.join(projectRoot, 'models', 'training', 'train.sh');
  const worker = await Worker.create({
    ...workerBase(runtime),
    taskQueue: taskQueues.train,
    activities: createTrainingActivities({ ...runtime, script }),
    maxConcurrentActivityTaskExecutions: 1,
    // What is cut short here is trained anew elsewhere.
    shutdownGraceTime: 0,
  });
  return running(worker);
}

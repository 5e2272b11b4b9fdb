import { LeanWorker } from './temporal/lean-worker';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createActivities } from '../activities/create-activities';
import type { EngagementDoor } from '../activities/lane-dependencies';
import type { Directive, OutcomeSeen } from '../activities/lane-types';
import { names, taskQueues } from '../workflows/names';
import type { EngagementInput } from '../workflows/engagement-state';
import { watchScorers, watchSteps } from './observe/watch-work';
import { running, workerBase } from './worker-service';
import { startRetention } from './retention';
import { applySchedules } from './schedules';
import { startSealing } from './seal';
import { startShadow } from './shadow';
import { startTraining } from './training';
import { projectRoot } from './project-root';
import type { Runtime } from './runtime';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Service } from './service';

/** Built with the project, so that what CI replays is what runs. */
export const workflowBundle = path.join(projectRoot, 'dist', 'workflow-bundle.js');

/** Runs lanes, engagements and learning, lets challengers score what was decided, seals it, and deletes what tenants no longer keep. */
export async function startWorker(runtime: Runtime): Promise<Service> {
  if (!existsSync(workflowBundle)) throw new Error(`${workflowBundle} is missing: run npm run build`);
  const { ledger, tenants, connections, publisher, modelsDir, learnedDir, log, now, observer } = runtime;
  const worker = await LeanWorker.create({
    ...workerBase(runtime),
    taskQueue: taskQueues.decide,
    workflowBundle: { codePath: workflowBundle },
    activities: watchSteps(
      createActivities({
        ledger,
        tenants,
        connections,
        scorers: watchScorers(runtime.scorers, observer),
        publishPrediction: (prediction) => publisher.publishPrediction(prediction),
        engagements: engagementDoor(runtime),
        modelsDir,
        learnedDir,
        log,
        now,
      }),
      observer,
      ledger,
    ),
    // Figures of docs/adr/0005: fewer cached workflows than are under way halves the throughput.
    maxCachedWorkflows: 2_000,
    maxConcurrentWorkflowTaskExecutions: 100,
    maxConcurrentActivityTaskExecutions: 200,
    shutdownGraceTime: '10s',
  });
  const lanes = running(worker);
  const training = await startTraining(runtime);
  const retention = startRetention(runtime);
  const shadow = startShadow(runtime);
  const sealing = startSealing(runtime);
  for (const tenant of tenants.values()) await applySchedules(runtime, tenant);
  return {
    serve: (tenant, before) => applySchedules(runtime, tenant, before),
    leave: (tenant) => applySchedules(runtime, { ...tenant, useCases: {} }, tenant),
    stop: async () => {
      await shadow.stop();
      await sealing.stop();
      await retention.stop();
      await training.stop();
      await lanes.stop();
    },
  };
}

function engagementDoor({ temporal }: Runtime): EngagementDoor {
  return {
    tell: async (directive) => {
      const { engagement, tenant, connection, subject, usecase } = directive;
      const input: EngagementInput = { engagement, tenant, connection, subject, usecase };
      const start = { workflowId: engagement, taskQueue: taskQueues.decide, memo: { tenant, subject, usecase } };
      try {
        // Most engagements are new: one that begins with its directive is handed to this process at once, without a signal.
        await temporal.workflow.start(names.engagement, {
          ...start,
          args: [{ ...input, pending: directive }] satisfies [EngagementInput],
          requestEagerStart: true,
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        await temporal.workflow.signalWithStart(names.engagement, {
          ...start,
          args: [input],
          signal: names.decision,
          signalArgs: [directive] satisfies [Directive],
        });
      }
    },
    end: async (outcome) => {
      try {
        await temporal.workflow.getHandle(outcome.engagement).signal<[OutcomeSeen]>(names.outcome, outcome);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}

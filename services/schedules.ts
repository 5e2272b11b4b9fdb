import { ScheduleAlreadyRunning, ScheduleNotFoundError, type ScheduleOptions } from '@temporalio/client';
import { learningId, names, taskQueues } from '../workflows/names';
import type { LearningInput } from '../workflows/learning';
import type { Runtime } from './runtime';

/**
 * Makes Temporal's schedules those of the tenants' files: one for each use case that says `learning.every`, none for the
 * others. A schedule whose turn comes while its use case is learning passes it over.
 */
export async function applySchedules({ temporal, tenants }: Pick<Runtime, 'temporal' | 'tenants'>): Promise<void> {
  for (const { tenant, useCases } of tenants.values()) {
    for (const { name: usecase, learning } of Object.values(useCases)) {
      const scheduleId = learningId(tenant, usecase);
      const handle = temporal.schedule.getHandle(scheduleId);
      if (learning.schedule === undefined) {
        await handle.delete().catch(unless(ScheduleNotFoundError));
        continue;
      }
      const { every, when } = learning.schedule;
      const input: LearningInput = { tenant, usecase, because: 'the schedule', when };
      const schedule: Pick<ScheduleOptions, 'spec' | 'action' | 'policies'> = {
        spec: { intervals: [{ every }] },
        action: { type: 'startWorkflow', workflowType: names.dueLearning, taskQueue: taskQueues.decide, args: [input] },
        policies: { overlap: 'SKIP' },
      };
      await temporal.schedule
        .create({ scheduleId, ...schedule })
        .catch(unless(ScheduleAlreadyRunning))
        .then(() => handle.update((before) => ({ ...before, ...schedule })));
    }
  }
}

const unless =
  (known: new (...args: never[]) => Error) =>
  (error: unknown): undefined => {
    if (error instanceof known) return undefined;
    throw error;
  };

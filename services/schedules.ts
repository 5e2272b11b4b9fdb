import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, type ScheduleOptions } from '@temporalio/client';
import type { Tenant } from '../tenants/tenant';
import { learningId, names, taskQueues } from '../workflows/names';
import type { LearningInput } from '../workflows/learning';
import type { Runtime } from './runtime';

/**
 * Makes Temporal's schedules those of a tenant's file: one for each use case that says `learning.every`, none for the
 * others. A schedule whose turn comes while its use case is learning passes it over.
 */
export async function applySchedules(
  { temporal }: Pick<Runtime, 'temporal'>,
  { tenant, useCases }: Tenant,
  before?: Tenant,
): Promise<void> {
  const gone = Object.keys(before?.useCases ?? {}).filter((usecase) => !Object.hasOwn(useCases, usecase));
  for (const usecase of gone) await unschedule(temporal, learningId(tenant, usecase));
  for (const { name: usecase, learning } of Object.values(useCases)) {
    const scheduleId = learningId(tenant, usecase);
    if (learning.schedule === undefined) {
      await unschedule(temporal, scheduleId);
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
      .then(() => temporal.schedule.getHandle(scheduleId).update((old) => ({ ...old, ...schedule })));
  }
}

async function unschedule(temporal: Client, scheduleId: string): Promise<void> {
  await temporal.schedule.getHandle(scheduleId).delete().catch(unless(ScheduleNotFoundError));
}

const unless =
  (known: new (...args: never[]) => Error) =>
  (error: unknown): undefined => {
    if (error instanceof known) return undefined;
    throw error;
  };

import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { Counted, CountInput } from '../activities/rhythm-types';
import type { Tenant } from '../tenants/tenant';
import { names, rhythmId, taskQueues } from '../workflows/names';
import type { CountAsked, rhythm } from '../workflows/rhythm';
import type { Runtime } from './runtime';

/** Counts the events of every connection whose rhythm a use case of the tenant is about, and of no other. */
export async function startCounting({ temporal }: Pick<Runtime, 'temporal'>, of: Tenant): Promise<void> {
  const { tenant, connections, useCases } = of;
  for (const connection of Object.keys(connections)) {
    const isAsked = Object.values(useCases).some((one) => one.entity === 'rhythm' && one.connection === connection);
    if (isAsked) await temporal.workflow.start(names.rhythm, startOf({ tenant, connection }));
    else await end(temporal, rhythmId(tenant, connection));
  }
}

/** Counts no more for a tenant that is removed. */
export async function endCounting(
  { temporal }: Pick<Runtime, 'temporal'>,
  { tenant, connections }: Tenant,
): Promise<void> {
  for (const connection of Object.keys(connections)) await end(temporal, rhythmId(tenant, connection));
}

/** Counts now what is complete, in whichever process hears CRMs. */
export function countNow(temporal: Client, ref: CountInput, asked: CountAsked): Promise<Counted> {
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof rhythm>(names.rhythm, startOf(ref));
  return temporal.workflow.executeUpdateWithStart<typeof rhythm, Counted, [CountAsked]>(names.countNow, {
    args: [asked],
    startWorkflowOperation,
  });
}

async function end(temporal: Client, workflow: string): Promise<void> {
  try {
    await temporal.workflow.getHandle(workflow).cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

function startOf({ tenant, connection }: CountInput) {
  return {
    workflowId: rhythmId(tenant, connection),
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    taskQueue: taskQueues.decide,
    args: [{ tenant, connection }] as [CountInput],
  };
}

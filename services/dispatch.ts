import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { BatchOutcome, LaneBatch } from '../activities/lane-types';
import { Consumer, type Batch, type Undecided } from '../broker/consumer';
import type { Tenant } from '../tenants/tenant';
import { laneId, names, taskQueues } from '../workflows/names';
import type { Runtime } from './runtime';
import type { Service } from './service';

/**
 * Hands the batches of every lane queue to their lanes. A message is acknowledged when its lane has decided it; while a lane is
 * busy the broker holds the rest. One batch of a lane is under way at a time, which keeps the order.
 */
export function startDispatch(runtime: Runtime): Service {
  const consumers = new Map<string, readonly Consumer[]>();
  const onBatch = (batch: Batch): Promise<readonly Undecided[]> => handOver(runtime, batch);
  const serve = ({ tenant, partitions }: Tenant): void => {
    if (consumers.has(tenant)) return;
    const options = { tenant, partitions, publisher: runtime.publisher, onBatch };
    const own = Array.from({ length: partitions }, (_, partition) => {
      return new Consumer(runtime.broker, { ...options, partition });
    });
    consumers.set(tenant, own);
  };
  const leave = async (tenant: string): Promise<void> => {
    const own = consumers.get(tenant) ?? [];
    consumers.delete(tenant);
    await Promise.all(own.map((consumer) => consumer.stop()));
    own.forEach((_, partition) => {
      runtime.observer.lanes.answered(laneId(tenant, partition));
    });
  };
  for (const tenant of runtime.tenants.values()) serve(tenant);
  return {
    serve: (tenant) => {
      serve(tenant);
      return Promise.resolve();
    },
    leave: ({ tenant }) => leave(tenant),
    stop: async () => {
      await Promise.all([...consumers.keys()].map(leave));
    },
  };
}

async function handOver(runtime: Runtime, batch: Batch): Promise<readonly Undecided[]> {
  const { observer, temporal } = runtime;
  const lane = laneId(batch.tenant, batch.partition);
  const args: [LaneBatch] = [{ tenant: batch.tenant, batchid: batch.id, events: batch.events }];
  const startWorkflowOperation = new WithStartWorkflowOperation(names.lane, {
    workflowId: lane,
    taskQueue: taskQueues.decide,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [],
  });
  observer.lanes.give(lane);
  if (batch.attempt > 1) observer.metrics.batchRetries.inc({ tenant: batch.tenant });
  const end = observer.metrics.batch.startTimer({ tenant: batch.tenant });
  const outcome = await temporal.workflow.executeUpdateWithStart<Workflow, BatchOutcome, [LaneBatch]>(
    names.decideBatch,
    {
      args,
      updateId: batch.id,
      startWorkflowOperation,
    },
  );
  end();
  observer.lanes.answered(lane);
  return outcome.parked;
}

import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { BatchOutcome, LaneBatch } from '../activities/lane-types';
import { Consumer, type Batch, type Undecided } from '../broker/consumer';
import { laneId, names, taskQueues } from '../workflows/names';
import type { Door } from './receive';
import type { Runtime } from './runtime';

/** A running service. */
export interface Service {
  /** Where CRMs push to; only where some do. */
  readonly door?: Door;
  stop(): Promise<void>;
}

/**
 * Hands the batches of every lane queue to their lanes. A message is acknowledged when its lane has decided it; while a lane is
 * busy the broker holds the rest. One batch of a lane is under way at a time, which keeps the order.
 */
export function startDispatch(runtime: Runtime): Service {
  const consumers = [...runtime.tenants.values()].flatMap(({ tenant, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => {
      const onBatch = (batch: Batch): Promise<readonly Undecided[]> => handOver(runtime, batch);
      return new Consumer(runtime.broker, { tenant, partition, partitions, publisher: runtime.publisher, onBatch });
    }),
  );
  return {
    stop: async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
  };
}

async function handOver(runtime: Runtime, batch: Batch): Promise<readonly Undecided[]> {
  const args: [LaneBatch] = [{ tenant: batch.tenant, batchid: batch.id, events: batch.events }];
  const startWorkflowOperation = new WithStartWorkflowOperation(names.lane, {
    workflowId: laneId(batch.tenant, batch.partition),
    taskQueue: taskQueues.decide,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [],
  });
  const outcome = await runtime.temporal.workflow.executeUpdateWithStart<Workflow, BatchOutcome, [LaneBatch]>(
    names.decideBatch,
    {
      args,
      updateId: batch.id,
      startWorkflowOperation,
    },
  );
  return outcome.parked;
}

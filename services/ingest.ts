import { Worker } from '@temporalio/worker';
import { createIngestActivities } from '../activities/create-ingest-activities';
import type { GapRef, ListenInput } from '../activities/subscription-types';
import { gapId, names, subscriptionId, taskQueues } from '../workflows/names';
import { openDoor } from './receive';
import { startReconciling } from './reconcile';
import type { Service } from './dispatch';
import type { Runtime } from './runtime';
import { running } from './worker-service';

/**
 * Hears the CRMs: those that push through one HTTP door, all of them by their streams. Every stream is a Temporal workflow
 * whose activity runs in one of the ingest processes: if that one dies another takes over from the last position.
 */
export async function startIngest(runtime: Runtime): Promise<Service> {
  // First: an address that cannot be had is told before anything is heard.
  const door = await openDoor(runtime, runtime.listen);
  try {
    const worker = await startHearing(runtime);
    // What is received after the pumps have stopped is in the inbox, for the next process.
    const stop = async (): Promise<void> => {
      try {
        await worker.stop();
      } finally {
        await door?.stop();
      }
    };
    return { stop, ...(door === undefined ? {} : { door }) };
  } catch (error) {
    await door?.stop();
    throw error;
  }
}

async function startHearing(runtime: Runtime): Promise<Service> {
  const { ledger, tenants, connections, publisher, log, now, temporal } = runtime;
  const worker = await Worker.create({
    connection: runtime.worker,
    namespace: temporal.options.namespace,
    taskQueue: taskQueues.ingest,
    activities: createIngestActivities({
      ledger,
      tenants,
      connections,
      publish: (event) => publisher.publish(event),
      fillGap: (gap) => startFilling(runtime, gap),
      log,
      now,
    }),
    maxConcurrentActivityTaskExecutions: 1_000,
    // A subscription never ends by itself: it is cancelled at once, and the pump lets what is under way finish.
    shutdownGraceTime: '100ms',
  });
  await subscribeAll(runtime);
  await startReconciling(runtime);
  return running(worker);
}

async function subscribeAll({ temporal, tenants }: Runtime): Promise<void> {
  for (const { tenant, connections } of tenants.values()) {
    for (const { name: connection, streams } of Object.values(connections)) {
      for (const stream of streams) {
        await temporal.workflow.start(names.subscription, {
          workflowId: subscriptionId(tenant, connection, stream),
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue: taskQueues.decide,
          args: [{ tenant, connection, stream }] satisfies [ListenInput],
        });
      }
    }
  }
}

async function startFilling({ temporal }: Runtime, gap: GapRef): Promise<void> {
  await temporal.workflow.start(names.fillGap, {
    workflowId: gapId(gap.tenant, gap.gap),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: taskQueues.decide,
    args: [gap] satisfies [GapRef],
  });
}

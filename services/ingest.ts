import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { readyEvents } from '../broker/topology';
import { createIngestActivities } from '../activities/create-ingest-activities';
import type { GapRef, ListenInput, StreamRef } from '../activities/subscription-types';
import type { Tenant } from '../tenants/tenant';
import { gapId, names, reconciliationId, subscriptionId, taskQueues } from '../workflows/names';
import { Endings } from './endings';
import { openDoor } from './receive';
import { startReconciling } from './reconcile';
import { endCounting, startCounting } from './rhythm';
import type { Runtime } from './runtime';
import { running, workerBase } from './worker-service';
import type { Service } from './service';
import { isRunning } from './temporal/running';

/**
 * Hears the CRMs: those that push through one HTTP door, all of them by their streams. Every stream is a Temporal workflow
 * whose activity runs in one of the ingest processes: if that one dies another takes over from the last position.
 */
export async function startIngest(runtime: Runtime): Promise<Service> {
  // First: an address that cannot be had is told before anything is heard.
  let door = await openDoor(runtime, runtime.listen);
  try {
    const worker = await startHearing(runtime);
    const endings = new Endings(runtime, {
      begin: (ref) => hear(runtime, ref),
      end: async (ref) => {
        await unsubscribe(runtime, ref);
        await closeHalted(runtime, ref);
      },
    });
    const end = async (before: Tenant | undefined, wanted: readonly StreamRef[]): Promise<void> => {
      const kept = new Set(wanted.map(idOf));
      for (const ref of before === undefined ? [] : streamsOf(before).filter((one) => !kept.has(idOf(one)))) {
        const settings = before?.connections[ref.connection];
        if (settings !== undefined) await endings.begin(ref, settings);
      }
    };
    const serve = async (tenant: Tenant, before: Tenant | undefined): Promise<void> => {
      door ??= await openDoor(runtime, runtime.listen);
      await end(before, streamsOf(tenant));
      for (const ref of streamsOf(tenant)) await endings.revoke(ref);
      await subscribe(runtime, tenant);
    };
    // What is received after the pumps have stopped is in the inbox, for the next process.
    const stop = async (): Promise<void> => {
      try {
        await endings.stop();
        await worker.stop();
      } finally {
        await door?.stop();
      }
    };
    return {
      serve,
      leave: async (tenant) => {
        await endCounting(runtime, tenant);
        await end(tenant, []);
      },
      recall: (ref, settingsOf) => endings.recall(ref, settingsOf),
      stop,
      get door() {
        return door;
      },
    };
  } catch (error) {
    await door?.stop();
    throw error;
  }
}

async function startHearing(runtime: Runtime): Promise<Service> {
  const { ledger, tenants, connections, broker, publisher, scorers, log, now, observer } = runtime;
  const worker = await Worker.create({
    ...workerBase(runtime),
    taskQueue: taskQueues.ingest,
    activities: createIngestActivities({
      ledger,
      tenants,
      connections,
      publish: async (event) => {
        const from = Date.now();
        await publisher.publish(observer.traces?.carry(event) ?? event);
        observer.published(event, from);
      },
      watch: (stream) => observer.signs.watch(stream),
      fillGap: (gap) => startFilling(runtime, gap),
      waiting: (tenant) => readyEvents(broker, tenant, tenants.get(tenant)?.partitions),
      scorers,
      log,
      now,
    }),
    maxConcurrentActivityTaskExecutions: 1_000,
    // A subscription never ends by itself: it is cancelled at once, and the pump lets what is under way finish.
    shutdownGraceTime: '100ms',
  });
  for (const tenant of tenants.values()) await subscribe(runtime, tenant);
  return running(worker);
}

function streamsOf({ tenant, connections }: Tenant): readonly StreamRef[] {
  return Object.values(connections).flatMap(({ name: connection, streams }) =>
    streams.map((stream) => ({ tenant, connection, stream })),
  );
}

async function subscribe(runtime: Runtime, tenant: Tenant): Promise<void> {
  for (const ref of streamsOf(tenant)) await hear(runtime, ref);
  await startReconciling(runtime, tenant);
  await startCounting(runtime, tenant);
}

async function hear({ temporal }: Runtime, ref: StreamRef): Promise<void> {
  await temporal.workflow.start(names.subscription, {
    workflowId: idOf(ref),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: taskQueues.decide,
    args: [ref] satisfies [ListenInput],
  });
}

/** Ends a subscription, and what compares its stream now and then. Resolves when they have ended. */
async function unsubscribe({ temporal }: Runtime, ref: StreamRef): Promise<void> {
  for (const workflow of [idOf(ref), reconciliationId(ref.tenant, ref.connection, ref.stream)]) {
    const handle = temporal.workflow.getHandle(workflow);
    try {
      await handle.cancel();
      await handle.result();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError)) throw error;
    }
  }
}

/** A gap that waits for a person ends with its stream: nobody can let it go on any more. One that is being read back goes on. */
async function closeHalted({ ledger, temporal, now }: Runtime, ref: StreamRef): Promise<void> {
  const unread = 'SBX_GAP_UNREAD: the stream was taken out while it waited for a person';
  for (const { id, recovered, duplicates, ...gap } of await ledger.gaps.list(ref.tenant)) {
    if (gap.policy !== 'halt' || idOf({ ...gap, tenant: ref.tenant }) !== idOf(ref)) continue;
    if (await isRunning(temporal, { workflowId: gapId(ref.tenant, id) })) continue;
    await ledger.gaps.close(ref.tenant, id, { recovered, duplicates, unread, at: new Date(now()).toISOString() });
  }
}

function idOf({ tenant, connection, stream }: StreamRef): string {
  return subscriptionId(tenant, connection, stream);
}

async function startFilling({ temporal }: Runtime, gap: GapRef): Promise<void> {
  await temporal.workflow.start(names.fillGap, {
    workflowId: gapId(gap.tenant, gap.gap),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: taskQueues.decide,
    args: [gap] satisfies [GapRef],
  });
}

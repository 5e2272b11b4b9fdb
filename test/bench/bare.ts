import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ContextInput } from '../../activities/context';
import type { InferInput } from '../../activities/lane-activities';
import type { BatchOutcome, Inference, LaneBatch, LaneContext, PolicyView } from '../../activities/lane-types';
import { Consumer } from '../../broker/consumer';
import type { CanonicalEvent } from '../../canonical-schema/event';
import type { Runtime } from '../../services/runtime';
import { names } from '../../workflows/names';

const policy: PolicyView = {
  usecase: 'lead-scoring',
  connection: 'sales',
  bands: [{ name: 'hot', from: 0.5 }],
  act: {},
  approval: 'none',
  materialChange: 0.05,
  withinMs: 1000,
  digest: 'bare',
};

/** The steps of a lane, doing nothing but answering in the right shape. */
const bareActivities = {
  nothing: (event: unknown): Promise<boolean> => Promise.resolve(event !== undefined),
  context: ({ events }: ContextInput): Promise<LaneContext> =>
    Promise.resolve({
      events: events.map(({ id, subject }) => ({
        eventid: id,
        subject,
        status: 'decided' as const,
        usecases: ['lead-scoring'],
        outcomes: [],
      })),
      policies: { 'lead-scoring': policy },
      engagements: {},
    }),
  infer: ({ requests }: InferInput): Promise<readonly Inference[]> =>
    Promise.resolve(requests.map(() => ({ score: 0.1, reasons: [] }))),
  record: (): Promise<void> => Promise.resolve(),
  engage: (): Promise<void> => Promise.resolve(),
};
export type BareActivities = typeof bareActivities;

/** Runs `use` beside a worker whose lane and per-event workflow do nothing. */
export async function withBareWorker<T>(
  connection: NativeConnection,
  use: (taskQueue: string) => Promise<T>,
): Promise<T> {
  const taskQueue = `bench-${randomUUID()}`;
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: path.join(__dirname, 'workflows.js'),
    activities: bareActivities,
    maxCachedWorkflows: 2_000,
    maxConcurrentWorkflowTaskExecutions: 100,
  });
  return worker.runUntil(use(taskQueue));
}

/** Events per second through `lanes` bare lanes, in batches of 100, one under way per lane. */
export async function bareLanes(
  client: Client,
  taskQueue: string,
  events: readonly CanonicalEvent[],
  lanes: number,
): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      const share = events.filter((_event, at) => at % lanes === lane);
      for (let at = 0; at < share.length; at += 100) {
        await handOver(client, taskQueue, lane, share.slice(at, at + 100));
      }
    }),
  );
  return perSecond(events, begun);
}

async function handOver(
  client: Client,
  taskQueue: string,
  lane: number,
  events: readonly CanonicalEvent[],
): Promise<void> {
  const batchid = randomUUID();
  const startWorkflowOperation = new WithStartWorkflowOperation(names.lane, {
    workflowId: `${taskQueue}/lane/${lane}`,
    taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [],
  });
  await client.workflow.executeUpdateWithStart<Workflow, BatchOutcome, [LaneBatch]>(names.decideBatch, {
    args: [{ tenant: 'bench', batchid, events }],
    updateId: batchid,
    startWorkflowOperation,
  });
}

/** Events per second with a workflow for each, 100 under way. */
export async function workflowPerEvent(
  client: Client,
  taskQueue: string,
  events: readonly CanonicalEvent[],
): Promise<number> {
  const begun = performance.now();
  const left = [...events];
  const runAll = async (): Promise<void> => {
    for (let event = left.pop(); event !== undefined; event = left.pop()) {
      await client.workflow.execute('perEvent', { workflowId: `${taskQueue}/${event.id}`, taskQueue, args: [event] });
    }
  };
  await Promise.all(Array.from({ length: 100 }, runAll));
  return perSecond(events, begun);
}

/** Events per second through the product's queues alone: published with confirms, consumed in batches, acknowledged. */
export async function publishAndConsume(
  runtime: Runtime,
  partitions: number,
  events: readonly CanonicalEvent[],
): Promise<number> {
  const tenant = events[0]?.tenantid ?? '';
  let left = events.length;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const { broker, publisher } = runtime;
  const onBatch = (batch: { readonly events: readonly unknown[] }): Promise<[]> => {
    left -= batch.events.length;
    if (left <= 0) finish();
    return Promise.resolve([]);
  };
  const consumers = Array.from(
    { length: partitions },
    (_, partition) => new Consumer(broker, { tenant, partition, partitions, publisher, onBatch }),
  );
  const begun = performance.now();
  await Promise.all(events.map((event) => publisher.publish(event)));
  await finished;
  const rate = perSecond(events, begun);
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  return rate;
}

function perSecond(events: readonly unknown[], begun: number): number {
  return events.length / ((performance.now() - begun) / 1000);
}

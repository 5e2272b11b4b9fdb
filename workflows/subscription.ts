import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  condition,
  continueAsNew,
  defineSignal,
  startChild,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities';
import type { IngestActivities } from '../activities/create-ingest-activities';
import type { GapFilled, GapRef, ListenInput } from '../activities/subscription-types';
import { gapId, names, taskQueues } from './names';
import { backfill as backfillOptions, bookkeeping, subscription as subscriptionOptions } from './options';

const { listen } = proxyActivities<IngestActivities>({ ...subscriptionOptions, taskQueue: taskQueues.ingest });
const { backfill } = proxyActivities<IngestActivities>({ ...backfillOptions, taskQueue: taskQueues.ingest });
const { openGap, closeGap } = proxyActivities<Activities>(bookkeeping);

/** Lets a subscription whose tenant chose `onGap: halt` go on. */
export const resume = defineSignal(names.resume);

/**
 * Keeps one stream of one connection subscribed, wherever a process is alive to do it. A lost position is a state: the gap is
 * recorded, then read back by query (or a person is awaited), then the stream goes on from the oldest event retained.
 */
export async function subscription(input: ListenInput): Promise<void> {
  let resumed = false;
  setHandler(resume, () => {
    resumed = true;
  });
  const { tenant, connection, stream } = input;
  const ref = { tenant, connection, stream };
  const expired = await listen(input);
  const { gap, from } = await openGap({ ...ref, cause: expired.code, message: expired.message, policy: expired.onGap });
  if (expired.onGap === 'halt') await condition(() => resumed);
  await startChild(fillGap, {
    workflowId: gapId(tenant, gap),
    args: [{ ...ref, gap, from }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  }).catch((error: unknown) => {
    // The one that reads the gap back does not close what was widened before it has read that, too.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  });
  await continueAsNew<typeof subscription>({ ...ref, since: from });
}

/** Reads a lost window back from the CRM and closes the gap with its counts; again where it was widened meanwhile. */
export async function fillGap(ref: GapRef): Promise<GapFilled> {
  const { tenant, gap } = ref;
  for (;;) {
    const filled = await backfill(ref);
    const left = await closeGap({ tenant, gap, ...filled, at: new Date().toISOString() });
    if (left !== 'widened') return filled;
  }
}

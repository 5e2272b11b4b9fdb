import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { IngestActivities } from '../activities/create-ingest-activities';
import type { Reconciled, StreamRef } from '../activities/subscription-types';
import { names, taskQueues } from './names';
import { backfill as readingBack } from './options';

const { reconcile } = proxyActivities<IngestActivities>({ ...readingBack, taskQueue: taskQueues.ingest });

export interface ReconciliationInput extends StreamRef {
  /** Between two reconciliations, ms; absent: once, when it is asked. */
  readonly everyMs?: number;
}

export interface ReconcileAsked {
  /** How long after a change its event may still be on its way, ms. Default: a minute. */
  readonly graceMs?: number;
}

/** Compares now, after a reconciliation that is under way. */
export const reconcileNow = defineUpdate<Reconciled, [ReconcileAsked]>(names.reconcileNow);

/**
 * Compares one stream with what its CRM tracked, one reconciliation at a time: now and then, as often as the tenant's file says
 * at the time, and when it is asked. One that fails for good is told in the log, and the next one tries again.
 */
export async function reconciliation({ everyMs, ...ref }: ReconciliationInput): Promise<void> {
  const { tenant, connection, stream } = ref;
  let next = everyMs;
  let asked = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function compare(asking: ReconcileAsked): Promise<Reconciled> {
    const done = await reconcile({ tenant, connection, stream, ...asking });
    next = done.everyMs;
    return done;
  }

  function inTurn(asking: ReconcileAsked): Promise<Reconciled> {
    const mine = turn.then(() => compare(asking));
    turn = mine.catch(() => undefined);
    return mine;
  }

  setHandler(reconcileNow, (asking) => {
    asked += 1;
    return inTurn(asking);
  });

  if (everyMs === undefined) await condition(() => asked > 0);
  else {
    await inTurn({}).catch((error: unknown) => {
      if (isCancellation(error)) throw error;
    });
    if (next !== undefined) await sleep(next);
  }
  await condition(allHandlersFinished);
  if (next !== undefined) await continueAsNew<typeof reconciliation>({ tenant, connection, stream, everyMs: next });
}

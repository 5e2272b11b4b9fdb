import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities';
import type { BatchOutcome, Cause, LaneBatch, LaneContext, NotInView } from '../activities/lane-types';
import { names } from './names';
import { historyBudget, laneStep, stallPause } from './options';
import { rule } from './policy';

const { context, infer, record, engage } = proxyLocalActivities<Activities>(laneStep);

/** Decides a batch; answers when every decision is recorded and every engagement told. */
export const decideBatch = defineUpdate<BatchOutcome, [LaneBatch]>(names.decideBatch);
/** Takes one event out of the way of a stalled lane. */
export const park = defineSignal<[{ eventid: string; because: string }]>(names.park);
/** Begins a new run once nothing is under way: what the run was told may then be deleted. */
export const renew = defineSignal(names.renew);
export const laneStatus = defineQuery<LaneStatus>(names.laneStatus);

export interface LaneStatus {
  readonly batches: number;
  readonly waiting: number;
  /** Set while a batch cannot be decided: since when, why, and which events hold it up. */
  readonly stalled?: { readonly since: string; readonly cause: string; readonly events: readonly string[] };
}

/**
 * A lane decides the events of one tenant and partition, in order, one batch at a time.
 * Each step is idempotent by event id, because a local activity may run twice.
 */
export async function lane(): Promise<void> {
  const parked = new Map<string, Cause>();
  let turn: Promise<unknown> = Promise.resolve();
  let batches = 0;
  let waiting = 0;
  let isSpent = false;
  let stalled: LaneStatus['stalled'];

  setHandler(renew, () => {
    isSpent = true;
  });
  setHandler(laneStatus, () => ({ batches, waiting, ...(stalled === undefined ? {} : { stalled }) }));
  setHandler(park, ({ eventid, because }) => {
    parked.set(eventid, { code: 'SBX_LANE_PARKED', message: because });
  });
  setHandler(
    decideBatch,
    (batch) => {
      waiting += 1;
      const mine = turn.then(() => untilDecided(batch));
      turn = mine.catch(() => undefined);
      return mine.finally(() => {
        waiting -= 1;
        batches += 1;
      });
    },
    {
      validator: (batch: LaneBatch) => {
        if (batch.events.length === 0) throw new Error('an empty batch');
      },
    },
  );

  async function untilDecided(batch: LaneBatch): Promise<BatchOutcome> {
    for (;;) {
      try {
        const outcome = await decide(batch, parked);
        stalled = undefined;
        for (const event of batch.events) parked.delete(event.id);
        return outcome;
      } catch (error) {
        if (isNotInView(error)) continue;
        stalled ??= {
          since: new Date().toISOString(),
          cause: rootMessage(error),
          events: batch.events.map((e) => e.id),
        };
        const before = parked.size;
        await condition(() => parked.size > before, stallPause);
      }
    }
  }

  await condition(() => (isSpent || isLong()) && allHandlersFinished());
  await continueAsNew<typeof lane>();
}

async function decide(batch: LaneBatch, parked: ReadonlyMap<string, Cause>): Promise<BatchOutcome> {
  const { tenant, batchid } = batch;
  const ref = { tenant, batchid };
  const events = new Map(batch.events.map((event) => [event.id, event]));
  const prepared = await context({ ...batch, parked: [...parked].filter(([id]) => events.has(id)) });
  const requests = prepared.events.flatMap(({ eventid, usecases }) =>
    usecases.map((usecase) => ({ eventid, usecase })),
  );
  const inferences = requests.length === 0 ? [] : await infer({ ...ref, requests });
  const ruling = rule(tenant, prepared, requests, inferences, events, new Date().toISOString());
  const { workflowId, runId } = workflowInfo();
  await record({ ...ref, run: { workflowId, runId }, prepared: prepared.events, ...ruling });
  const outcomes = prepared.events.flatMap((event) => event.outcomes);
  if (ruling.directives.length + outcomes.length > 0) {
    await engage({ tenant, directives: ruling.directives, outcomes });
  }
  return summarise(prepared);
}

function summarise(prepared: LaneContext): BatchOutcome {
  const count = (status: string): number => prepared.events.filter((event) => event.status === status).length;
  return {
    decided: count('decided'),
    duplicates: count('duplicate'),
    parked: prepared.events.flatMap(({ eventid, status, cause }) =>
      status === 'parked' && cause !== undefined ? [{ eventid, cause }] : [],
    ),
  };
}

function isLong(): boolean {
  const info = workflowInfo();
  return (
    info.continueAsNewSuggested || info.historySize > historyBudget.bytes || info.historyLength > historyBudget.events
  );
}

const notInView: NotInView = 'SBX_BATCH_NOT_IN_VIEW';

function isNotInView(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === notInView
  );
}

function rootMessage(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause instanceof Error ? cause.message : String(cause);
}

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
import type { Counted, CountInput } from '../activities/rhythm-types';
import { names, taskQueues } from './names';
import { backfill as readingBack } from './options';

const { countHours } = proxyActivities<IngestActivities>({ ...readingBack, taskQueue: taskQueues.ingest });

/** What a person may ask for; else as long as events usually take. */
export type CountAsked = Pick<CountInput, 'latenessMs'>;

/** Counts now, after a counting that is under way. */
export const countNow = defineUpdate<Counted, [CountAsked]>(names.countNow);

/** How long to wait after a failure that only a person can mend, ms. */
const afterFailureMs = 3_600_000;

/**
 * Counts the events of one connection hour by hour, as each hour is complete, and when it is asked; one counting at a time. One
 * that fails for good is tried again an hour later.
 */
export async function rhythm({ tenant, connection }: CountInput): Promise<void> {
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn(asked: CountAsked): Promise<Counted> {
    const mine = turn.then(() => countHours({ tenant, connection, ...asked }));
    turn = mine.catch(() => undefined);
    return mine;
  }

  setHandler(countNow, inTurn);
  const nextMs = await inTurn({}).then(
    (done) => done.nextMs,
    (error: unknown) => {
      if (isCancellation(error)) throw error;
      return afterFailureMs;
    },
  );
  await sleep(nextMs);
  await condition(allHandlersFinished);
  await continueAsNew<typeof rhythm>({ tenant, connection });
}

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities';
import type { TrainingActivities } from '../activities/create-training-activities';
import type { Begun, Judged, Occasion, TrainingRef } from '../activities/learning-types';
import { learningId, names, taskQueues } from './names';
import { learningStep, training } from './options';

const { beginTraining, exportRows, examineChallenger, judgeChallenger, promoteChallenger, noteTraining } =
  proxyActivities<Activities>(learningStep);
const { train } = proxyActivities<TrainingActivities>({ ...training, taskQueue: taskQueues.train });

export interface LearningInput extends Occasion {
  readonly tenant: string;
  readonly usecase: string;
  /** Between two looks at a challenger in shadow, ms. Default: a two-hundredth of its time, at least a minute. */
  readonly lookEveryMs?: number;
}

/** A person's answer to a challenger that was shown better. */
export interface Answered {
  readonly by: string;
  readonly verdict: 'approve' | 'refuse';
  readonly reason?: string;
}

export interface LearningEnd {
  readonly status: 'promoted' | 'dropped' | 'steady' | 'alarm';
  readonly what: string;
}

export interface LearningStatus {
  readonly step: 'begin' | 'export' | 'train' | 'examine' | 'shadow' | 'asked' | 'promote';
  /** Of the gate, as it was looked at last. */
  readonly checks: Judged['checks'];
}

/** Refused while no challenger awaits an answer. */
export const answer = defineUpdate<undefined, [Answered]>(names.answer);
export const learningStatus = defineQuery<LearningStatus>(names.learningStatus);

const leastLookMs = 60_000;

interface Memory {
  step: LearningStatus['step'];
  checks: Judged['checks'];
  answer?: Answered;
}

/**
 * Learns from what became of a use case's decisions: exports, trains, examines, lets the challenger run in shadow, asks a
 * person, and promotes or drops it. Nothing decides differently before a person has agreed.
 */
export async function learning(input: LearningInput): Promise<LearningEnd> {
  const { tenant, usecase } = input;
  const ref: TrainingRef = { tenant, usecase, id: workflowInfo().firstExecutionRunId };
  const memory: Memory = { step: 'begin', checks: [] };
  listen(memory);
  try {
    const begun = await beginTraining(ref, { because: input.because, when: input.when });
    if (!begun.isDue) return { status: begun.isAlarm === true ? 'alarm' : 'steady', what: begun.what };
    const fault = await challenge(ref, memory, begun, input.lookEveryMs);
    if (fault === undefined) return { status: 'promoted', what: `approved by ${memory.answer?.by ?? ''}` };
    await drop(ref, fault, memory.answer?.by);
    return { status: 'dropped', what: fault };
  } catch (error) {
    const why = isCancellation(error) ? 'cancelled' : `the step ${memory.step} failed: ${messageOf(error)}`;
    await CancellationScope.nonCancellable(() => drop(ref, why));
    throw error;
  } finally {
    await condition(allHandlersFinished);
  }
}

/** A schedule's turn: begins to learn under the use case's own id, or passes where it is learning already. */
export async function dueLearning(input: LearningInput): Promise<void> {
  try {
    await startChild(learning, {
      workflowId: learningId(input.tenant, input.usecase),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function listen(memory: Memory): void {
  setHandler(learningStatus, () => ({ step: memory.step, checks: memory.checks }));
  setHandler(
    answer,
    (told: Answered) => {
      memory.answer = told;
      return undefined;
    },
    {
      validator: ({ by }: Answered) => {
        if (memory.step !== 'asked' || memory.answer !== undefined)
          throw new Error(`no challenger awaits an answer of ${by}`);
      },
    },
  );
}

/** Why the challenger is dropped; undefined where it was promoted. */
async function challenge(
  ref: TrainingRef,
  memory: Memory,
  { shadowMs, answerMs }: Begun,
  lookEveryMs = Math.max(leastLookMs, Math.ceil(shadowMs / 200)),
): Promise<string | undefined> {
  for (const [step, run] of [
    ['export', exportRows] as const,
    ['train', train] as const,
    ['examine', examineChallenger] as const,
  ]) {
    memory.step = step;
    const { fault } = await run(ref);
    if (fault !== undefined) return fault;
  }
  memory.step = 'shadow';
  const fault = await shown(ref, memory, shadowMs, lookEveryMs);
  if (fault !== undefined) return fault;
  await noteTraining(ref, { status: 'asked' });
  memory.step = 'asked';
  await condition(() => memory.answer !== undefined, answerMs);
  const { answer: told } = memory;
  if (told === undefined) return 'nobody answered within the time set';
  if (told.verdict === 'refuse') return told.reason ?? `refused by ${told.by}`;
  memory.step = 'promote';
  const { by, reason } = told;
  return (await promoteChallenger(ref, { by, ...(reason === undefined ? {} : { reason }) })).fault;
}

/** Looks until every check of the gate holds; undefined then, else why the challenger is dropped. */
async function shown(
  ref: TrainingRef,
  memory: Memory,
  shadowMs: number,
  lookEveryMs: number,
): Promise<string | undefined> {
  const until = Date.now() + shadowMs;
  for (;;) {
    const { checks, isBetter, fault } = await judgeChallenger(ref);
    memory.checks = checks;
    if (isBetter || fault !== undefined) return fault;
    if (Date.now() >= until) {
      const not = checks.flatMap(({ check, result, what }) => (result === 'holds' ? [] : [`${check}: ${what}`]));
      return `not shown better in time: ${not.join('; ')}`;
    }
    await sleep(lookEveryMs);
  }
}

async function drop(ref: TrainingRef, what: string, by?: string): Promise<void> {
  await noteTraining(ref, { status: 'dropped', what, ...(by === undefined ? {} : { by }) });
}

function messageOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

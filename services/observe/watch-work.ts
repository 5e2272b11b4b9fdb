import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../activities/create-activities';
import type { ActInput, Acted } from '../../activities/engagement-types';
import type { Scorers } from '../../activities/lane-dependencies';
import type { NotInView } from '../../activities/lane-types';
import type { Ledger } from '../../ledger/ledger';
import { laneStep } from '../../workflows/options';
import type { Step } from './lanes';
import type { Observer } from './observer';
import type { Scorer } from '../../models/scored';

const lastAttempt = laneStep.retry?.maximumAttempts ?? 1;
const notInView: NotInView = 'SBX_BATCH_NOT_IN_VIEW';

/** Times the steps of lanes, learns from their failures which lanes are stalled, and tells the traces. */
export function watchSteps(activities: Activities, observer: Observer, ledger: Pick<Ledger, 'origins'>): Activities {
  const watched =
    <I, O>(step: Step, run: (input: I) => Promise<O>): ((input: I) => Promise<O>) =>
    async (input) => {
      const { workflowExecution, attempt } = Context.current().info;
      const lane = workflowExecution?.workflowId ?? '';
      const end = observer.metrics.step.startTimer({ step });
      try {
        const answer = await run(input);
        observer.lanes.passed(lane, step);
        return answer;
      } catch (error) {
        tellFailure(observer, lane, step, attempt, error);
        throw error;
      } finally {
        end();
      }
    };
  return {
    ...activities,
    context: watched('context', (input) => {
      observer.traces?.batchBegins(input.batchid);
      return activities.context(input);
    }),
    infer: watched('infer', (input) => activities.infer(input)),
    record: watched('record', (input) => activities.record(input)),
    engage: watched('engage', (input) => activities.engage(input)),
    act: (input) => tracedAct(observer, ledger, input, () => activities.act(input)),
  };
}

function tellFailure({ metrics, lanes }: Observer, lane: string, step: Step, attempt: number, error: unknown): void {
  const failure = error instanceof ApplicationFailure ? error : undefined;
  if (failure?.type === notInView) return;
  metrics.stepFailures.inc({ step });
  const message = error instanceof Error ? error.message : String(error);
  const cause = `${failure?.type ?? 'error'} in ${step}: ${message}`.slice(0, 300);
  lanes.failed(lane, step, cause, attempt >= lastAttempt || failure?.nonRetryable === true);
}

/** Tells the trace of an event about what was written for it, each try. */
async function tracedAct(
  { traces }: Observer,
  ledger: Pick<Ledger, 'origins'>,
  input: ActInput,
  run: () => Promise<Acted>,
): Promise<Acted> {
  if (traces === undefined) return run();
  const from = Date.now();
  const { attempt } = Context.current().info;
  const { tenant, usecase, directive } = input;
  const attributes = {
    'signalbox.tenant': tenant,
    'signalbox.use_case': usecase,
    'signalbox.decision': directive.decision.id,
  };
  const tell = (failure?: string): void => {
    const about = { from, to: Date.now(), attributes, ...(failure === undefined ? {} : { failure }) };
    // Nobody waits for a trace.
    void ledger.origins(tenant, [directive.decision.id]).then(
      (events) => {
        const event = events.get(directive.decision.id);
        if (event !== undefined) traces.acted({ id: event.eventid, traceparent: event.traceparent }, about, attempt);
      },
      () => undefined,
    );
  };
  try {
    const acted = await run();
    tell();
    return acted;
  } catch (error) {
    tell(error instanceof ApplicationFailure ? (error.type ?? 'failed') : 'failed');
    throw error;
  }
}

/** The same models, whose runs are timed. */
export function watchScorers(scorers: Scorers, { metrics }: Observer): Scorers {
  const watched = new WeakMap<Scorer, Scorer>();
  const watch = (scorer: Scorer): Scorer => {
    const labels = { model: scorer.manifest.name };
    return {
      ...scorer,
      score: async (rows) => {
        const end = metrics.inference.startTimer(labels);
        const scored = await scorer.score(rows);
        end();
        metrics.inferred.inc(labels, rows.length);
        return scored;
      },
    };
  };
  return {
    get: (name) => {
      const scorer = scorers.get(name);
      if (scorer === undefined) return undefined;
      const known = watched.get(scorer) ?? watch(scorer);
      watched.set(scorer, known);
      return known;
    },
  };
}

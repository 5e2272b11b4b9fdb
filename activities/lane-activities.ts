import type { CanonicalEvent } from '../canonical-schema/event';
import { BatchViews } from './batch-views';
import { viewBatch, type ContextInput } from './context';
import { withEvidence } from './evidence';
import { infer } from './infer';
import type { LaneDependencies } from './lane-dependencies';
import type {
  BatchRef,
  Directive,
  Inference,
  InferenceRequest,
  LaneContext,
  OutcomeSeen,
  RecordInput,
} from './lane-types';
import { predictionOf } from './prediction';
import { recordBatch } from './record';

export interface InferInput extends BatchRef {
  readonly requests: readonly InferenceRequest[];
}

export interface EngageInput {
  readonly tenant: string;
  readonly directives: readonly Directive[];
  readonly outcomes: readonly OutcomeSeen[];
}

/** The steps of a lane. Each may run twice for one batch: the second run changes nothing. */
export function laneActivities(deps: LaneDependencies): {
  context(input: ContextInput): Promise<LaneContext>;
  infer(input: InferInput): Promise<readonly Inference[]>;
  record(input: RecordInput): Promise<void>;
  engage(input: EngageInput): Promise<void>;
} {
  const views = new BatchViews();
  return {
    context: async (input) => {
      const view = await viewBatch(deps, input);
      views.keep(input, view);
      return view.context;
    },
    infer: (input) => infer(deps, views.of(input), input.requests),
    record: async (input) => {
      const view = views.of(input);
      const decisions = input.decisions.map((core) => withEvidence(core, view.evidence));
      await recordBatch(deps, { ...input, decisions }, view);
      const events = new Map(view.events.map((event) => [event.id, event]));
      await Promise.all(
        decisions.map((decision) => deps.publishPrediction(predictionOf(decision, mustGet(events, decision.eventid)))),
      );
      // Not before all is done: a second try of this step needs it.
      views.drop(input);
    },
    engage: async ({ directives, outcomes }) => {
      await Promise.all([
        ...directives.map((directive) => deps.engagements.tell(directive)),
        ...outcomes.map((outcome) => deps.engagements.end(outcome)),
      ]);
    },
  };
}

function mustGet(events: ReadonlyMap<string, CanonicalEvent>, id: string): CanonicalEvent {
  const event = events.get(id);
  if (event === undefined) throw new Error(`decision about an event that is not in its batch: ${id}`);
  return event;
}

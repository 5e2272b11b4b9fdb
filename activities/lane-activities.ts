import type { Decision } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { viewBatch, type BatchView, type ContextInput } from './context';
import { infer } from './infer';
import type { LaneDependencies } from './lane-dependencies';
import type {
  Directive,
  Inference,
  InferenceRequest,
  LaneBatch,
  LaneContext,
  OutcomeSeen,
  PreparedEvent,
} from './lane-types';
import { predictionOf } from './prediction';
import { recordBatch } from './record';

export interface InferInput extends LaneBatch {
  readonly requests: readonly InferenceRequest[];
}

export interface RecordInput extends LaneBatch {
  readonly run: { readonly workflowId: string; readonly runId: string };
  readonly prepared: readonly PreparedEvent[];
  readonly decisions: readonly Decision[];
  readonly directives: readonly Directive[];
}

export interface EngageInput {
  readonly tenant: string;
  readonly directives: readonly Directive[];
  readonly outcomes: readonly OutcomeSeen[];
}

/** Views kept between the steps of a batch; a batch whose view was dropped is read again. */
const viewsKept = 64;

/** The steps of a lane. Each may run twice for one batch: the second run changes nothing. */
export function laneActivities(deps: LaneDependencies): {
  context(input: ContextInput): Promise<LaneContext>;
  infer(input: InferInput): Promise<readonly Inference[]>;
  record(input: RecordInput): Promise<void>;
  engage(input: EngageInput): Promise<void>;
} {
  const views = new Map<string, BatchView>();
  const viewOf = async (input: ContextInput, isFresh: boolean): Promise<BatchView> => {
    const known = views.get(input.batchid);
    if (known !== undefined && !isFresh) return known;
    const view = await viewBatch(deps, input);
    views.set(input.batchid, view);
    const [oldest] = views.keys();
    if (views.size > viewsKept && oldest !== undefined) views.delete(oldest);
    return view;
  };
  return {
    context: async (input) => (await viewOf(input, true)).context,
    infer: async (input) => infer(deps, input.tenant, await viewOf({ ...input, parked: [] }, false), input.requests),
    record: async (input) => {
      const view = await viewOf({ ...input, parked: [] }, false);
      await recordBatch(deps, input, view);
      views.delete(input.batchid);
      const events = new Map(input.events.map((event) => [event.id, event]));
      await Promise.all(
        input.decisions.map((decision) =>
          deps.publishPrediction(predictionOf(decision, mustGet(events, decision.eventid))),
        ),
      );
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

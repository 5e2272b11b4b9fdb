import type { CanonicalEvent } from '../canonical-schema/event';
import { decisionId, type Decision } from '../canonical-schema/decision';
import { recordKey } from '../canonical-schema/identity';
import type { EngagementTouch, RecordToKeep } from '../ledger/ledger';
import type { BatchView } from './context';
import type { LaneDependencies } from './lane-dependencies';
import type { Directive, PreparedEvent, RecordInput } from './lane-types';

/** Writes all that a batch led to, in one transaction. */
export async function recordBatch(
  deps: LaneDependencies,
  input: RecordInput & { readonly decisions: readonly Decision[] },
  view: BatchView,
): Promise<void> {
  // Of an event that came twice in one batch, what became of it the first time counts.
  const prepared = new Map([...input.prepared].reverse().map((event) => [event.eventid, event]));
  const counted = new Set<string>();
  const records = new Map<string, RecordToKeep>();
  // By the decision that it may have led to: of an event that came again, the decision was recorded earlier.
  const usecases = new Set(input.directives.map(({ usecase }) => usecase));
  const eventOf = new Map(
    view.events.flatMap((event) => [...usecases].map((usecase) => [decisionId(event.id, usecase), event] as const)),
  );
  const events = view.events.map((event) => {
    const status = repeated(counted, event.id) ? ('duplicate' as const) : (prepared.get(event.id)?.status ?? 'ignored');
    const after = view.after.get(event.id);
    const keys = view.keys.get(event.id);
    if (after !== undefined) records.set(recordKey(after), { ...after, ...(keys === undefined ? {} : { keys }) });
    return { event: view.told.get(event.id) ?? event, status, ...becauseOf(prepared.get(event.id)) };
  });
  await deps.ledger.recordBatch(input.tenant, {
    batchid: input.batchid,
    lane: { workflowid: input.run.workflowId, runid: input.run.runId },
    events,
    records: [...records.values()],
    observations: view.observations.filter(({ eventid }) => prepared.get(eventid)?.status !== 'parked'),
    decisions: input.decisions,
    engagements: input.directives.map((directive) => touchOf(directive, eventOf.get(directive.decision.id))),
  });
}

function repeated(seen: Set<string>, id: string): boolean {
  if (seen.has(id)) return true;
  seen.add(id);
  return false;
}

function becauseOf(prepared: PreparedEvent | undefined): { readonly because?: string; readonly code?: string } {
  if (prepared?.cause === undefined) return {};
  return { because: prepared.cause.message, code: prepared.cause.code };
}

function touchOf({ engagement, usecase, connection, decision }: Directive, event?: CanonicalEvent): EngagementTouch {
  if (event === undefined) throw new Error(`decision ${decision.id} is on no event of the batch`);
  const { source, subject } = event;
  const [best] = decision.ranking ?? [];
  return {
    workflowid: engagement,
    source,
    subject,
    usecase,
    connection,
    lastscore: decision.score,
    lastband: decision.band,
    ...(best === undefined ? {} : { lastlabel: best.label }),
    lastdecision: decision.id,
    lastsequence: decision.sequence,
  };
}

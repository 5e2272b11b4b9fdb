import type { ActionResult } from '../../../canonical-schema/action';
import type { CanonicalEvent } from '../../../canonical-schema/event';
import type { Sink } from '../../../connectors/contract';
import type { ClauseId } from '../clauses';
import { type Behaviour, intact } from '../reference/connector';

/** Changes every event of the intact normaliser. */
function withEvents(change: (event: CanonicalEvent, index: number) => CanonicalEvent): Partial<Behaviour> {
  return { normalise: async (native, context) => (await intact.normalise(native, context)).map(change) };
}

/** Remembers what it did itself instead of asking the CRM: forgets what it never heard of. */
function fromMemory(sink: Sink): Sink {
  const done = new Map<string, Promise<ActionResult>>();
  const applyOne = async (action: Parameters<Sink['apply']>[0][number], signal: AbortSignal): Promise<ActionResult> => {
    const known = done.get(action.id);
    if (known !== undefined) return { ...(await known), outcome: 'already-applied' } as ActionResult;
    const applying = sink.apply([action], signal).then(([result]) => result as ActionResult);
    done.set(action.id, applying);
    const result = await applying;
    if (result.outcome === 'failed') done.delete(action.id);
    return result;
  };
  return { apply: (actions, signal) => Promise.all(actions.map((action) => applyOne(action, signal))) };
}

/** Tells every caller of a batch the first failure of it. */
function asOne(sink: Sink): Sink {
  return {
    apply: async (actions, signal) => {
      const results = await sink.apply(actions, signal);
      const failed = results.find(({ outcome }) => outcome === 'failed');
      return results.map((result) => (failed === undefined ? result : { ...failed, actionId: result.actionId }));
    },
  };
}

let calls = 0;
const noAbort = new AbortController().signal;
const { properties } = intact.configSchema;

/** The reference connector with one defect, and what the clause must say of it. */
export interface Twin {
  readonly defect: Partial<Behaviour>;
  readonly found: RegExp;
}

/** For every clause a twin with what that clause exists to find. */
export const twins: Readonly<Record<ClauseId, Twin>> = {
  C1: {
    defect: {
      close: (timesBefore) => {
        if (timesBefore > 0) throw new Error('already closed');
      },
    },
    found: /already closed/,
  },
  C2: {
    defect: { deliver: (delivery) => (delivery.position.n === 7 ? [] : [delivery]) },
    found: /the next delivery: not within/,
  },
  C3: { defect: { resumeAt: (saved) => saved + 2 }, found: /the next delivery: not within/ },
  C4: { defect: { resumeAt: (saved, lastRead) => (lastRead ?? saved) + 1 }, found: /an event is lost/ },
  C5: { defect: { credits: () => 1000 }, found: /read ahead of a stalled consumer/ },
  C6: { defect: { onExpired: () => 4 }, found: /Missing expected rejection/ },
  C7: { defect: { afterRenewal: (_from, end) => end }, found: /a token expired and an event is lost/ },
  C8: {
    defect: { deliver: (delivery) => (delivery.kind === 'undecodable' ? [] : [delivery]) },
    found: /the poison event is not in quarantine/,
  },
  C9: { defect: { heeds: () => noAbort }, found: /ending after the abort: not within/ },
  C10: { defect: withEvents((event) => ({ ...event, data: { ...event.data, native: {} } })), found: /update-of-two/ },
  C11: {
    defect: withEvents((event) => ({ ...event, time: new Date(Date.now()).toISOString() })),
    found: /another day, another event/,
  },
  C12: {
    defect: withEvents((event) => ({ ...event, id: `${event.id}-${calls++}` })),
    found: /a redelivered event is another event/,
  },
  C13: {
    defect: { readNatives: (payload) => [payload as ReturnType<Behaviour['readNatives']>[number]] },
    found: /Property failed/,
  },
  C14: {
    defect: { normalise: async (native, context) => (await intact.normalise(native, context)).slice(0, 1) },
    found: /a native about N records gives N events/,
  },
  C15: { defect: { taskOp: 'create' }, found: /"outcome":"applied","nativeId":"t2"/ },
  C16: { defect: { taskOp: 'create', sink: fromMemory }, found: /"outcome":"applied","nativeId":"t2"/ },
  C17: { defect: { expectedVersion: () => undefined }, found: /a write over a newer version was applied/ },
  C18: { defect: { sink: asOne }, found: /contract-batch-0","outcome":"failed"/ },
  C19: { defect: { retryAfterMs: () => undefined }, found: /the delay is not the one the CRM gave/ },
  C20: { defect: { client: 'somebody' }, found: /an own write is not told from others/ },
  C21: {
    defect: { configSchema: { ...intact.configSchema, additionalProperties: true } },
    found: /an unknown key is taken/,
  },
  C22: {
    defect: {
      configSchema: {
        ...intact.configSchema,
        properties: {
          ...(properties as object),
          endpoint: { type: 'string', description: 'Where else the CRM answers.' },
        },
      },
    },
    found: /words that other connectors do not have/,
  },
};

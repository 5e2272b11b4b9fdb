import { Context } from '@temporalio/activity';
import { act } from './act';
import { draft } from './draft';
import type {
  ActInput,
  Acted,
  ConcludeInput,
  Drafted,
  DraftInput,
  ProposalAnswer,
  ProposeInput,
  SettleInput,
} from './engagement-types';
import { unplaced } from './unplaced';
import type { LaneDependencies } from './lane-dependencies';
import { propose } from './propose';
import type { GapFilled, StreamRef } from './subscription-types';

export interface GapOpened extends StreamRef {
  /** Error code, e.g. of the lost position. */
  readonly cause: string;
  readonly message: string;
  readonly policy: 'backfill' | 'halt';
}

export interface GapClosed extends GapFilled {
  readonly tenant: string;
  readonly gap: string;
  /** RFC 3339 UTC */
  readonly at: string;
}

/** Well within the heartbeat timeout of `workflows/options.ts`. */
const heartbeatEveryMs = 2_000;

/** The last event before a lost position may be older than its checkpoint: the window begins this much earlier. */
const windowMarginMs = 5 * 60_000;

/** Does something that may take long, with heartbeats, by which it also hears that it is to end. */
async function alive<T>(work: (activity: Context) => Promise<T>): Promise<T> {
  const activity = Context.current();
  const beat = setInterval(() => {
    activity.heartbeat();
  }, heartbeatEveryMs);
  try {
    return await work(activity);
  } finally {
    clearInterval(beat);
  }
}

/** Steps of engagements and of gaps. Each is idempotent. */
export function engagementActivities(deps: LaneDependencies): {
  act(input: ActInput): Promise<Acted>;
  draft(input: DraftInput): Promise<Drafted>;
  propose(input: ProposeInput): ReturnType<typeof propose>;
  settle(input: SettleInput): Promise<void>;
  answerProposal(answer: ProposalAnswer): Promise<void>;
  conclude(input: ConcludeInput): Promise<void>;
  openGap(gap: GapOpened): Promise<{ readonly gap: string; readonly from: string }>;
  /** `widened`: it stays open, for there is more to be read. */
  closeGap(gap: GapClosed): Promise<'widened' | undefined>;
} {
  return {
    act: (input) =>
      alive(({ info, cancellationSignal: signal }) => {
        const { workflowId = '', runId = '' } = info.workflowExecution ?? {};
        return act(deps, input, { workflowId, runId, attempt: info.attempt, signal });
      }),
    draft: (input) => alive(({ cancellationSignal }) => draft(deps, input, cancellationSignal)),
    propose: (input) => propose(deps, input),
    settle: ({ tenant, id, ...settlement }) => deps.ledger.proposals.settle(tenant, id, settlement),
    answerProposal: ({ tenant, decisionid, ...answer }) => deps.ledger.drafts.answer(tenant, decisionid, answer),
    conclude: async ({ tenant, engagement, label, at, decisionid, eventid }) => {
      if (decisionid === undefined) return;
      const row = await deps.ledger.engagementOfId(tenant, engagement);
      // A decision that was told again begins an engagement anew, which ends at once: how it ended the first time is recorded.
      if (row?.status === 'closed' && row.lastdecision === decisionid) return;
      await deps.ledger.recordOutcome(tenant, {
        engagement,
        decisionid,
        label,
        at,
        ...(eventid === undefined ? {} : { eventid }),
      });
      await deps.ledger.closeEngagement(tenant, engagement, { outcome: label, at, decisionid });
    },
    openGap: async ({ tenant, connection, stream, cause, message, policy }) => {
      const savedAt = await deps.ledger.positionSavedAt({ tenant, connection, stream });
      const since = savedAt === undefined ? deps.now() : Date.parse(savedAt);
      const from = new Date(since - windowMarginMs).toISOString();
      const ref = { tenant, connection, stream };
      const gap = await deps.ledger.gaps.open({ ...ref, cause: `${cause}: ${message}`, from, policy });
      // The lost position is the gap's from here on: one that is found saved later was reached after it.
      await deps.ledger.savePosition(ref, unplaced);
      return { gap, from };
    },
    closeGap: async ({ tenant, gap, ...end }) => {
      const isClosed = await deps.ledger.gaps.close(tenant, gap, { duplicates: 0, ...end });
      return isClosed ? undefined : 'widened';
    },
  };
}

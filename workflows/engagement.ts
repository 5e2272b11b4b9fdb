import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities';
import type { Drafted, Proposal } from '../activities/engagement-types';
import type { Directive, OutcomeLabel, OutcomeSeen } from '../activities/lane-types';
import { drafted, proposalName, proposalOf, withoutProposal } from './drafting';
import { keepsTask, type Made, madeOf, taskOf, withoutTask } from './made';
import { names } from './names';
import { bookkeeping, writeBack } from './options';

const { act } = proxyActivities<Activities>(writeBack);
const { answerProposal, conclude } = proxyLocalActivities<Activities>(bookkeeping);

/** A person's answer to the proposal of a decision, or of the assistant that drafted its task. */
export interface Approved {
  /** The decision's id; of an assistant's proposal the id with `:assistant` behind it. */
  readonly decisionid: string;
  readonly by: string;
  readonly verdict: 'approve' | 'refuse';
  readonly comment?: string;
}

export const decision = defineSignal<[Directive]>(names.decision);
export const outcome = defineSignal<[OutcomeSeen]>(names.outcome);
/** Refused where the decision named awaits no approval. */
export const approve = defineUpdate<undefined, [Approved]>(names.approve);
export const engagementStatus = defineQuery<EngagementState & { readonly awaitsApproval?: string }>(
  names.engagementStatus,
);

/** Carried over to a new run. */
export interface EngagementState extends Made {
  /** The last directive that was acted on. */
  readonly acted?: Directive;
  /** The last decision it was told of, acted on or only proposed: what its end is recorded with. */
  readonly heard?: string;
  /** What the assistant proposed for the decision that was acted on, as long as nobody has answered. */
  readonly proposal?: Proposal;
  readonly approvals: readonly (Approved & { readonly at: string })[];
}

export interface EngagementInput {
  readonly engagement: string;
  readonly tenant: string;
  readonly connection: string;
  readonly subject: string;
  readonly usecase: string;
  readonly state?: EngagementState;
  /** A directive that came while the run before was ending. */
  readonly pending?: Directive;
}

/** How an engagement ended. */
export interface EngagementEnd {
  readonly label: OutcomeLabel;
  readonly because: string;
  readonly taskId?: string;
}

/** What was heard and not dealt with yet. */
interface Inbox {
  directive?: Directive;
  seen?: OutcomeSeen;
  answer?: Approved;
  /** The decision whose proposal awaits an answer. */
  proposed?: string;
  /** The answer to what the assistant proposed. */
  verdict?: Approved & { readonly at: string };
}

/**
 * Owns what Signalbox does about one record for one use case: one task, from its creation through updates to the outcome.
 * A newer decision changes the open task; it never makes a second one.
 */
export async function engagement(input: EngagementInput): Promise<EngagementEnd> {
  const inbox: Inbox = input.pending === undefined ? {} : { directive: input.pending };
  const memory: Memory = { state: input.state ?? { approvals: [] } };
  listen(inbox, memory);
  for (;;) {
    const end = await turn(input, inbox, memory);
    if (end !== undefined) return finish(input, memory.state, end, inbox);
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished() && !isWoken(inbox)) {
      await continueAsNew<typeof engagement>({ ...input, state: memory.state });
    }
  }
}

interface Memory {
  state: EngagementState;
  /** When the engagement ends without an outcome, ms since 1970; absent until it waits for what it has acted on. */
  expiresAt?: number;
}

function listen(inbox: Inbox, memory: Memory): void {
  setHandler(decision, (directive) => {
    if (isNewer(directive, inbox.directive ?? memory.state.acted)) inbox.directive = directive;
  });
  setHandler(outcome, (told) => {
    inbox.seen ??= told;
  });
  setHandler(engagementStatus, () => {
    const awaited = inbox.proposed ?? openProposal(memory.state);
    return { ...memory.state, ...(awaited && { awaitsApproval: awaited }) };
  });
  setHandler(
    approve,
    (answer: Approved) => {
      const told = { ...answer, at: new Date().toISOString() };
      if (answer.decisionid === inbox.proposed) inbox.answer = answer;
      else inbox.verdict = told;
      memory.state = { ...memory.state, approvals: [...memory.state.approvals, told] };
      return undefined;
    },
    {
      validator: ({ decisionid }: Approved) => {
        mustAwait(inbox, memory.state, decisionid);
      },
    },
  );
}

/** Deals with the next thing heard; the engagement's end where it leads to one. */
async function turn(input: EngagementInput, inbox: Inbox, memory: Memory): Promise<End | undefined> {
  const end = await nextEnd(inbox, memory);
  const gone = await answered(input, inbox, memory);
  const { directive } = inbox;
  if (end !== undefined || gone !== undefined || directive === undefined) return end ?? gone;
  delete inbox.directive;
  memory.state = { ...withoutProposal(memory.state), heard: directive.decision.id };
  const draft = await drafted({ ...identity(input), directive });
  const refused = await refusal(inbox, directive);
  if (refused !== undefined) return refused === 'overtaken' ? undefined : refused;
  return follow(input, inbox, memory, directive, draft);
}

/** Acts on a directive that nothing stands against any more. */
async function follow(
  input: EngagementInput,
  inbox: Inbox,
  memory: Memory,
  directive: Directive,
  draft: Drafted | undefined,
): Promise<End | undefined> {
  const before = { ...madeOf(memory.state), ...previousOf(memory.state) };
  const done = await act({ ...identity(input), directive, ...before, ...(draft === undefined ? {} : { draft }) });
  memory.state = {
    ...{ ...memory.state, acted: directive, ...proposalOf(draft) },
    ...madeOf(done),
  };
  delete memory.expiresAt;
  if (done.ended !== undefined) return done.ended;
  if (directive.kind === 'moot' && !isWoken(inbox)) return moot;
  if (!keepsTask(directive)) memory.state = withoutTask(memory.state);
  return undefined;
}

/** Does what the assistant proposed where a person agreed to it. Only that the record is gone ends the engagement. */
async function answered(input: EngagementInput, inbox: Inbox, memory: Memory): Promise<End | undefined> {
  const { verdict: answer } = inbox;
  const { proposal, acted } = memory.state;
  if (answer === undefined || proposal === undefined || acted === undefined) return undefined;
  delete inbox.verdict;
  memory.state = withoutProposal(memory.state);
  await answerProposal({ ...answer, tenant: input.tenant, decisionid: acted.decision.id });
  if (answer.verdict !== 'approve') return undefined;
  const done = await act({ ...identity(input), directive: acted, ...previousOf(memory.state), proposal });
  return done.ended?.label === 'gone' ? done.ended : undefined;
}

type End = Pick<EngagementEnd, 'label' | 'because'>;

const moot: End = { label: 'moot', because: 'the score no longer calls for action' };
const expired: End = { label: 'expired', because: 'nothing happened within the time set' };

/** Waits for something to do; the engagement's end where that is what comes. */
async function nextEnd(inbox: Inbox, memory: Memory): Promise<End | undefined> {
  const isInTime = await heardInTime(inbox, memory);
  if (inbox.seen !== undefined) return { label: inbox.seen.label, because: `told by event ${inbox.seen.eventid}` };
  return isInTime ? undefined : expired;
}

/** Waits as long as what was acted on is in time: an answer to what the assistant proposed gives it no more. */
async function heardInTime(inbox: Inbox, memory: Memory): Promise<boolean> {
  const { acted } = memory.state;
  if (acted === undefined) {
    await condition(() => isWoken(inbox));
    return true;
  }
  memory.expiresAt ??= Date.now() + acted.withinMs;
  return condition(() => isWoken(inbox), Math.max(1, memory.expiresAt - Date.now()));
}

/** Proposes and waits where a person must agree: undefined when approved or not needed, `overtaken` when something newer was heard first. */
async function refusal(inbox: Inbox, directive: Directive): Promise<End | 'overtaken' | undefined> {
  if (!directive.needsApproval) return undefined;
  delete inbox.answer;
  inbox.proposed = directive.decision.id;
  await condition(() => inbox.answer !== undefined || isWoken(inbox), directive.withinMs);
  delete inbox.proposed;
  const answer = answerOf(inbox);
  if (answer?.verdict === 'approve') return undefined;
  if (answer !== undefined) return { label: 'declined', because: answer.comment ?? `refused by ${answer.by}` };
  return isWoken(inbox) ? 'overtaken' : { label: 'declined', because: 'nobody answered within the time set' };
}

async function finish(
  input: EngagementInput,
  state: EngagementState,
  { label, because }: End,
  inbox: Inbox,
): Promise<EngagementEnd> {
  const { seen } = inbox;
  if (leavesTaskOpen(label) && state.taskId !== undefined && state.acted !== undefined) {
    const directive: Directive = { ...state.acted, kind: 'moot' };
    await act({ ...identity(input), directive, taskId: state.taskId, closing: { label, because } });
  }
  await conclude({
    ...identity(input),
    label,
    because,
    at: seen?.at ?? new Date().toISOString(),
    ...(state.heard === undefined ? {} : { decisionid: state.heard }),
    ...(seen === undefined ? {} : { eventid: seen.eventid }),
  });
  await condition(allHandlersFinished);
  // A decision that came meanwhile begins the next engagement: this one's task is done with.
  if (inbox.directive !== undefined)
    await continueAsNew<typeof engagement>({ ...identity(input), pending: inbox.directive });
  return { label, because, ...taskOf(state) };
}

/** Outcomes that come from the record or from time, not from the task itself. */
function leavesTaskOpen(label: OutcomeLabel): boolean {
  return label === 'won' || label === 'lost' || label === 'expired';
}

function isWoken(inbox: Inbox): boolean {
  return inbox.directive !== undefined || inbox.seen !== undefined || inbox.verdict !== undefined;
}

/** A read that the compiler does not foresee: handlers write between two awaits. */
function answerOf(inbox: Inbox): Approved | undefined {
  return inbox.answer;
}

function mustAwait(inbox: Inbox, state: EngagementState, decisionid: string): void {
  const isAnswered = inbox.verdict !== undefined;
  if (inbox.proposed === decisionid || (!isAnswered && openProposal(state) === decisionid)) return;
  throw new Error(`decision ${decisionid} awaits no approval`);
}

/** The name of what the assistant proposed, where that awaits an answer. */
function openProposal({ proposal, acted }: EngagementState): string | undefined {
  return proposal === undefined || acted === undefined ? undefined : proposalName(acted.decision.id);
}

function isNewer(directive: Directive, than: Directive | undefined): boolean {
  return than === undefined || directive.decision.sequence > than.decision.sequence;
}

function identity({
  engagement: id,
  tenant,
  connection,
  subject,
  usecase,
}: EngagementInput): Omit<EngagementInput, 'state' | 'pending'> {
  return { engagement: id, tenant, connection, subject, usecase };
}

function previousOf(state: EngagementState): { readonly previous?: Directive['decision'] } {
  return state.acted === undefined ? {} : { previous: state.acted.decision };
}

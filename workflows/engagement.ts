import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities';
import type { Drafted } from '../activities/engagement-types';
import type { Directive, OutcomeLabel, OutcomeSeen } from '../activities/lane-types';
import { awaited, mustAwait, proposedBeside, refusal, settledBeside } from './approval';
import { drafted, proposalOf, withoutProposal } from './drafting';
import {
  identity,
  isWoken,
  previousOf,
  type Approved,
  type End,
  type EngagementEnd,
  type EngagementInput,
  type EngagementState,
  type Inbox,
  type Memory,
} from './engagement-state';
import { keepsTask, madeOf, taskOf, withoutTask } from './made';
import { names } from './names';
import { nextStepAt, overdueOf, withNextStep } from './overdue';
import { bookkeeping, writeBack } from './options';

const { act } = proxyActivities<Activities>(writeBack);
const { answerProposal, conclude } = proxyLocalActivities<Activities>(bookkeeping);

export const decision = defineSignal<[Directive]>(names.decision);
export const outcome = defineSignal<[OutcomeSeen]>(names.outcome);
/** Refused where the decision named awaits no approval. */
export const approve = defineUpdate<undefined, [Approved]>(names.approve);
export const engagementStatus = defineQuery<EngagementState & { readonly awaitsApproval?: string }>(
  names.engagementStatus,
);

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
    if (end !== undefined) {
      const { state } = memory;
      memory.state = withoutProposal(state);
      return finish(input, state, end, inbox);
    }
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished() && !isWoken(inbox)) {
      await continueAsNew<typeof engagement>({ ...input, state: memory.state });
    }
  }
}

function listen(inbox: Inbox, memory: Memory): void {
  setHandler(decision, (directive) => {
    if (isNewer(directive, inbox.directive ?? memory.state.acted)) inbox.directive = directive;
  });
  setHandler(outcome, (told) => {
    inbox.seen ??= told;
  });
  setHandler(engagementStatus, () => {
    const awaitsApproval = awaited(inbox, memory.state);
    return { ...memory.state, ...(awaitsApproval === undefined ? {} : { awaitsApproval }) };
  });
  setHandler(
    approve,
    (answer: Approved) => {
      const told = { ...answer, at: new Date().toISOString() };
      if (answer.decisionid === inbox.proposed?.decision.id) inbox.answer = told;
      else inbox.verdict = told;
      memory.state = { ...memory.state, approvals: [...memory.state.approvals, told] };
      return undefined;
    },
    {
      validator: (answer: Approved) => {
        mustAwait(inbox, memory.state, answer);
      },
    },
  );
}

/** Deals with the next thing heard; the engagement's end where it leads to one. */
async function turn(input: EngagementInput, inbox: Inbox, memory: Memory): Promise<End | undefined> {
  const heard = await hear(inbox, memory);
  if (heard === 'overdue') return chase(input, memory);
  const end = endOf(heard, inbox);
  const gone = await answered(input, inbox, memory);
  const { directive } = inbox;
  if (end !== undefined || gone !== undefined || directive === undefined) return end ?? gone;
  delete inbox.directive;
  const before = memory.state;
  memory.state = { ...withoutProposal(before), heard: directive.decision.id };
  await settledBeside(input, before, 'overtaken');
  const draft = await drafted({ ...identity(input), directive });
  const refused = await refusal(input, inbox, memory.state, directive, draft);
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
  const before = { ...madeOf(memory.state), ...previousOf(memory.state), ...overdueOf(memory.state) };
  const done = await act({ ...identity(input), directive, ...before, ...(draft === undefined ? {} : { draft }) });
  memory.state = {
    ...{ ...memory.state, acted: directive, ...proposalOf(draft) },
    ...madeOf(done),
    ...(done.taskId === undefined ? {} : { overdue: { since: Date.now(), steps: 0 } }),
  };
  delete memory.expiresAt;
  if (done.ended !== undefined) return done.ended;
  if (directive.kind === 'moot' && !isWoken(inbox)) return moot;
  if (!keepsTask(directive)) memory.state = withoutTask(memory.state);
  await proposedBeside(input, memory.state);
  return undefined;
}

/** Does what the assistant proposed where a person agreed to it. Only that the record is gone ends the engagement. */
async function answered(input: EngagementInput, inbox: Inbox, memory: Memory): Promise<End | undefined> {
  const { verdict: answer } = inbox;
  const { proposal, acted } = memory.state;
  if (answer === undefined || proposal === undefined || acted === undefined) return undefined;
  delete inbox.verdict;
  const before = memory.state;
  memory.state = withoutProposal(before);
  await settledBeside(input, before, answer);
  await answerProposal({ ...answer, tenant: input.tenant, decisionid: acted.decision.id });
  if (answer.verdict !== 'approve') return undefined;
  const done = await act({ ...identity(input), directive: acted, ...previousOf(memory.state), proposal });
  return done.ended?.label === 'gone' ? done.ended : undefined;
}

const moot: End = { label: 'moot', because: 'the score no longer calls for action' };
const expired: End = { label: 'expired', because: 'nothing happened within the time set' };

/** Changes the task as its next step says, because nobody has done it. A refusal of that leaves it as it is. */
async function chase(input: EngagementInput, memory: Memory): Promise<End | undefined> {
  memory.state = withNextStep(memory.state);
  const { acted, overdue } = memory.state;
  if (acted === undefined || overdue === undefined) return undefined;
  const told = {
    ...madeOf(memory.state),
    ...previousOf(memory.state),
    overdue: { steps: overdue.steps, isNow: true },
  } as const;
  const { ended } = await act({ ...identity(input), directive: acted, ...told });
  return ended?.label === 'failed' ? undefined : ended;
}

type Heard = 'something' | 'overdue' | 'nothing';

/** The engagement's end, where what was heard, or that nothing was, is one. */
function endOf(heard: Heard, { seen }: Inbox): End | undefined {
  if (seen !== undefined) return { label: seen.label, because: `told by event ${seen.eventid}` };
  return heard === 'nothing' ? expired : undefined;
}

/** Waits as long as what was acted on is in time: an answer to what the assistant proposed gives it no more. */
async function hear(inbox: Inbox, memory: Memory): Promise<Heard> {
  const { acted } = memory.state;
  if (acted === undefined) {
    await condition(() => isWoken(inbox));
    return 'something';
  }
  memory.expiresAt ??= Date.now() + acted.withinMs;
  const stepAt = nextStepAt(memory.state) ?? Infinity;
  const until = Math.min(memory.expiresAt, stepAt);
  if (await condition(() => isWoken(inbox), Math.max(1, until - Date.now()))) return 'something';
  return stepAt < memory.expiresAt ? 'overdue' : 'nothing';
}

async function finish(
  input: EngagementInput,
  state: EngagementState,
  { label, because }: End,
  inbox: Inbox,
): Promise<EngagementEnd> {
  const { seen } = inbox;
  if (state.taskId !== undefined && state.acted !== undefined && leavesTaskOpen(label, seen)) {
    const directive: Directive = { ...state.acted, kind: 'moot' };
    await act({ ...identity(input), directive, taskId: state.taskId, closing: { label, because } });
  }
  await settledBeside(input, state, 'ended');
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

/** Outcomes that come from the record, from time or from the case, not from the task itself. */
function leavesTaskOpen(label: OutcomeLabel, seen: OutcomeSeen | undefined): boolean {
  if (seen?.of === 'case') return patched('2026-12-01-closed-cases');
  return label === 'won' || label === 'lost' || label === 'expired';
}

function isNewer(directive: Directive, than: Directive | undefined): boolean {
  return than === undefined || directive.decision.sequence > than.decision.sequence;
}

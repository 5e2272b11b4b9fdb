import { condition, patched, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities';
import type { ActInput, Drafted } from '../activities/engagement-types';
import type { Directive } from '../activities/lane-types';
import { proposalName } from './drafting';
import {
  identity,
  isWoken,
  previousOf,
  type Approved,
  type End,
  type EngagementInput,
  type EngagementState,
  type Inbox,
  type Told,
} from './engagement-state';
import { madeOf } from './made';
import { bookkeeping } from './options';

const { propose, settle } = proxyLocalActivities<Activities>(bookkeeping);

/** What waits for a person is in the ledger, and so is what became of it. */
const isKept = (): boolean => patched('2026-11-30-proposals');

type Settlement = Pick<Parameters<Activities['settle']>[0], 'status' | 'by' | 'reason'>;

/** Proposes and waits where a person must agree: undefined when approved or not needed, `overtaken` when something newer was heard first. */
export async function refusal(
  input: EngagementInput,
  inbox: Inbox,
  state: EngagementState,
  directive: Directive,
  draft: Drafted | undefined,
): Promise<End | 'overtaken' | undefined> {
  if (!directive.needsApproval) return undefined;
  const { id } = directive.decision;
  delete inbox.answer;
  inbox.proposed = directive;
  const drafted = draft === undefined ? {} : { draft };
  const status = await proposed(id, {
    ...identity(input),
    directive,
    ...madeOf(state),
    ...previousOf(state),
    ...drafted,
  });
  if (status !== 'waiting') {
    delete inbox.proposed;
    return { label: 'moot', because: 'this very decision was answered before' };
  }
  await condition(() => inbox.answer !== undefined || isWoken(inbox), directive.withinMs);
  delete inbox.proposed;
  const answer = answerOf(inbox);
  await settled(input.tenant, id, settlementOf(answer, inbox));
  if (answer?.verdict === 'approve') return undefined;
  if (answer !== undefined) return { label: 'declined', because: answer.comment ?? `refused by ${answer.by}` };
  return isWoken(inbox) ? 'overtaken' : { label: 'declined', because: 'nobody answered within the time set' };
}

/** Keeps what an assistant proposes beside the task: it waits as long as the task is in time. */
export async function proposedBeside(input: EngagementInput, state: EngagementState): Promise<void> {
  const { proposal, acted } = state;
  if (proposal === undefined || acted === undefined) return;
  await proposed(proposalName(acted.decision.id), {
    ...identity(input),
    directive: acted,
    ...previousOf(state),
    proposal,
  });
}

/** Says that what an assistant proposed waits no longer, where it still did. */
export async function settledBeside(
  { tenant }: EngagementInput,
  state: EngagementState,
  how: 'overtaken' | 'ended' | Told,
): Promise<void> {
  const name = openProposal(state);
  if (name === undefined) return;
  await settled(tenant, name, typeof how === 'string' ? { status: how } : answered(how));
}

async function proposed(id: string, input: ActInput): Promise<Awaited<ReturnType<Activities['propose']>>> {
  if (!isKept()) return 'waiting';
  const now = Date.now();
  const since = new Date(now).toISOString();
  return propose({ ...input, id, since, until: new Date(now + input.directive.withinMs).toISOString() });
}

async function settled(tenant: string, id: string, settlement: Settlement): Promise<void> {
  if (isKept()) await settle({ tenant, id, ...settlement, at: new Date().toISOString() });
}

function settlementOf(answer: Told | undefined, inbox: Inbox): Settlement {
  if (answer !== undefined) return answered(answer);
  if (inbox.directive !== undefined) return { status: 'overtaken' };
  return { status: isWoken(inbox) ? 'ended' : 'expired' };
}

function answered({ verdict, by, comment }: Approved): Settlement {
  const status = verdict === 'approve' ? 'approved' : 'declined';
  return { status, by, ...(comment === undefined ? {} : { reason: comment }) };
}

/** A read that the compiler does not foresee: handlers write between two awaits. */
function answerOf(inbox: Inbox): Told | undefined {
  return inbox.answer;
}

/** The directive that an answer is about. Throws where that awaits none, or none of this person. */
export function mustAwait(inbox: Inbox, state: EngagementState, { decisionid, by }: Approved): void {
  const { proposed: waiting, answer, verdict } = inbox;
  const isProposed = waiting?.decision.id === decisionid && answer === undefined;
  const isBeside = verdict === undefined && openProposal(state) === decisionid;
  if (!isProposed && !isBeside) throw new Error(`decision ${decisionid} awaits no approval`);
  const { approvers } = (isProposed ? waiting : state.acted) ?? {};
  if (approvers === undefined || approvers.includes(by)) return;
  throw new Error(`${by} may not answer for this use case: ${approvers.join(', ')} may`);
}

/** The name of what awaits an answer. */
export function awaited(inbox: Inbox, state: EngagementState): string | undefined {
  return inbox.proposed?.decision.id ?? openProposal(state);
}

/** The name of what the assistant proposed, where that awaits an answer. */
function openProposal({ proposal, acted }: EngagementState): string | undefined {
  return proposal === undefined || acted === undefined ? undefined : proposalName(acted.decision.id);
}

import type { Proposal } from '../activities/engagement-types';
import type { Directive, OutcomeLabel, OutcomeSeen } from '../activities/lane-types';
import type { Made } from './made';

/** A person's answer to the proposal of a decision, or of the assistant that drafted its task. */
export interface Approved {
  /** The decision's id; of an assistant's proposal the id with `:assistant` behind it. */
  readonly decisionid: string;
  readonly by: string;
  readonly verdict: 'approve' | 'refuse';
  readonly comment?: string;
}

/** An answer with the workflow's time, RFC 3339 UTC. */
export type Told = Approved & { readonly at: string };

/** Carried over to a new run. */
export interface EngagementState extends Made {
  /** The last directive that was acted on. */
  readonly acted?: Directive;
  /** The last decision it was told of, acted on or only proposed: what its end is recorded with. */
  readonly heard?: string;
  /** What the assistant proposed for the decision that was acted on, as long as nobody has answered. */
  readonly proposal?: Proposal;
  readonly approvals: readonly Told[];
  /** Since when the task has been there, ms since 1970, and how many of its steps have come because nobody did it. */
  readonly overdue?: { readonly since: number; readonly steps: number };
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

export type End = Pick<EngagementEnd, 'label' | 'because'>;

/** What was heard and not dealt with yet. */
export interface Inbox {
  directive?: Directive;
  seen?: OutcomeSeen;
  answer?: Told;
  /** What awaits an answer before it is acted on. */
  proposed?: Directive;
  /** The answer to what the assistant proposed. */
  verdict?: Told;
}

/** What a run knows. */
export interface Memory {
  state: EngagementState;
  /** When the engagement ends without an outcome, ms since 1970; absent until it waits for what it has acted on. */
  expiresAt?: number;
}

export function isWoken(inbox: Inbox): boolean {
  return inbox.directive !== undefined || inbox.seen !== undefined || inbox.verdict !== undefined;
}

export function identity({
  engagement: id,
  tenant,
  connection,
  subject,
  usecase,
}: EngagementInput): Omit<EngagementInput, 'state' | 'pending'> {
  return { engagement: id, tenant, connection, subject, usecase };
}

export function previousOf(state: EngagementState): { readonly previous?: Directive['decision'] } {
  return state.acted === undefined ? {} : { previous: state.acted.decision };
}

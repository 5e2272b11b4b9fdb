import type { Action } from '../canonical-schema/action';
import type { Decision, Reason } from '../canonical-schema/decision';
import type { RecordOf } from '../canonical-schema/identity';

/** What became of a proposal, once it no longer waits. `ended`: the engagement ended, so nothing is left to be agreed to. */
export type Settled = 'approved' | 'declined' | 'overtaken' | 'expired' | 'ended';

/** What waits, or waited, for a person before the CRM is changed. */
export interface ProposalRow extends RecordOf {
  /** The decision's id; of what an assistant proposed, with `:assistant` behind it. */
  readonly id: string;
  readonly decisionid: string;
  /** The engagement's id. */
  readonly engagement: string;
  readonly usecase: string;
  readonly connection: string;
  /** Kind of the CRM that would be written to. */
  readonly connector?: string;
  /** Probability, 0..1. */
  readonly score?: number;
  readonly band?: string;
  readonly ranking?: Decision['ranking'];
  readonly reasons: readonly Reason[];
  /** What would be written, as it was when it was proposed. */
  readonly actions: readonly Action[];
  /** Names that may answer; absent: any. */
  readonly approvers?: readonly string[];
  /** RFC 3339 UTC, as all times here. */
  readonly since: string;
  /** Without an answer by then it is not done. */
  readonly until: string;
  readonly status: 'waiting' | Settled;
  /** The person who answered, as named. */
  readonly by?: string;
  readonly reason?: string;
  readonly answeredat?: string;
  /** When the person's data were erased from it. */
  readonly erasedat?: string;
}

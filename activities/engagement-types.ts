import type { Settlement } from '../ledger/ledger';
import type { DecisionDigest, Directive, OutcomeLabel } from './lane-types';
import type { SetTemplate } from '../tenants/act-template';

interface EngagementIdentity {
  readonly engagement: string;
  readonly tenant: string;
  readonly connection: string;
  /** `<entity>/<crm id>` */
  readonly subject: string;
  readonly usecase: string;
}

/** One turn of an engagement: create or change the task and set the fields, or close the task. */
export interface ActInput extends EngagementIdentity {
  readonly directive: Directive;
  /** The CRM's id of the open task. */
  readonly taskId?: string;
  /** The CRM's id of the case that this engagement has opened. */
  readonly caseId?: string;
  /** How many steps of the open task have come because nobody did it. `isNow`: the last of them is told, and nothing else. */
  readonly overdue?: { readonly steps: number; readonly isNow?: true };
  /** The decision that the task tells now. */
  readonly previous?: DecisionDigest;
  /** What the task says, where an assistant was asked for it. */
  readonly draft?: Drafted;
  /** What an assistant proposed and a person agreed to: this is done, and nothing else. */
  readonly proposal?: Proposal;
  /** Why the task is closed, where the engagement ends for another reason than the score. */
  readonly closing?: { readonly label: OutcomeLabel; readonly because: string };
}

/** What an assistant is asked for: the texts of one task. */
export interface DraftInput extends EngagementIdentity {
  readonly directive: Directive;
}

/** What came of it. The texts are in the ledger, for they have personal data; `digest` says which. */
export type Drafted =
  | {
      readonly outcome: 'drafted';
      /** sha256 (hex) of the texts. */
      readonly digest: string;
      readonly proposal?: Proposal;
    }
  | {
      readonly outcome: 'template';
      readonly code: string;
      readonly message: string;
      /** Nothing of it is in the ledger yet. */
      readonly isLost?: boolean;
    };

/** Something beyond the task that the use case allows elsewhere: field and value are the tenant's own. */
export interface Proposal {
  /** In words. */
  readonly does: string;
  readonly template: SetTemplate;
}

/** What a person is asked: `directive` before it is acted on, or the `proposal` of an assistant. */
export interface ProposeInput extends ActInput {
  /** The name under which it is answered. */
  readonly id: string;
  /** RFC 3339 UTC */
  readonly since: string;
  readonly until: string;
}

/** Why a proposal waits no longer. */
export interface SettleInput extends Settlement {
  readonly tenant: string;
  readonly id: string;
}

/** A person's answer to a proposal. */
export interface ProposalAnswer {
  readonly tenant: string;
  readonly decisionid: string;
  readonly by: string;
  readonly verdict: 'approve' | 'refuse';
  readonly comment?: string;
  /** RFC 3339 UTC */
  readonly at: string;
}

/** What acting led to. */
export interface Acted {
  readonly taskId?: string;
  /** Of a case that was opened. */
  readonly caseId?: string;
  /** The CRM refused for good, or the task or record is gone: the engagement is over. */
  readonly ended?: { readonly label: OutcomeLabel; readonly because: string };
}

export interface ConcludeInput extends EngagementIdentity {
  readonly label: OutcomeLabel;
  readonly because: string;
  /** RFC 3339 UTC */
  readonly at: string;
  /** The last decision it was told of; a newer one in the ledger keeps the engagement open. */
  readonly decisionid?: string;
  /** The event that told the outcome. */
  readonly eventid?: string;
}

import type { DecisionDigest, Directive, OutcomeLabel } from './lane-types';

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
  /** The decision that the task tells now. */
  readonly previous?: DecisionDigest;
  /** Why the task is closed, where the engagement ends for another reason than the score. */
  readonly closing?: { readonly label: OutcomeLabel; readonly because: string };
}

/** What acting led to. */
export interface Acted {
  readonly taskId?: string;
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

import type { Decision, Reason } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import type { Band } from '../tenants/tenant';
import type { ActTemplate, Approval } from '../tenants/act-template';

/** Events of one partition, in the broker's order. */
export interface LaneBatch {
  readonly tenant: string;
  /** Made by the dispatcher, one per hand-off: tells a repeated step of this batch from a redelivered event. */
  readonly batchid: string;
  readonly events: readonly CanonicalEvent[];
}

/** Names a batch whose events the process has in view since `context`. */
export type BatchRef = Pick<LaneBatch, 'tenant' | 'batchid'>;

/** Failure type of a step whose batch another process has in view: the lane begins the batch anew. */
export type NotInView = 'SBX_BATCH_NOT_IN_VIEW';

/** What a score rests on. Recorded with its decision, and kept out of the lane's history, which it would fill. */
export type Evidence = Pick<Decision, 'contributions' | 'intercept' | 'features' | 'relatedFrom'>;

/** A decision without its evidence: what a lane needs of it. */
export type DecisionCore = Omit<Decision, keyof Evidence>;

/** What became of an event. `parked` ones go to the parking queue, all others are acknowledged for good. */
export type EventStatus = 'decided' | 'ignored' | 'echo' | 'duplicate' | 'parked';

export interface Cause {
  readonly code: string;
  readonly message: string;
}

/** The outcome of an engagement as an event tells it. */
export interface OutcomeSeen {
  readonly engagement: string;
  readonly label: OutcomeLabel;
  readonly eventid: string;
  /** RFC 3339 UTC, the CRM's time. */
  readonly at: string;
  /** The event is of the case that was opened; absent: of the task or of the record. */
  readonly of?: 'case';
}

/**
 * `won`, `lost`: by the tenant's expressions; `completed`: a person completed the task or closed the case; `removed`: a person
 * deleted one of them; `gone`: the record was deleted; `moot`: the score no longer calls for action; `expired`: nothing happened within the time
 * the tenant set; `declined`: approval was refused; `failed`: the CRM refused the action for good.
 */
export type OutcomeLabel =
  'won' | 'lost' | 'completed' | 'removed' | 'gone' | 'moot' | 'expired' | 'declined' | 'failed';

/** One event after its context was read. */
export interface PreparedEvent {
  readonly eventid: string;
  readonly subject: string;
  readonly status: EventStatus;
  readonly cause?: Cause;
  /** Use cases that ask for a score of this event. */
  readonly usecases: readonly string[];
  readonly outcomes: readonly OutcomeSeen[];
  /** The place of the record's state after the event; compares as text with that of any other event of the record. */
  readonly order?: string;
  /** The record's amount of money, where a person's approval hangs on it. */
  readonly amount?: number;
}

/** The state of an open engagement that policy needs. */
export interface EngagementView {
  readonly id: string;
  /** The decision it was last told of. */
  readonly decision: string;
  readonly score?: number;
  readonly band?: string;
  /** The class of a model with several. */
  readonly label?: string;
}

/** A use case as it is applied to this batch: plain data, so that the workflow's history tells the policy it followed. */
export interface PolicyView {
  readonly usecase: string;
  readonly connection: string;
  /** Highest first; the first whose `from` is not above the score. */
  readonly bands: readonly Band[];
  readonly act: Readonly<Record<string, readonly ActTemplate[]>>;
  readonly approval: Approval;
  /** Who may answer; absent: anybody. */
  readonly approvers?: readonly string[];
  /** An open engagement is told of a score of the same band only if it moved at least this much. */
  readonly materialChange: number;
  /** ms after which an engagement without an outcome ends. */
  readonly withinMs: number;
  /** What was acted on is not undone by a later score: an ordinary hour does not make the one before it ordinary. */
  readonly staysOpen?: true;
  /** sha256 of the use case's configuration. */
  readonly digest: string;
}

export interface LaneContext {
  readonly events: readonly PreparedEvent[];
  /**
   * Decisions that the ledger holds about events of this batch: it was recorded by an earlier try, or they were delivered
   * before. What such a decision told its engagement is told again, because nobody knows whether it arrived.
   */
  readonly earlier?: readonly DecisionCore[];
  readonly policies: Readonly<Record<string, PolicyView>>;
  /** Open engagements by `<subject> <use case>`. */
  readonly engagements: Readonly<Record<string, EngagementView>>;
}

/** One inference to make. */
export interface InferenceRequest {
  readonly eventid: string;
  readonly usecase: string;
}

/** One inference, in the order of the requests. `abstained` says why there is no score. */
export interface Inference {
  readonly score?: number;
  readonly ranking?: Decision['ranking'];
  readonly abstained?: string;
  readonly reasons: readonly Reason[];
  readonly related?: NonNullable<Decision['related']>;
  readonly propensity?: number;
  readonly model?: NonNullable<Decision['model']>;
}

/** What an engagement is told. */
export interface Directive {
  readonly kind: 'act' | 'moot';
  readonly engagement: string;
  readonly tenant: string;
  readonly connection: string;
  readonly subject: string;
  readonly usecase: string;
  readonly templates: readonly ActTemplate[];
  /** A person must agree first. */
  readonly needsApproval: boolean;
  /** Names that may agree; absent: any. */
  readonly approvers?: readonly string[];
  readonly withinMs: number;
  readonly decision: DecisionDigest;
}

/** What an engagement needs of a decision; the whole one is in the ledger. */
export interface DecisionDigest {
  readonly id: string;
  readonly sequence: string;
  readonly score: number;
  readonly band: string;
  readonly ranking?: Decision['ranking'];
  readonly reasons: readonly Reason[];
  readonly related?: NonNullable<Decision['related']>;
  readonly model: string;
  readonly decidedat: string;
}

/** The answer of a lane to the dispatcher. */
export interface BatchOutcome {
  readonly decided: number;
  readonly duplicates: number;
  readonly parked: readonly { readonly eventid: string; readonly cause: Cause }[];
}

/** What a batch led to, to be written at once. */
export interface RecordInput extends BatchRef {
  readonly run: { readonly workflowId: string; readonly runId: string };
  readonly prepared: readonly PreparedEvent[];
  readonly decisions: readonly DecisionCore[];
  readonly directives: readonly Directive[];
}

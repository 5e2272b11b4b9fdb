import type { EntityName } from '../canonical-schema/entity';
import type { TaskPriority } from '../canonical-schema/action';
import type { Mapping } from '../connectors/contract';
import type { Assistant } from './assistant';
import type { CompiledExpression } from './expression';
import type { Identity } from './identity';
import type { RelatedValue } from './related';

/** One tenant's file, checked: every name in it is known, every secret is resolved, every default is filled in. */
export interface Tenant {
  /** The tenant's name: part of queues, workflow ids and event sources. */
  readonly tenant: string;
  /** Where it was read from. */
  readonly file: string;
  /** Queues and lanes of the tenant; a record always falls into the same one. */
  readonly partitions: number;
  /** By name. */
  readonly connections: Readonly<Record<string, TenantConnection>>;
  /** By name. */
  readonly useCases: Readonly<Record<string, UseCase>>;
  readonly retention: Retention;
  /** Absent: no record is known to be the same customer's as another. */
  readonly identity?: Identity;
  /** Absent: texts are the templates' own. */
  readonly assistant?: Assistant;
}

/** How long the ledger keeps what it knows, in milliseconds. */
export interface Retention {
  readonly events: number;
  readonly decisions: number;
}

/** One CRM organisation of the tenant. */
export interface TenantConnection {
  readonly name: string;
  /** The connector's name in the registry. */
  readonly connector: string;
  /** Valid against the connector's `configSchema`, secrets resolved: never print or log it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The native streams to subscribe to. */
  readonly streams: readonly string[];
  /** Where a stream begins that has no saved position. */
  readonly start: 'latest' | 'earliest' | 'snapshot';
  /** What happens when events may be missing: read them again by query, or stop and wait for a person. */
  readonly onGap: 'backfill' | 'halt';
  /** Milliseconds between two reconciliations; absent where the connector has none, or the file says off. */
  readonly reconcile?: number;
  /** Events of one stream that are read but not yet confirmed by the broker, at most. */
  readonly maxInFlight: number;
  /** On top of the connector's built-in mapping. */
  readonly mapping: Mapping;
}

/** A band of scores: from `from` (inclusive, a probability) up to the next higher band. */
export interface Band {
  readonly name: string;
  readonly from: number;
}

/** A task for a person. `subject` and `body` are templates. */
export interface TaskTemplate {
  readonly kind: 'task';
  readonly subject: string;
  readonly body?: string;
  /** Milliseconds from the decision to the due time. */
  readonly due?: number;
  readonly priority: TaskPriority;
  /** `owner` (of the record) or the CRM's id of a user or queue. */
  readonly assignTo?: string;
  /** The assistant drafts the texts, within so many milliseconds. Absent: they are the template's. */
  readonly draft?: { readonly withinMs: number };
}

/** A case about the record, opened once as long as the engagement lasts. `subject` and `body` are templates. */
export interface CaseTemplate {
  readonly kind: 'case';
  readonly subject: string;
  readonly body?: string;
  readonly priority: TaskPriority;
  /** The CRM's own type of case. */
  readonly type?: string;
  /** The CRM's id of a team. */
  readonly team?: string;
  /** `owner` (of the record) or the CRM's id of a person. */
  readonly assignTo?: string;
}

/** A note at the record, for whoever opens it next. `title` and `text` are templates. */
export interface NoteTemplate {
  readonly kind: 'note';
  readonly title: string;
  readonly text?: string;
}

/** A field of the record, under its native name. A text value is a template; null empties the field. */
export interface SetTemplate {
  readonly kind: 'set';
  readonly field: string;
  readonly value: string | number | boolean | null;
}

interface Routing {
  readonly kind: 'route';
  /** The CRM's id of a user, team or queue, by class. */
  readonly to: Readonly<Record<string, string>>;
  /** For a class that is not in `to`. Absent: the record stays with whom it is. */
  readonly otherwise?: string;
}

/** Who owns the record, by the class that the model has chosen. */
export interface OwnerRoute extends Routing {
  /** The owner's field, under its native name. */
  readonly field: string;
}

/** Which queue the record waits in, by that class: for CRMs whose queues are no owners. */
export interface QueueRoute extends Routing {
  readonly queue: true;
}

export type RouteTemplate = OwnerRoute | QueueRoute;

/** What a band calls for. */
export type ActTemplate = TaskTemplate | CaseTemplate | NoteTemplate | SetTemplate | RouteTemplate;

/** Who must say yes before anything is written: nobody, a person always, or a person when the record's amount is above. */
export type Approval = 'none' | 'required' | { readonly above: number };

/** When an engagement is over, and as what. */
export interface OutcomeRule {
  readonly won?: CompiledExpression;
  readonly lost?: CompiledExpression;
  /** Milliseconds from the last decision that was acted on; with no outcome by then the engagement ends as `expired`. */
  readonly within: number;
}

/** How an engagement may end: the labels that outcomes are recorded with. */
export type OutcomeName =
  'won' | 'lost' | 'completed' | 'removed' | 'gone' | 'moot' | 'expired' | 'declined' | 'failed';

/** How a use case learns from what became of its decisions. */
export interface LearningRule {
  /** Outcomes that say that what the score is the probability of has happened, and that it has not. All others say nothing. */
  readonly yes: readonly OutcomeName[];
  readonly no: readonly OutcomeName[];
  /** Whether an outcome counts before `outcome.within` is over. */
  readonly early: boolean;
  /** Newest decisions with a label that are trained on, at most. */
  readonly window: number;
  /** Milliseconds in shadow, and for a person's answer, at most. */
  readonly shadow: number;
  readonly answer: number;
  /** Milliseconds between two looks; each one trains, or only where drift is seen, or none (`watch`: an alarm is told). Absent: only when a person asks. */
  readonly schedule?: { readonly every: number; readonly when: 'drift' | 'always' | 'watch' };
}

/** One question that a model answers about a kind of record, and what follows from the answer. */
export interface UseCase {
  readonly name: string;
  /** Name of the connection whose events are scored and which is written to. */
  readonly connection: string;
  readonly model: string;
  /** Models that score in shadow: names, or absolute paths of model folders. */
  readonly challengers: readonly string[];
  /** The entity whose events are scored. */
  readonly entity: EntityName;
  /** Absent: every event of the entity. */
  readonly when?: CompiledExpression;
  /** High to low. */
  readonly bands: readonly Band[];
  /** By band. A band without an entry only records. */
  readonly act: Readonly<Record<string, readonly ActTemplate[]>>;
  readonly approval: Approval;
  /** Names of those who may answer what is proposed; absent: anybody. */
  readonly approvers?: readonly string[];
  readonly outcome?: OutcomeRule;
  /** What is asked of the customer's other records. */
  readonly related?: readonly RelatedValue[];
  /** A score that moved less than this inside its band changes nothing. */
  readonly materialChange: number;
  readonly learning: LearningRule;
  /** sha256 (hex) of the canonical JSON of the use case as it applies, defaults included. */
  readonly policy: string;
}

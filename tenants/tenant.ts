import type { EntityName } from '../canonical-schema/entity';
import type { Mapping } from '../connectors/contract';
import type { ActTemplate, Approval } from './act-template';
import type { Assistant } from './assistant';
import type { TenantCalendar } from './calendar';
import type { CompiledExpression } from './expression';
import type { Identity } from './identity';
import type { LearningRule } from './learning';
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
  /** Absent: UTC, without holidays; times that a record tells with another offset are as written. */
  readonly calendar?: TenantCalendar;
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

/** When an engagement is over, and as what. */
export interface OutcomeRule {
  readonly won?: CompiledExpression;
  readonly lost?: CompiledExpression;
  /** Milliseconds from the last decision that was acted on; with no outcome by then the engagement ends as `expired`. */
  readonly within: number;
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

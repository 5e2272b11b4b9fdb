import type { CanonicalEvent } from '../../canonical-schema/event';
import type { AnyConnector, Connection, Inbox, NormaliseContext } from '../../connectors/contract';

/** One native event with what must come of it: `connectors/<name>/fixtures/<what>.golden.json`. */
export interface Golden {
  readonly name: string;
  readonly native: unknown;
  readonly context: NormaliseContext;
  readonly expected: readonly CanonicalEvent[];
}

/** A CRM under the suite's hands, started for one clause and empty at first. */
export interface Crm {
  /** Valid against the connector's `configSchema`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The native stream that tells what `write` does. */
  readonly stream: string;
  /** A native field of the records that `write` makes, which a sink may set to a text. */
  readonly settableField: string;
  /** As a person in the CRM: creates the record of this number, or changes it, so that the event carries the mark. */
  write(record: number, mark: string): Promise<WrittenRecord>;
  /** The mark that an event carries; undefined for events that `write` did not cause. */
  markOf(event: CanonicalEvent): string | undefined;
  /** The record's version, as `SetFields.expectedVersion` has it. */
  versionOf(id: string): Promise<string>;
  /** How many tasks the CRM holds under the action's id. */
  tasksOf(actionId: string): Promise<number>;
  /** How many notes it holds under the action's id. Only where the connector accepts notes. */
  readonly notesOf?: (actionId: string) => Promise<number>;
  /** How many cases it holds under the action's id. Only where the connector accepts to open cases. */
  readonly casesOf?: (actionId: string) => Promise<number>;
  /** How many events the CRM has handed out on streams so far. */
  handedOut(): Promise<number>;
  /** Only where the CRM pushes: outlives connections, as the ledger's does. */
  readonly inbox?: Inbox;
  /** Only where the CRM pushes over HTTP: the receiver of the connection opened last answers. */
  readonly opened?: (connection: Connection<unknown>) => void;
  readonly faults: CrmFaults;
  stop(): Promise<void>;
}

export interface WrittenRecord {
  /** The canonical entity. */
  readonly entity: string;
  /** The CRM's id. */
  readonly id: string;
}

export interface CrmFaults {
  /** Every position handed out so far leaves the CRM's retention. */
  expirePositions(): Promise<void>;
  /** Every access token in use becomes invalid, and open streams end for it. */
  expireTokens(): Promise<void>;
  /** Puts an event that cannot be decoded on the stream. */
  poison(): Promise<void>;
  /** The next write is committed, and its answer lost. */
  loseNextAnswer(): Promise<void>;
  /** The next write is refused with the server's own delay. */
  refuseNextWrite(retryAfterSeconds: number): Promise<void>;
}

/** Natives of the kinds that connectors forget. Absent where the CRM has no such thing. */
export interface SpecialNatives {
  /** One native about several records. */
  readonly multiRecord?: { readonly native: unknown; readonly records: number };
  /** Says that something changed but not what. */
  readonly gap?: unknown;
  /** Says that anything of an entity may have changed. */
  readonly wildcard?: unknown;
}

/** What the suite must know to examine one connector. */
export interface ContractSubject {
  readonly connector: AnyConnector;
  /** Which of the connector's ways to hear its CRM; absent for its usual one. */
  readonly binding?: string;
  readonly start: () => Promise<Crm>;
  /** Further ways in which the connector can hear the CRM, by name: the clauses of a source are asked of each. */
  readonly transports?: Readonly<Record<string, () => Promise<Crm>>>;
  readonly goldens: readonly Golden[];
  readonly special: SpecialNatives;
  /** What `readNatives` takes: seeds of the payloads that C13 makes up. */
  readonly payloads: readonly unknown[];
  /** Configuration examples of the connector's README; secrets may be references. */
  readonly readmeExamples: readonly unknown[];
  /** Configuration words that only this connector has, each with the reason. */
  readonly ownWords: Readonly<Record<string, string>>;
}

/** One clause of docs/spec/connector.md, ready to be asked of any connector. */
export interface Clause {
  readonly title: string;
  /** Throws where the connector does not keep the clause. */
  readonly check: (subject: ContractSubject) => Promise<void>;
}

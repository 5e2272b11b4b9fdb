import type { Action, ActionKind, ActionResult } from '../canonical-schema/action';
import type { CanonicalEvent } from '../canonical-schema/event';

/** A JSON Schema 2020-12 document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A place in a native stream. JSON, versioned by `v`, opaque outside the connector that made it. */
export interface Position {
  readonly v: number;
  readonly [key: string]: unknown;
}

/** Where a subscription begins. A saved position always wins over the tenant's `start`. */
export type Start =
  { readonly from: 'earliest' | 'latest' } | { readonly from: 'position'; readonly position: Position };

/**
 * What a source hands over. Resuming at `position` yields what comes after it, never this again.
 * - `event`: a decoded native event.
 * - `undecodable`: bytes that could not be decoded; the pump quarantines them and goes on.
 * - `keepalive`: nothing happened, but the position moved: saved once everything before it is safe.
 */
export type Delivery<N> =
  | { readonly kind: 'event'; readonly native: N; readonly position: Position }
  | {
      readonly kind: 'undecodable';
      readonly bytes: Uint8Array;
      readonly code: string;
      readonly message: string;
      readonly position: Position;
    }
  | { readonly kind: 'keepalive'; readonly position: Position };

export interface SubscribeOptions {
  readonly start: Start;
  /** At most this many events are read ahead of the consumer (credits on the wire, never a growing buffer). */
  readonly maxInFlight: number;
  readonly signal: AbortSignal;
}

/** Hears one CRM. */
export interface Source<N> {
  /**
   * Pull-driven: nothing is read ahead beyond `maxInFlight`. Ends within 1 s of the signal's abort, without an error.
   * Throws PositionExpired rather than skip, Retryable when the stream broke or fell silent, Permanent when asking again
   * is of no use. Renews credentials by itself; reconnecting is the caller's work.
   */
  subscribe(stream: string, options: SubscribeOptions): AsyncIterable<Delivery<N>>;
  /** Called after broker confirm and saved checkpoint, in order. Idempotent; does nothing where the CRM has no acknowledgement. */
  ack(stream: string, position: Position): Promise<void>;
}

/** Reads whole records: hydration, backfill, snapshots. Natives are such as `normalise` takes, giving `observed` events. */
export interface Reader<N> {
  /** Records by native type and id. A record that is gone is absent from the answer. Throws Retryable or Permanent. */
  read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly N[]>;
  /**
   * Records that a stream would have told about, changed in [from, to), each once, deleted ones included as deletions: oldest
   * first, or in the CRM's own order where it hands out large results by a job.
   * Pages by (modification time, id), so records of one instant are neither skipped nor repeated.
   */
  changed(stream: string, from: string, to: string, signal: AbortSignal): AsyncIterable<N>;
  /**
   * Only where the CRM keeps track of changes by itself. What of a stream's records changed since the token, each once in its
   * present state, deleted ones as deletions; last of all one token for the next time. Without a token nothing but that token.
   * Throws PositionExpired before anything is told where the CRM no longer knows the token, Retryable or Permanent as `read`.
   */
  tracked?(stream: string, token: Position | undefined, signal: AbortSignal): AsyncIterable<Tracked<N>>;
  /** Beside `tracked`: the records that a stream tells of, by type and how their ids begin. Told without asking the CRM. */
  holds?(stream: string): { readonly nativeType: string; readonly idPrefix: string };
  /**
   * Beside `tracked`: which of these records of the stream the CRM no longer has, each as a deletion found now. One that it has and
   * does not show to this connection is not among them. Throws as `read`.
   */
  gone?(stream: string, ids: readonly string[], signal: AbortSignal): Promise<readonly N[]>;
}

/** What a reader tells of tracked changes. */
export type Tracked<N> =
  { readonly kind: 'change'; readonly native: N } | { readonly kind: 'token'; readonly token: Position };

/** Writes to one CRM. */
export interface Sink {
  /**
   * At most one effect per action id, however often and however concurrently called. Answers for each action, in order.
   * Does not throw for what the CRM answered; rejects only when aborted.
   */
  apply(actions: readonly Action[], signal: AbortSignal): Promise<readonly ActionResult[]>;
}

/** One finding of a connection's check. What is not well says why it matters and what mends it: a command or the set-up page. */
export type Finding =
  | { readonly level: 'ok'; readonly what: string; readonly why?: string; readonly fix?: string }
  | { readonly level: 'warning' | 'error'; readonly what: string; readonly why: string; readonly fix: string };

/** An HTTP request that a CRM sent to a connection. */
export interface InboundRequest {
  readonly method: string;
  /** What follows the connection's own address `/in/<tenant>/<connection>`: empty or with a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface InboundReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Hears CRMs that push: proves who is calling, keeps what they said in the inbox, and only then answers. */
export interface Receiver {
  /** Answers refusals (401, 400, 413, ...) itself. Throws Retryable where nothing can be kept now: told as 503 with Retry-After. */
  receive(request: InboundRequest): Promise<InboundReply>;
}

/** What was pushed and is kept. */
export interface InboxEntry {
  /** Counts from 1 per stream, ascending; numbers may be missing. */
  readonly number: number;
  readonly payload: Uint8Array;
}

/**
 * A durable log of what a connection was sent by senders that do not keep it themselves. A sender is answered when its
 * payload is in the inbox; a source reads it from there, so that it can resume like any other.
 */
export interface Inbox {
  /** Settles when all payloads are durable, in order. Throws Retryable where they cannot be kept now. */
  append(stream: string, payloads: readonly Uint8Array[]): Promise<void>;
  /** Entries after the number `after`, oldest first, then those that come, until the signal aborts. Throws PositionExpired where some after it were released. */
  read(stream: string, after: number, signal: AbortSignal): AsyncIterable<InboxEntry>;
  /** The number of the newest entry ever appended; 0 for none. */
  newest(stream: string): Promise<number>;
  /** The number up to which everything was released; 0 for nothing. */
  released(stream: string): Promise<number>;
  /** Everything up to the number, itself included, is safe elsewhere and may be forgotten. */
  release(stream: string, through: number): Promise<void>;
}

/** One thing that a registration makes, mends or removes in the CRM, or finds as it should be. */
export interface RegistrationChange {
  readonly kind: 'create' | 'change' | 'remove' | 'keep';
  /** For a person: `step Update of lead`. */
  readonly what: string;
  /** Why, where it is not plain. */
  readonly why?: string;
  /** Carries it out; again does nothing. Absent for `keep`. Rejects with Retryable or Permanent. */
  readonly apply?: (signal: AbortSignal) => Promise<void>;
}

/** Sets the CRM up to tell this connection its streams. */
export interface Registration {
  /**
   * What leads from what the CRM holds to all streams being told (`connected`), or to nothing being left of what was made
   * (`disconnected`), in the order in which it is to be applied. Changes nothing. Rejects with Retryable or Permanent.
   */
  plan(wanted: 'connected' | 'disconnected', signal: AbortSignal): Promise<readonly RegistrationChange[]>;
}

export interface Connection<N> {
  /** The CRM organisation's id, once known: part of every event's `source`. */
  readonly org: string;
  /** The native streams that the configuration subscribes to. */
  readonly streams: readonly string[];
  readonly source: Source<N>;
  readonly reader: Reader<N>;
  readonly sink: Sink;
  /** Only where the CRM pushes over HTTP, as the connector's `receives` says. */
  readonly receiver?: Receiver;
  /** Only where the CRM has to be told whom to tell, and can be over its API. */
  readonly registration?: Registration;
  /** Proves credentials, permissions and streams, without an effect. */
  check(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Canonical field (or attribute) name -> JSONata over the native fields, per canonical entity. */
export type Mapping = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface NormaliseContext {
  readonly tenant: string;
  readonly connection: string;
  readonly org: string;
  /** The tenant's mapping on top of the built-in one; `{}` for none. */
  readonly mapping: Mapping;
}

/** Is told what a connection uses up of what its CRM and its tenant allow. */
export interface ConnectionWatch {
  /** A request was let go after waiting so long for its turn, ms. */
  waited(priority: 'write' | 'read', ms: number): void;
  /** A reading of an allocation; `runsOutAt` in ms since the epoch, absent where it lasts. */
  allocation(
    name: string,
    reading: { readonly limit: number; readonly used: number; readonly runsOutAt?: number | undefined },
  ): void;
}

export interface ConnectDependencies {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The connection's own. */
  readonly inbox: Inbox;
  /** Absent: nobody asks. */
  readonly watch?: ConnectionWatch | undefined;
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/**
 * A CRM that Signalbox speaks with. A value without effects at import time.
 * @typeParam C the connection's configuration, valid against `configSchema`, secrets resolved
 * @typeParam N a native event or record
 */
export interface Connector<C, N> {
  /** The service's name in configuration and in event sources: `salesforce`. */
  readonly name: string;
  readonly configSchema: JsonSchema;
  /** Where it is told how the CRM is set up, with the anchor, from the repository's root: `connectors/acme/README.md#set-up-acme`. */
  readonly setUpPage: string;
  /** Canonical entities that it can tell about. */
  readonly emits: readonly string[];
  readonly accepts: readonly ActionKind[];
  /**
   * Only where it depends on the settings what can be written: kinds of action that `accepts` names and a connection so configured
   * refuses, with why and what mends it. Told without connecting, of settings whose secrets are references.
   */
  readonly refuses?: (config: C) => Partial<Record<ActionKind, { readonly why: string; readonly fix: string }>>;
  /**
   * Only where another connector speaks with the same product: people name that one for payloads which are this one's, told by
   * `claims`. The connectors themselves stay strangers.
   */
  readonly besides?: { readonly connector: string; readonly claims: (payload: unknown) => boolean };
  /** Whether a connection so configured has a `receiver`; absent for never. Told without connecting: a process opens its door by it. */
  readonly receives?: (config: C) => boolean;
  /**
   * How often a connection so configured compares what it heard with what the CRM tracked, as an ISO 8601 duration; undefined
   * for not by itself, absent where its reader has no `tracked`. Told without connecting.
   */
  readonly reconciles?: (config: C) => string | undefined;
  /** The only place with I/O. Throws Permanent or Retryable with the fix in the message. */
  connect(config: C, dependencies: ConnectDependencies): Promise<Connection<N>>;
  /**
   * Pure and total: the same input gives the same output; 0..n events per native event; throws only Unmappable.
   * Asynchronous because JSONata is; it does no I/O.
   */
  normalise(native: N, context: NormaliseContext): Promise<readonly CanonicalEvent[]>;
  /**
   * What people have at hand (a file of native payloads) as natives: used by `signalbox normalise`.
   * `schemas` finds a schema document by its id. Throws Unmappable naming what the payload is and what is missing.
   */
  readNatives(payload: unknown, schemas: (id: string) => string | undefined): readonly N[];
}

/** Sound, because configuration passed `configSchema` and natives flow only from a connector to its own normalise. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the registry holds connectors of different native types
export type AnyConnector = Connector<any, any>;

/** What went wrong while speaking with a CRM, classed by what to do about it. */
export class ConnectorError extends Error {
  /** @param code `SBX_<AREA>_<WHAT>` or the CRM's own code */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Asking again later may help. `afterMs` is the server's own delay. */
export class Retryable extends ConnectorError {
  constructor(
    code: string,
    message: string,
    readonly afterMs?: number,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** Asking again gives the same answer: a person must change something. */
export class Permanent extends ConnectorError {}

/** The position is no longer (or never was) in the CRM's retention: events may be missing. The tenant's `onGap` decides. */
export class PositionExpired extends ConnectorError {}

/** The native event cannot be expressed as a canonical one. It is quarantined with its bytes. */
export class Unmappable extends ConnectorError {}

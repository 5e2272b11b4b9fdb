import type { TableDefinition, AttributeDefinition } from './org/definitions';

/** How to start the simulator. Everything has a default; durations are milliseconds. */
export interface Dynamics365Options {
  /** HTTP port; 0 takes any free one. Loopback only. */
  readonly port?: number;
  /** Columns added to standard tables, by logical name. */
  readonly columns?: Readonly<Record<string, readonly AttributeDefinition[]>>;
  /** Alternate keys added to standard tables: columns by key name, by logical name of the table. */
  readonly keys?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Custom tables. */
  readonly tables?: readonly TableDefinition[];
  readonly directoryId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Life of an access token; 1 hour less a second, as Entra ID says in `expires_in`. */
  readonly tokenLifeMs?: number;
  /** Wait before the one further attempt of an async webhook after 502, 503 or 504; 1 s. */
  readonly retryMs?: number;
  /** Longest wait for a webhook's answer; 60 s. */
  readonly webhookTimeoutMs?: number;
  /** Offset that async contexts write into `OperationCreatedOn`; `-0700`. */
  readonly asyncOffset?: string;
  /** Whether the sender names itself in `RequestId`: some organisations leave it null in async contexts; true. */
  readonly requestIds?: boolean;
  /** Largest page of a query without `odata.maxpagesize`; 5,000. */
  readonly pageSize?: number;
  /** Service protection limits of one user in a window; 6,000 requests, 1,200,000 ms of execution, 52 at once, 300,000 ms. */
  readonly limits?: {
    readonly requests?: number;
    readonly executionMs?: number;
    readonly concurrent?: number;
    readonly windowMs?: number;
  };
}

import type { CanonicalEvent } from '../canonical-schema/event';
import type { Delivery, Log } from '../connectors/contract';
import type { Ledger } from '../ledger/ledger';
import type { Tenant } from '../tenants/tenant';
import type { Connections } from './connections';
import type { GapRef, StreamRef } from './subscription-types';
import type { Scorer } from '../models/scored';

/** Is told what a stream says while it is heard. */
export interface StreamWatch {
  delivered(kind: Delivery<unknown>['kind']): void;
  ended(): void;
}

export interface IngestDependencies {
  readonly ledger: Ledger;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly connections: Connections;
  /** Resolves once the broker has confirmed. */
  readonly publish: (event: CanonicalEvent) => Promise<void>;
  /** Starts the workflow that reads a gap back; a second call for one gap changes nothing. */
  readonly fillGap: (gap: GapRef) => Promise<void>;
  /** A stream is heard from now on; absent: nobody asks. */
  readonly watch?: (stream: StreamRef) => StreamWatch;
  /** Events of a tenant that are with the broker and not yet handed to a lane. */
  readonly waiting: (tenant: string) => Promise<number>;
  /** By model name and by digest. */
  readonly scorers: ReadonlyMap<string, Scorer>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

import type { PushedConnection } from '../activities/connections';
import type { StreamRef } from '../activities/subscription-types';
import type { Tenant, TenantConnection } from '../tenants/tenant';
import type { Counts } from './answers';

/** A running service. */
export interface Service {
  /** Where CRMs push to; only where some do. */
  readonly door?: Door | undefined;
  /** Serves a tenant as it is from now on; again does nothing. `before` is how it was served, absent where it was not. */
  serve?(tenant: Tenant, before: Tenant | undefined): Promise<void>;
  /** Serves a tenant no more. */
  leave?(tenant: Tenant): Promise<void>;
  /** Ends a stream that only an earlier version names. Rejects where it must be heard on, and its settings cannot be had. */
  recall?(stream: StreamRef, settingsOf: () => Promise<TenantConnection>): Promise<void>;
  stop(): Promise<void>;
}

/** A connection that is pushed to, and where. */
export interface ReceiverAddress extends PushedConnection {
  readonly url: string;
}

/** The HTTP door for CRMs that push. */
export interface Door extends Service {
  readonly receivers: readonly ReceiverAddress[];
  /** What a connection's senders were answered so far; `*` for requests that belong to no connection. */
  answered(tenant: string, connection: string): Counts;
}

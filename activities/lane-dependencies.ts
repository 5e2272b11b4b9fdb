import type { PredictionEvent } from '../canonical-schema/decision';
import type { Log } from '../connectors/contract';
import type { Ledger } from '../ledger/ledger';
import type { Tenant } from '../tenants/tenant';
import type { Connections } from './connections';
import type { Directive, OutcomeSeen } from './lane-types';
import type { Scorer } from '../models/scored';

/** How a lane reaches engagements: the Temporal client, seen from here. */
export interface EngagementDoor {
  /** Starts the engagement where none is open, and tells it. */
  tell(directive: Directive): Promise<void>;
  /** Tells an open engagement its outcome; an engagement that has ended hears nothing. */
  end(outcome: OutcomeSeen): Promise<void>;
}

/** By model name and by digest; a challenger that is a folder also by its path. */
export type Scorers = Pick<ReadonlyMap<string, Scorer>, 'get'>;

/** All that is live, handed in by the composition root. */
export interface LaneDependencies {
  readonly ledger: Ledger;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly connections: Connections;
  readonly scorers: Scorers;
  /** Resolves once the broker has confirmed. */
  readonly publishPrediction: (prediction: PredictionEvent) => Promise<void>;
  readonly engagements: EngagementDoor;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

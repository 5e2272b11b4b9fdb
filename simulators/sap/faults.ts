import { ArmedFaults as Faults } from '../kit/armed-faults';

/** Faults that are taken up when their moment comes, up to a number of times. */
export const armedFaults = [
  'serverUnavailable',
  'tooManyRequests',
  'slow',
  'dropResponse',
  'duplicateEvents',
  'reorderEvents',
  'loseEvents',
  'refuseHandshake',
  'parallelChange',
  'lateIndex',
] as const;

/** A fault that waits for its moment. */
export type ArmedFault = (typeof armedFaults)[number];

/** Faults that happen at once. */
export const immediateFaults = ['csrfLoss', 'tokenExpiry', 'poisonEvent', 'dropLinks', 'clear'] as const;

/** A fault that is carried out when asked for. */
export type ImmediateFault = (typeof immediateFaults)[number];

/** Requests that a fault of the OData services strikes. */
export type FaultScope = 'any' | 'read' | 'write';

/** A request for a fault, as `POST /simulator/faults` takes it. Which members count depends on `kind`: see the README. */
export interface FaultRequest {
  readonly kind: ArmedFault | ImmediateFault;
  /** How many times an armed fault strikes; 1 where absent. */
  readonly times?: number;
  /** Requests that `serverUnavailable`, `tooManyRequests` and `slow` strike; `any` where absent. */
  readonly on?: FaultScope;
  /** Seconds of `Retry-After`; no such header where absent. */
  readonly retryAfter?: number;
  /** Milliseconds that `slow` adds. */
  readonly ms?: number;
  /** For `tokenExpiry`: cut the AMQP links, too. */
  readonly links?: boolean;
  /** Body of `poisonEvent`; cut JSON where absent. */
  readonly body?: string;
  /** Topic of `poisonEvent`; that of changed business partners where absent. */
  readonly topic?: string;
}

/** The faults waiting to strike. */
export class ArmedFaults extends Faults<ArmedFault, FaultRequest> {
  /** Takes one strike of a fault, if it is armed and strikes requests like this one. */
  override take(kind: ArmedFault, scope: FaultScope = 'any'): FaultRequest | undefined {
    return this.takeIf(kind, ({ on = 'any' }) => on === 'any' || on === scope);
  }
}

import { ArmedFaults as Faults } from '../kit/armed-faults';

/** Faults that are taken up when their moment comes, up to a number of times. */
export const armedFaults = [
  'throttle',
  'serverUnavailable',
  'dropResponse',
  'lostNotification',
  'duplicateNotification',
  'outOfOrderNotification',
  'invalidNotification',
  'expiredDeltaToken',
] as const;

/** A fault that waits for its moment. */
export type ArmedFault = (typeof armedFaults)[number];

/** Faults that happen at once. */
export const immediateFaults = ['tokenExpiry', 'expiredSubscriptions', 'reauthorization', 'missed', 'clear'] as const;

/** A fault that is carried out when asked for. */
export type ImmediateFault = (typeof immediateFaults)[number];

/** A request for a fault, as `POST /simulator/faults` takes it. Which members count depends on `kind`: see the README. */
export interface FaultRequest {
  readonly kind: ArmedFault | ImmediateFault;
  /** How many times an armed fault strikes; 1 where absent. */
  readonly times?: number;
  /** Seconds of `Retry-After` that `throttle` and `serverUnavailable` send. */
  readonly retryAfter?: number;
}

/** The faults waiting to strike. */
export class ArmedFaults extends Faults<ArmedFault, FaultRequest> {}

import { ArmedFaults as Faults } from '../kit/armed-faults';

/** Faults that are taken up when their moment comes, up to a number of times. */
export const armedFaults = [
  'corruptReplayId',
  'dropStream',
  'keepaliveSilence',
  'handshakeDenied',
  'unknownClient',
  'rowLock',
  'serverUnavailable',
  'requestLimit',
  'slow',
  'dropResponse',
  'duplicateEvents',
  'bulkFailure',
] as const;

/** A fault that waits for its moment. */
export type ArmedFault = (typeof armedFaults)[number];

/** Faults that happen at once. */
export const immediateFaults = [
  'expiredReplayId',
  'tokenExpiry',
  'forgetClients',
  'gapEvent',
  'overflow',
  'truncatedAvro',
  'unknownSchemaId',
  'rawPayload',
  'clear',
] as const;

/** A fault that is carried out when asked for. */
export type ImmediateFault = (typeof immediateFaults)[number];

/** A request for a fault, as `POST /simulator/faults` takes it. Which members count depends on `kind`: see the README. */
export interface FaultRequest {
  readonly kind: ArmedFault | ImmediateFault;
  /** How many times an armed fault strikes; 1 where absent. */
  readonly times?: number;
  /** Milliseconds that `slow` adds to a REST answer. */
  readonly ms?: number;
  /** Seconds of `Retry-After` that `serverUnavailable` sends. */
  readonly retryAfter?: number;
  /** For `tokenExpiry`: also end the open streams with the authentication error. */
  readonly streams?: boolean;
  /** Object of `gapEvent`, `overflow` and the malformed events. */
  readonly object?: string;
  /** Record ids of `gapEvent`. */
  readonly recordIds?: readonly string[];
  /** `GAP_CREATE`, `GAP_UPDATE` (where absent), `GAP_DELETE` or `GAP_UNDELETE` for `gapEvent`. */
  readonly changeType?: string;
  /** Topic of `rawPayload`; the object's own where absent. */
  readonly topic?: string;
  /** Schema id that `rawPayload` claims; the topic's own where absent. */
  readonly schemaId?: string;
  /** Base64 bytes of `rawPayload`. */
  readonly payload?: string;
}

/** The faults waiting to strike. */
export class ArmedFaults extends Faults<ArmedFault, FaultRequest> {}

import { Permanent, type Position, PositionExpired } from '../contract';

interface ReplayIds {
  /** Base64 of the bytes of the Pub/Sub API. */
  readonly string: string;
  /** The number of the Streaming API. */
  readonly number: number;
}

/**
 * The replay id in a position. The two APIs number events differently, and neither says how to turn one into the other.
 * Throws PositionExpired for a position of the other API, Permanent for none of this connector.
 */
export function replayIdOf<T extends keyof ReplayIds>(position: Position, type: T, api: string): ReplayIds[T] {
  const { v, replayId } = position;
  if (v !== 1 || (typeof replayId !== 'string' && typeof replayId !== 'number')) {
    throw new Permanent('SBX_SALESFORCE_POSITION', `not a Salesforce position: ${JSON.stringify(position)}`);
  }
  if (typeof replayId === type) return replayId as ReplayIds[T];
  throw new PositionExpired(
    'SBX_SALESFORCE_TRANSPORT',
    `${JSON.stringify(position)} is not a position of the ${api}: \`transport\` was changed, and the other API's replay ids mean nothing to it`,
  );
}

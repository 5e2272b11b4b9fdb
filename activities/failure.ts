import { ApplicationFailure } from '@temporalio/common';
import { ConnectorError, Permanent, PositionExpired, Retryable, Unmappable } from '../connectors/contract';

/**
 * The one place where errors become Temporal failures. The failure's type is the error's code; Temporal tries again what is
 * Retryable (after the server's own delay) and what it does not know, and gives up on what a person must change.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof Retryable) {
    return ApplicationFailure.create({
      type: error.code,
      message: error.message,
      cause: error,
      ...(error.afterMs === undefined ? {} : { nextRetryDelay: error.afterMs }),
    });
  }
  if (error instanceof Permanent || error instanceof PositionExpired || error instanceof Unmappable) {
    return ApplicationFailure.create({ type: error.code, message: error.message, cause: error, nonRetryable: true });
  }
  if (error instanceof ConnectorError)
    return ApplicationFailure.create({ type: error.code, message: error.message, cause: error });
  return error instanceof Error ? error : new Error(String(error));
}

/** Wraps activities so that what they throw passes through `toFailure`. */
export function mapFailures<T extends Record<string, (...args: never[]) => Promise<unknown>>>(activities: T): T {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (...args: never[]) => {
        try {
          return await activity(...args);
        } catch (error) {
          throw toFailure(error);
        }
      },
    ]),
  ) as T;
}

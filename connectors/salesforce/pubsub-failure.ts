import { type ServiceError, status } from '@grpc/grpc-js';
import { ConnectorError, Permanent, PositionExpired, Retryable } from '../contract';
import { TokenRefused } from './token-refused';

/** The delivery allocation is counted over 24 hours: asking more often than this only spends log lines. */
export const deliveryLimitMs = 15 * 60_000;

const retryableStatus: ReadonlySet<number> = new Set([
  status.CANCELLED,
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

/** Salesforce's own codes, by their ending; the gRPC status alone does not tell them apart. */
const byCode: readonly (readonly [
  pattern: RegExp,
  make: (code: string, message: string, cause: unknown) => ConnectorError,
])[] = [
  [
    /replayid\.(corrupted|validation\.failed)$/,
    (code, message, cause) =>
      new PositionExpired(
        code,
        `${message}. The position is not (or no longer) kept by Salesforce: it keeps 72 hours`,
        { cause },
      ),
  ],
  [/\.auth\./, (code, message, cause) => new TokenRefused(code, message, { cause })],
  [/limit\.exceeded$/, (code, message, cause) => new Retryable(code, message, deliveryLimitMs, { cause })],
];

/** Classes a failed call by the `error-code` of its trailers, else by its gRPC status. */
export function failureOf(error: unknown, call: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { code, details, metadata } = error as Partial<ServiceError>;
  const message = `${call}: ${details ?? (error as Error).message}`;
  const trailer = metadata?.get('error-code')[0]?.toString();
  const known = byCode.find(([pattern]) => pattern.test(trailer ?? ''));
  if (trailer !== undefined && known !== undefined) return known[1](trailer, message, error);
  const name = code === undefined ? 'GRPC_ERROR' : `GRPC_${status[code]}`;
  return byStatus(code, trailer ?? name, message, error);
}

function byStatus(code: status | undefined, name: string, message: string, cause: unknown): ConnectorError {
  if (code === status.UNAUTHENTICATED) return new TokenRefused(name, message, { cause });
  if (code === status.RESOURCE_EXHAUSTED) return new Retryable(name, message, deliveryLimitMs, { cause });
  if (code === undefined || retryableStatus.has(code)) return new Retryable(name, message, undefined, { cause });
  return new Permanent(name, message, { cause });
}

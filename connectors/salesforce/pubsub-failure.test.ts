import { Metadata, status } from '@grpc/grpc-js';
import { Permanent, PositionExpired, Retryable } from '../contract';
import { failureOf } from './pubsub-failure';
import { TokenRefused } from './token-refused';

const prefix = 'sfdc.platform.eventbus.grpc.';

function grpcError(code: status, trailer?: string): Error {
  const metadata = new Metadata();
  if (trailer !== undefined) metadata.set('error-code', prefix + trailer);
  return Object.assign(new Error('x'), { code, details: 'It failed. rpcId: 1', metadata });
}

describe('failureOf', () => {
  it.each([
    ['subscription.fetch.replayid.corrupted', status.INVALID_ARGUMENT, PositionExpired],
    ['subscription.fetch.replayid.validation.failed', status.INVALID_ARGUMENT, PositionExpired],
    ['service.auth.error', status.UNAUTHENTICATED, TokenRefused],
    ['service.auth.refresh.invalid', status.INVALID_ARGUMENT, TokenRefused],
    ['topic.not.found', status.NOT_FOUND, Permanent],
    ['service.unavailable', status.UNAVAILABLE, Retryable],
  ])('classes the trailer %s before the status', (trailer, code, kind) => {
    const failure = failureOf(grpcError(code, trailer), 'Subscribe /data/X');
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toMatchObject({
      code: prefix + trailer,
      message: expect.stringContaining('Subscribe /data/X') as unknown,
    });
  });

  it('waits long when the delivery allocation is used up', () => {
    const failure = failureOf(grpcError(status.RESOURCE_EXHAUSTED, 'subscription.limit.exceeded'), 'Subscribe');
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ afterMs: 900_000 });
  });

  it.each([
    [status.UNAUTHENTICATED, TokenRefused],
    [status.UNAVAILABLE, Retryable],
    [status.DEADLINE_EXCEEDED, Retryable],
    [status.INTERNAL, Retryable],
    [status.PERMISSION_DENIED, Permanent],
    [status.UNIMPLEMENTED, Permanent],
  ])('goes by the gRPC status %s where there is no trailer', (code, kind) => {
    expect(failureOf(grpcError(code), 'GetSchema')).toBeInstanceOf(kind);
  });

  it('takes anything else for a broken connection', () => {
    expect(failureOf(new Error('socket hang up'), 'Subscribe')).toBeInstanceOf(Retryable);
  });
});

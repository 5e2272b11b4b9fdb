import { ApplicationFailure } from '@temporalio/common';
import { ConnectorError, Permanent, PositionExpired, Retryable, Unmappable } from '../connectors/contract';
import { mapFailures, toFailure } from './failure';

test.each<readonly [string, ConnectorError, boolean, number | undefined]>([
  ['Retryable with a delay', new Retryable('SERVER_UNAVAILABLE', 'later', 1500), false, 1500],
  ['Retryable without a delay', new Retryable('UNABLE_TO_LOCK_ROW', 'locked'), false, undefined],
  ['Permanent', new Permanent('INVALID_FIELD', 'no such field'), true, undefined],
  ['PositionExpired', new PositionExpired('SBX_SF_REPLAY_EXPIRED', 'too old'), true, undefined],
  ['Unmappable', new Unmappable('SBX_UNMAPPABLE', 'no id'), true, undefined],
  ['another connector error', new ConnectorError('SBX_OTHER', 'unclear'), false, undefined],
])('%s becomes a failure with its code, its message and its class', (_name, error, isFinal, delay) => {
  const failure = toFailure(error);
  expect(failure).toMatchObject({ type: error.code, message: error.message, nonRetryable: isFinal, cause: error });
  expect(failure instanceof ApplicationFailure && failure.nextRetryDelay).toBe(delay);
});

test('what is a failure already, and what nobody foresaw, passes unchanged', () => {
  const failure = ApplicationFailure.nonRetryable('done');
  const unforeseen = new TypeError('undefined is not a function');
  expect([toFailure(failure), toFailure(unforeseen)]).toEqual([failure, unforeseen]);
  expect(toFailure('a text')).toEqual(new Error('a text'));
});

test('wrapped activities answer as before, and throw failures', async () => {
  const { works, fails } = mapFailures({
    works: (n: number) => Promise.resolve(n + 1),
    fails: () => Promise.reject(new Permanent('SBX_X', 'no')),
  });
  expect(await works(1)).toBe(2);
  await expect(fails()).rejects.toMatchObject({ type: 'SBX_X', nonRetryable: true });
});

import { Permanent, Retryable } from '../contract';
import { classOf, connectorErrorOf, failureOfAnswer } from './rest-failure';

describe('classOf', () => {
  it.each([
    ['UNABLE_TO_LOCK_ROW', 200, 'retryable'],
    ['REQUEST_RUNNING_TOO_LONG', 400, 'retryable'],
    ['SERVER_UNAVAILABLE', 503, 'retryable'],
    ['HTTP_429', 429, 'retryable'],
    ['REQUEST_LIMIT_EXCEEDED', 403, 'retryable'],
    ['DUPLICATE_VALUE', 200, 'retryable'],
    ['INVALID_SESSION_ID', 401, 'auth'],
    ['ENTITY_IS_DELETED', 200, 'gone'],
    ['CANNOT_UPDATE_CONVERTED_LEAD', 200, 'conflict'],
    ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 200, 'permanent'],
    ['REQUIRED_FIELD_MISSING', 200, 'permanent'],
    ['INVALID_FIELD', 400, 'permanent'],
    ['INSUFFICIENT_ACCESS_OR_READONLY', 403, 'permanent'],
  ])('%s (%d) is %s', (code, status, failure) => {
    expect(classOf(code, status).failure).toBe(failure);
  });
});

describe('failureOfAnswer', () => {
  it("reads Salesforce's list of errors and the delay", () => {
    const body = '[{"errorCode":"SERVER_UNAVAILABLE","message":"busy"}]';
    expect(failureOfAnswer(503, '3', body)).toMatchObject({
      retryAfterMs: 3000,
      error: { code: 'SERVER_UNAVAILABLE', message: 'busy' },
    });
  });

  it('takes the page of a proxy for what it is', () => {
    expect(failureOfAnswer(502, undefined, '<html>Bad gateway</html>')).toMatchObject({
      retryAfterMs: undefined,
      error: { code: 'HTTP_502', message: '<html>Bad gateway</html>' },
    });
  });
});

describe('connectorErrorOf', () => {
  it('tells readers whether asking again may help, and when', () => {
    expect(connectorErrorOf(failureOfAnswer(503, '3', ''), 'query Lead')).toMatchObject({ afterMs: 3000 });
    expect(
      connectorErrorOf(failureOfAnswer(400, undefined, '[{"errorCode":"INVALID_FIELD","message":"no"}]'), 'query'),
    ).toBeInstanceOf(Permanent);
    expect(connectorErrorOf(Object.assign(new Error('hang up'), { code: 'ECONNRESET' }), 'query')).toBeInstanceOf(
      Retryable,
    );
  });
});

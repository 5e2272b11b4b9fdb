import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteEntry } from './api';
import type { Dynamics365 } from './dynamics';
import { Refusal } from './org/refusal';
import { Transaction, type Caller } from './org/transaction';
import { Annotations, readPreferences } from './web/annotations';
import { runBatch } from './web/batch';
import { segmentsOf, type Answer, type WebCall, type WebContext } from './web/call';
import type { InnerRequest } from './web/multipart';
import { dispatch } from './web/router';

/** A request as it came in. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer with a body that is not JSON. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Headers = Readonly<Record<string, string | undefined>>;

const unauthorised = (dynamics: Dynamics365): Answer => {
  const { baseUrl, directoryId } = dynamics;
  const challenge = `Bearer authorization_uri=${baseUrl}/${directoryId}/oauth2/authorize, resource_id=${baseUrl}/`;
  return { status: 401, headers: { 'www-authenticate': challenge } };
};

const isAuthorised = ({ tokens, baseUrl }: Dynamics365, authorization: string | undefined): boolean =>
  authorization?.startsWith('Bearer ') === true && tokens.find(authorization.slice(7), baseUrl) !== undefined;

const bypassed = (headers: Headers): Caller['bypass'] => {
  const named = headers['mscrm.bypassbusinesslogicexecution']?.toLowerCase() ?? '';
  const isSync = named.includes('customsync') || headers['mscrm.bypasscustompluginexecution'] === 'true';
  return [...(isSync ? (['sync'] as const) : []), ...(named.includes('customasync') ? (['async'] as const) : [])];
};

const callerOf = (dynamics: Dynamics365, query: URLSearchParams, headers: Headers): Caller => {
  const tag = query.get('tag');
  return {
    userId: dynamics.applicationUserId,
    ...(tag === null ? {} : { tag }),
    bypass: bypassed(headers),
    userAgent: headers['user-agent'] ?? '',
    detectsDuplicates: headers['mscrm.suppressduplicatedetection'] === 'false',
  };
};

const parseJson = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `Error identified in Payload provided by the user for Entity :''  ---->  InnerException : Microsoft.OData.ODataException: ${String(error)}`;
    throw new Refusal(400, '0x80048d19', message);
  }
};

/** The path below the API's root with its query, from any of the forms a request line may have. */
const pathBelow = (url: string): string => url.replace(/^.*?\/api\/data\/v[\d.]+\//, '').replace(/^\//, '');

const makeCall = (context: WebContext, request: InnerRequest, transaction: Transaction): WebCall => {
  const path = pathBelow(request.url);
  const mark = path.indexOf('?');
  const preferences = readPreferences(request.headers['prefer']);
  return {
    context,
    method: request.method,
    path,
    segments: segmentsOf(mark < 0 ? path : path.slice(0, mark)),
    query: new URLSearchParams(mark < 0 ? '' : path.slice(mark + 1)),
    headers: request.headers,
    preferences,
    annotations: new Annotations(preferences),
    body: parseJson(request.content),
    transaction,
  };
};

const queryOf = (url: string): URLSearchParams => new URLSearchParams(url.split('?')[1] ?? '');

/** Runs requests as one transaction; what they wrote is logged when its outcome is known. */
const runTogether = async (
  dynamics: Dynamics365,
  makers: readonly ((done: readonly Answer[]) => InnerRequest)[],
  callerFor: (request: InnerRequest) => Caller,
  first: Caller,
): Promise<readonly Answer[]> => {
  const writes: WriteEntry[] = [];
  const context: WebContext = { ...dynamics.web(), writes };
  try {
    const answers = await dynamics.transact(first, (transaction) => {
      const done: Answer[] = [];
      for (const make of makers) {
        const request = make(done);
        transaction.caller = callerFor(request);
        done.push(dispatch(makeCall(context, request, transaction)));
      }
      return done;
    });
    dynamics.writes.push(...writes);
    return answers;
  } catch (error) {
    if (error instanceof Refusal) {
      // Whatever was done in the transaction is undone with it.
      const { status, code: errorCode } = error;
      dynamics.writes.push(...writes.map((entry) => ({ errorCode, ...entry, status: Math.max(status, entry.status) })));
    }
    throw error;
  }
};

const runAlone = async (dynamics: Dynamics365, request: InnerRequest, caller: Caller): Promise<Answer> => {
  if (request.method === 'GET') return dispatch(makeCall(dynamics.web(), request, new Transaction(caller)));
  const [answer] = await runTogether(dynamics, [() => request], () => caller, caller);
  return answer ?? { status: 204 };
};

const runInBatch = async (dynamics: Dynamics365, { url, headers, body }: ReceivedRequest): Promise<RawAnswer> => {
  const outer = headers as Headers;
  const callerFor = (request: InnerRequest): Caller => {
    const query = queryOf(request.url);
    const tag = query.get('tag') ?? url.searchParams.get('tag');
    if (tag !== null) query.set('tag', tag);
    return callerOf(dynamics, query, { ...outer, ...request.headers });
  };
  const runner = {
    alone: (request: InnerRequest) => runAlone(dynamics, request, callerFor(request)),
    together: (makers: readonly ((done: readonly Answer[]) => InnerRequest)[]) =>
      runTogether(dynamics, makers, callerFor, callerOf(dynamics, url.searchParams, outer)),
  };
  const preferences = readPreferences(outer['prefer']);
  const { status, contentType, body: text } = await runBatch(outer['content-type'], body, preferences, runner);
  return { status, contentType, text };
};

const strike = async (dynamics: Dynamics365): Promise<void> => {
  const { faults, protection } = dynamics;
  const slow = faults.take('slow');
  if (slow !== undefined) await sleep(slow.ms ?? 1000);
  const throttle = faults.take('throttle');
  if (throttle !== undefined) throw protection.refusal(throttle.limit ?? 'requests', throttle.retryAfter ?? 1);
  const unavailable = faults.take('serverUnavailable');
  if (unavailable === undefined) return;
  const after = unavailable.retryAfter;
  const headers = after === undefined ? {} : { 'retry-after': String(after) };
  throw new Refusal(503, '', 'The service is unavailable.', headers);
};

const run = async (dynamics: Dynamics365, received: ReceivedRequest): Promise<Answer | RawAnswer> => {
  const { method, url, headers, body } = received;
  const path = pathBelow(`${url.pathname}${url.search}`);
  if (method === 'POST' && path.split('?')[0] === '$batch') return runInBatch(dynamics, received);
  const request = { method, url: path, headers: headers as Headers, content: body };
  return runAlone(dynamics, request, callerOf(dynamics, url.searchParams, headers as Headers));
};

/** Answers a Web API request; `dropped` where a fault cuts the connection after the work is done. @throws Refusal */
export const answerData = async (
  dynamics: Dynamics365,
  received: ReceivedRequest,
): Promise<Answer | RawAnswer | 'dropped'> => {
  if (!isAuthorised(dynamics, received.headers.authorization)) return unauthorised(dynamics);
  if (!/^\/api\/data\/v9\.\d\//.test(received.url.pathname)) {
    throw new Refusal(404, '0x8006088a', `Resource not found for the segment '${received.url.pathname}'.`);
  }
  const { protection, applicationUserId } = dynamics;
  const leave = protection.enter(applicationUserId);
  try {
    await strike(dynamics);
    const answer = await run(dynamics, received);
    if (received.method !== 'GET' && dynamics.faults.take('dropResponse') !== undefined) return 'dropped';
    return { ...answer, headers: { ...protection.headers(applicationUserId), ...answer.headers } };
  } finally {
    leave();
  }
};

import type { IncomingHttpHeaders } from 'node:http';
import type { FaultRequest } from './faults';
import { notFound, Refusal } from './org/refusal';
import { Transaction, type Author } from './org/transaction';
import type { Answer, RestCall } from './rest/call';
import { dispatch } from './rest/router';
import type { Salesforce } from './salesforce';
import type { Session } from './sessions';

/** A request as HTTP brought it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
}

/** API versions offered: 31.0 to 66.0. */
const apiVersions = Array.from({ length: 36 }, (_, index) => (31 + index).toFixed(1));

/** `Signalbox` out of `client=Signalbox, defaultNamespace=x`. */
const clientOf = (headers: IncomingHttpHeaders): string | undefined => {
  const options = headers['sforce-call-options'];
  return typeof options === 'string' ? /(?:^|[,;\s])client=([^,;]+)/.exec(options)?.[1]?.trim() : undefined;
};

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The session of a request's token. @throws Refusal 401 INVALID_SESSION_ID */
export const sessionOf = (salesforce: Salesforce, headers: IncomingHttpHeaders): Session => {
  const [, token = ''] = /^(?:Bearer|OAuth) (.+)$/.exec(headers.authorization ?? '') ?? [];
  const session = salesforce.sessions.find(token);
  if (session === undefined) throw new Refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  return session;
};

const unavailable = ({ retryAfter }: FaultRequest): Refusal =>
  new Refusal(
    503,
    'SERVER_UNAVAILABLE',
    'Server is currently unavailable',
    undefined,
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  );

/** Carries out the faults that hit whole requests, and counts the request. */
const strike = async ({ faults, rest }: Salesforce): Promise<void> => {
  const slow = faults.take('slow');
  if (slow !== undefined) await wait(slow.ms ?? 1000);
  const down = faults.take('serverUnavailable');
  if (down !== undefined) throw unavailable(down);
  rest.usage.used += 1;
  if (faults.take('requestLimit') !== undefined || rest.usage.used > rest.usage.limit) {
    throw new Refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  }
};

/** Runs a data request. Rows that were written are committed also where the request as a whole is refused. */
const run = async (salesforce: Salesforce, call: RestCall): Promise<Answer> => {
  let answer: Answer;
  try {
    answer = await dispatch(call);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      call.transaction.rollback();
      throw error;
    }
    answer = { status: error.status, body: error.entries, headers: error.headers };
  }
  salesforce.bus.commit(call.transaction);
  return answer;
};

/** Records by their ids are also asked for with POST, where the ids would not fit into a URL. */
const isRetrieval = (method: string, [first, second, ...object]: readonly string[]): boolean =>
  method === 'POST' && first === 'composite' && second === 'sobjects' && object.length === 1;

const authorOf = (session: Session, headers: IncomingHttpHeaders, version: string): Author => {
  const clientId = clientOf(headers);
  const origin = `com/salesforce/api/rest/${version}`;
  // Rules run unless the caller switches them off.
  const isAssigned = String(headers['sforce-auto-assign'] ?? 'TRUE').toUpperCase() !== 'FALSE';
  const author = { userId: session.userId, isAssigned };
  if (clientId === undefined) return { ...author, origin };
  return { ...author, origin: `${origin};client=${clientId}`, clientId };
};

/**
 * Answers a request below `/services/data`. `dropped` asks for the connection to be cut without an answer.
 * @throws Refusal
 */
export const answerData = async (
  salesforce: Salesforce,
  baseUrl: string,
  request: ReceivedRequest & { readonly segments: readonly string[]; readonly body: unknown },
): Promise<Answer | 'dropped'> => {
  const { method, url, headers, body } = request;
  const [services, data, versionName, ...segments] = request.segments;
  if (services !== 'services' || data !== 'data') throw notFound();
  if (versionName === undefined) {
    const versions = apiVersions.map((version) => ({
      label: `v${version}`,
      url: `/services/data/v${version}`,
      version,
    }));
    return { status: 200, body: versions };
  }
  const version = versionName.slice(1);
  if (!versionName.startsWith('v') || !apiVersions.includes(version)) throw notFound();
  const session = sessionOf(salesforce, headers);
  await strike(salesforce);
  const answer = await run(salesforce, {
    context: salesforce.rest,
    method,
    segments,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body,
    version: Number(version),
    baseUrl,
    transaction: new Transaction(authorOf(session, headers, version)),
  });
  const isWrite = method !== 'GET' && method !== 'HEAD' && !isRetrieval(method, segments);
  if (isWrite && salesforce.faults.take('dropResponse') !== undefined) return 'dropped';
  const { used, limit } = salesforce.rest.usage;
  return { ...answer, headers: { ...answer.headers, 'sforce-limit-info': `api-usage=${used}/${limit}` } };
};

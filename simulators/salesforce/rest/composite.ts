import { Refusal } from '../org/refusal';
import { bodyObject, type Answer, type RestCall } from './call';
import { savepoint } from './writing';

/** Most subrequests of a composite request. */
const MAX_SUBREQUESTS = 25;

interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly body?: unknown;
}

interface Subanswer {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

const badInput = (message: string): Refusal => new Refusal(400, 'INVALID_INPUT', message);

const subrequestsOf = (call: RestCall): readonly Subrequest[] => {
  const { compositeRequest } = bodyObject(call);
  if (!Array.isArray(compositeRequest)) throw badInput('compositeRequest must be a list');
  if (compositeRequest.length > MAX_SUBREQUESTS) {
    throw badInput(`The request can't contain more than ${MAX_SUBREQUESTS} operations.`);
  }
  const seen = new Set<string>();
  for (const { referenceId, method, url } of compositeRequest as Partial<Subrequest>[]) {
    if (typeof referenceId !== 'string' || !/^[A-Za-z]\w*$/.test(referenceId)) throw badInput('Invalid reference ID');
    if (typeof method !== 'string' || typeof url !== 'string') throw badInput('A subrequest has no method or url');
    if (seen.has(referenceId)) throw badInput(`Duplicate reference ID: ${referenceId}`);
    seen.add(referenceId);
  }
  return compositeRequest as readonly Subrequest[];
};

const lookUp = (answers: ReadonlyMap<string, unknown>, reference: string): unknown => {
  const [referenceId = '', ...path] = reference.replace(/\[(\d+)\]/g, '.$1').split('.');
  let value = answers.get(referenceId);
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value;
};

/** Puts the answers of earlier subrequests in the places of `@{ref.path}`. @throws Refusal where there is none */
const resolve = <V>(answers: ReadonlyMap<string, unknown>, value: V): V => {
  if (typeof value === 'string') {
    return value.replace(/@\{([^}]+)\}/g, (_, reference: string) => {
      const found = lookUp(answers, reference);
      if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return String(found);
      throw new Refusal(
        400,
        'PROCESSING_HALTED',
        `Invalid reference specified. No value for ${reference} found in the responses`,
      );
    }) as V;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => resolve(answers, item)) as V;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(answers, item)])) as V;
};

const subcall = (call: RestCall, request: Subrequest): RestCall => {
  const url = new URL(request.url, call.baseUrl);
  const [, version, rest = ''] = /^\/services\/data\/v(\d+\.\d)\/?(.*)$/.exec(url.pathname) ?? [];
  if (version === undefined) throw badInput(`The url ${request.url} is not a data resource`);
  return {
    ...call,
    method: request.method.toUpperCase(),
    segments: rest
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent),
    path: url.pathname,
    query: url.searchParams,
    version: Number(version),
    body: request.body,
  };
};

/**
 * POST /composite: runs up to 25 requests in one go; each answers for itself, the whole is 200.
 * @param dispatch the router; passed in, because the router also knows this function.
 */
export const runComposite = async (call: RestCall, dispatch: (call: RestCall) => Promise<Answer>): Promise<Answer> => {
  const subrequests = subrequestsOf(call);
  const allOrNone = bodyObject(call)['allOrNone'] === true;
  const point = savepoint(call);
  const bodies = new Map<string, unknown>();
  const compositeResponse: Subanswer[] = [];
  let failed = -1;
  for (const [index, request] of subrequests.entries()) {
    const { referenceId } = request;
    try {
      const answer = await dispatch(subcall(call, resolve(bodies, request)));
      bodies.set(referenceId, answer.body);
      compositeResponse.push({
        body: answer.body ?? null,
        httpHeaders: answer.headers ?? {},
        httpStatusCode: answer.status,
        referenceId,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (failed < 0) failed = index;
      compositeResponse.push({ body: error.entries, httpHeaders: {}, httpStatusCode: error.status, referenceId });
      if (allOrNone) break;
    }
  }
  if (!allOrNone || failed < 0) return { status: 200, body: { compositeResponse } };
  point.rollback('PROCESSING_HALTED');
  return { status: 200, body: { compositeResponse: halted(subrequests, compositeResponse, failed) } };
};

/** With allOrNone the first failure stays as it is, every other subrequest is answered as halted. */
const halted = (
  subrequests: readonly Subrequest[],
  answers: readonly Subanswer[],
  failed: number,
): readonly Subanswer[] =>
  subrequests.map(({ referenceId }, index) => {
    const answer = answers[index];
    if (index === failed && answer !== undefined) return answer;
    const message = 'The transaction was rolled back since another operation in the same transaction failed.';
    return { body: [{ errorCode: 'PROCESSING_HALTED', message }], httpHeaders: {}, httpStatusCode: 400, referenceId };
  });

import { parseLossless } from '../kit/lossless-json';
import type { Priority, RateGovernor } from '../kit/rate';
import { untilAborted } from '../kit/abort';
import type { Authenticator } from './auth';
import { batchOf, type BatchAnswer, type BatchPart, readBatch } from './batch';
import { callTag } from './native';
import { connectorErrorOf, failureOf, WebApiFailure } from './web-api-failure';

export interface WebApiOptions {
  readonly auth: Authenticator;
  /** `https://acme.crm4.dynamics.com/api/data/v9.2/` */
  readonly apiRoot: string;
  readonly governor: RateGovernor;
}

/** A request; `path` is below the API's root, or a whole URL (a next link). */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, numbers to the last digit; undefined where there is none. */
  readonly body: unknown;
}

/** Longer than Dataverse itself lets anything run. */
const answerMs = 130_000;

const common = {
  accept: 'application/json',
  'odata-version': '4.0',
  'odata-maxversion': '4.0',
  // Dataverse caches rows by ETag otherwise.
  'if-none-match': 'null',
} as const;

/** The Web API: one token, the tenant's request rate, own writes tagged. */
export class WebApi {
  readonly #options: WebApiOptions;

  constructor(options: WebApiOptions) {
    this.#options = options;
  }

  /**
   * Makes a request when the rate allows it. Rejects with WebApiFailure for a refusal, with a ConnectorError when no token is to
   * be had, with what Node says when the answer was lost, with the signal's reason when aborted.
   */
  async send(request: ApiRequest, priority: Priority, signal: AbortSignal): Promise<ApiAnswer> {
    const { body } = request;
    const headers = { ...common, ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }) };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const url = this.#urlOf(request);
    return this.#call(
      url,
      { method: request.method, headers: { ...headers, ...request.headers }, text },
      priority,
      signal,
    );
  }

  /** As `send`, for reading: rejects with Retryable or Permanent, or with the signal's reason. */
  async read(what: string, path: string, signal: AbortSignal, headers?: ApiRequest['headers']): Promise<ApiAnswer> {
    try {
      return await this.send({ method: 'GET', path, ...(headers === undefined ? {} : { headers }) }, 'read', signal);
    } catch (error) {
      signal.throwIfAborted();
      throw connectorErrorOf(error, what);
    }
  }

  /** Makes several writes in one call; each answers for itself, in order. Rejects as `send` where the call as a whole failed. */
  async sendAll(requests: readonly ApiRequest[], signal: AbortSignal): Promise<readonly (BatchAnswer | undefined)[]> {
    const parts = requests.map((request): BatchPart => ({ ...request, url: this.#urlOf(request) }));
    const { contentType, text } = batchOf(parts);
    const headers = { ...common, 'content-type': contentType, prefer: 'odata.continue-on-error' };
    const url = `${this.#options.apiRoot}$batch`;
    const answer = await this.#call(url, { method: 'POST', headers, text }, 'write', signal);
    const answers = readBatch(answer.headers['content-type'] ?? '', String(answer.body));
    return requests.map((_, index) => answers[index]);
  }

  /** A write carries the tag, which comes back in the contexts of all steps that it triggers. */
  #urlOf({ path, method }: ApiRequest): string {
    const url = /^https?:/.test(path) ? path : this.#options.apiRoot + path;
    return method === 'GET' ? url : `${url}${url.includes('?') ? '&' : '?'}tag=${callTag}`;
  }

  async #call(url: string, call: Call, priority: Priority, signal: AbortSignal): Promise<ApiAnswer> {
    const { auth, governor } = this.#options;
    return governor.run(
      async () => {
        const { accessToken } = await untilAborted(auth.session(), signal);
        try {
          return await fetchOnce(url, call, accessToken, signal);
        } catch (error) {
          if (!(error instanceof WebApiFailure)) throw error;
          if (error.retryAfterMs !== undefined) governor.pauseFor(error.retryAfterMs);
          if (error.status !== 401) throw error;
          const renewed = await untilAborted(auth.sessionAfter(accessToken), signal);
          return fetchOnce(url, call, renewed.accessToken, signal);
        }
      },
      priority,
      signal,
    );
  }
}

interface Call {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | undefined;
}

async function fetchOnce(
  url: string,
  { method, headers, text }: Call,
  token: string,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    ...(text === undefined ? {} : { body: text }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
  });
  const body = bodyOf(await response.text(), response.headers.get('content-type') ?? '');
  if (!response.ok) throw failureOf(response.status, response.headers.get('retry-after'), body);
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
}

function bodyOf(text: string, contentType: string): unknown {
  if (text === '') return undefined;
  if (!/json/i.test(contentType)) return text;
  try {
    return parseLossless(text);
  } catch {
    // A proxy that says JSON and sends something else: the text itself is the answer.
    return text;
  }
}

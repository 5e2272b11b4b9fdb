import { untilAborted } from '../../kit/abort';
import { type Priority, type RateGovernor } from '../../kit/rate';
import { Retryable } from '../../contract';
import type { Credentials } from './credentials';
import { type Answer, failureOf } from './failure';

/** SAP ends long requests itself; ours are small. */
const answerMs = 60_000;

/** One request to a service of the system. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the host on: `/sap/…`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SessionOptions {
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly governor: RateGovernor;
  /** Whether the token is fetched before the first write, or only once the system asks for it. Default: before. */
  readonly csrf?: 'before' | 'asked';
}

/** A session of the system's: its cookies, and the token that is worth something with them alone. */
interface Life {
  readonly cookies: Map<string, string>;
  /** Empty where the system gives none. */
  csrf?: Promise<string>;
  /** Settles with the first answer, whose cookies all others then bring. */
  begun?: Promise<unknown>;
}

/**
 * Requests of one HTTP session. The token against cross-site request forgery is fetched once and kept with its cookies: each new
 * session costs the system memory for half an hour, and one per write has brought systems down. It is fetched anew when the system
 * says `x-csrf-token: Required`, once for a request. Requests without cookies would each begin a session: the first goes alone.
 */
export class Session {
  readonly #options: SessionOptions;
  #life: Life = { cookies: new Map() };
  #isAsked: boolean;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#isAsked = options.csrf !== 'asked';
  }

  /**
   * Sends a request when the rate allows it. Rejects with ODataFailure for a refusal, Retryable when no answer came (of a write,
   * the effect is unknown), Permanent when no token is to be had, and with the signal's reason.
   * @param tokenPath where the token is fetched
   */
  async send(request: Request, tokenPath: string, priority: Priority, signal: AbortSignal): Promise<Answer> {
    const { governor } = this.#options;
    return governor.run(
      async () => {
        const answer = await this.#attempt(request, tokenPath, signal);
        if (answer.status < 400) return answer;
        const failure = failureOf(answer);
        if (failure.retryAfterMs !== undefined) governor.pauseFor(failure.retryAfterMs);
        throw failure;
      },
      priority,
      signal,
    );
  }

  async #attempt(request: Request, tokenPath: string, signal: AbortSignal): Promise<Answer> {
    const { credentials } = this.#options;
    for (let isSecond = false; ; isSecond = true) {
      const life = this.#life;
      const authorization = await credentials.authorization();
      const token = request.method === 'GET' ? undefined : await this.#token(life, tokenPath, authorization, signal);
      const answer = await this.#send(life, request, authorization, token, signal);
      if (isSecond || !this.#mayPass(answer, authorization)) return answer;
      // The session has ended, cookies and all. Another request may have noticed it first, and begun the next.
      if (this.#life === life) this.#life = { cookies: new Map() };
    }
  }

  /** Whether the same request may pass in another session. */
  #mayPass({ status, headers }: Answer, authorization: string): boolean {
    const isStale = status === 403 && /^required$/i.test(headers['x-csrf-token'] ?? '');
    this.#isAsked ||= isStale;
    return isStale || (status === 401 && this.#options.credentials.refused(authorization));
  }

  /** The session's token; `undefined` where the system gives none, because it asks for none, or has not asked yet. */
  async #token(life: Life, path: string, authorization: string, signal: AbortSignal): Promise<string | undefined> {
    if (!this.#isAsked) return undefined;
    life.csrf ??= this.#fetchToken(life, path, authorization, signal).catch((error: unknown) => {
      delete life.csrf;
      throw error;
    });
    const token = await life.csrf;
    return token === '' ? undefined : token;
  }

  async #fetchToken(life: Life, path: string, authorization: string, signal: AbortSignal): Promise<string> {
    const fetching: Request = { method: 'GET', path, headers: { accept: 'application/json' } };
    const answer = await this.#send(life, fetching, authorization, 'Fetch', signal);
    if (answer.status === 401 || answer.status >= 500 || answer.status === 429) throw failureOf(answer);
    return answer.headers['x-csrf-token'] ?? '';
  }

  async #send(
    life: Life,
    request: Request,
    authorization: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (life.begun !== undefined) {
      await untilAborted(life.begun, signal);
      return this.#fetch(life, request, authorization, token, signal);
    }
    const first = this.#fetch(life, request, authorization, token, signal);
    life.begun = first.catch(() => undefined);
    return first;
  }

  async #fetch(
    { cookies }: Life,
    { method, path, headers, body }: Request,
    authorization: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    try {
      const response = await fetch(`${this.#options.baseUrl}${path}`, {
        method,
        // A redirect (to a log-on page) would repeat a write as a read.
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          ...headers,
          authorization,
          ...(cookie === '' ? {} : { cookie }),
          ...(token === undefined ? {} : { 'x-csrf-token': token }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      });
      keep(cookies, response.headers.getSetCookie());
      return answerOf(response, await response.text());
    } catch (error) {
      signal.throwIfAborted();
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Retryable('SBX_SAP_NO_ANSWER', `${method} ${path.split('?')[0] ?? ''}: ${cause}`, undefined, {
        cause: error,
      });
    }
  }
}

function keep(jar: Map<string, string>, cookies: readonly string[]): void {
  for (const cookie of cookies) {
    const [pair = ''] = cookie.split(';');
    const equals = pair.indexOf('=');
    if (equals > 0) jar.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
  }
}

/** A redirect is a refusal: it leads to a log-on page. */
function answerOf(response: Response, body: string): Answer {
  const headers = Object.fromEntries(response.headers);
  const isRedirect = response.status >= 300 && response.status < 400;
  return { status: isRedirect ? 401 : response.status, headers, body };
}

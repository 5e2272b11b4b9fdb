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

/** A CSRF token and the cookies that it is worth something with. */
interface Csrf {
  readonly token: string;
}

/**
 * Requests of one HTTP session. The token against cross-site request forgery is fetched once and kept with its cookies: each new
 * session costs the system memory for half an hour, and one per write has brought systems down. It is fetched anew when the system
 * says `x-csrf-token: Required`, once for a request.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #cookies = new Map<string, string>();
  #csrf: Promise<Csrf> | undefined;
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
    let isSecond = false;
    for (;;) {
      const authorization = await credentials.authorization();
      const token = request.method === 'GET' ? undefined : await this.#token(tokenPath, authorization, signal);
      const answer = await this.#fetch(request, authorization, token, signal);
      const isStale = answer.status === 403 && /^required$/i.test(answer.headers['x-csrf-token'] ?? '');
      const mayPass = isStale || (answer.status === 401 && credentials.refused(authorization));
      if (isSecond || !mayPass) return answer;
      isSecond = true;
      this.#isAsked ||= isStale;
      // The session has ended: its cookies would only bring the dead one back.
      this.#cookies.clear();
      this.#csrf = undefined;
    }
  }

  /** The session's token; `undefined` where the system gives none, because it asks for none, or has not asked yet. */
  async #token(tokenPath: string, authorization: string, signal: AbortSignal): Promise<string | undefined> {
    if (!this.#isAsked) return undefined;
    this.#csrf ??= this.#fetchToken(tokenPath, authorization, signal).catch((error: unknown) => {
      this.#csrf = undefined;
      throw error;
    });
    const csrf = await this.#csrf;
    return csrf.token === '' ? undefined : csrf.token;
  }

  async #fetchToken(path: string, authorization: string, signal: AbortSignal): Promise<Csrf> {
    const fetching: Request = { method: 'GET', path, headers: { accept: 'application/json' } };
    const answer = await this.#fetch(fetching, authorization, 'Fetch', signal);
    if (answer.status === 401 || answer.status >= 500 || answer.status === 429) throw failureOf(answer);
    return { token: answer.headers['x-csrf-token'] ?? '' };
  }

  async #fetch(
    { method, path, headers, body }: Request,
    authorization: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
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
      this.#keep(response.headers.getSetCookie());
      return answerOf(response, await response.text());
    } catch (error) {
      signal.throwIfAborted();
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Retryable('SBX_SAP_NO_ANSWER', `${method} ${path.split('?')[0] ?? ''}: ${cause}`, undefined, {
        cause: error,
      });
    }
  }

  #keep(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [pair = ''] = cookie.split(';');
      const equals = pair.indexOf('=');
      if (equals > 0) this.#cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
    }
  }
}

/** A redirect is a refusal: it leads to a log-on page. */
function answerOf(response: Response, body: string): Answer {
  const headers = Object.fromEntries(response.headers);
  const isRedirect = response.status >= 300 && response.status < 400;
  return { status: isRedirect ? 401 : response.status, headers, body };
}

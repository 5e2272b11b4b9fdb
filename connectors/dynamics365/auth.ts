import { type ConnectorError, Permanent, Retryable } from '../contract';
import type { Auth } from './config';
import { objectOf, textOf } from './json';
import { delayOf } from './web-api-failure';

/** A token and how long it is good for. */
export interface Session {
  readonly accessToken: string;
  /** Epoch ms after which it is renewed before use. */
  readonly renewAt: number;
}

export interface AuthenticatorOptions {
  readonly auth: Auth;
  /** The directory's token endpoint. */
  readonly loginUrl: string;
  /** The environment's URL: the audience of the token. */
  readonly baseUrl: string;
  readonly now: () => number;
}

const answerMs = 30_000;
/** A token that ends while a request is under way is refused: renewed so much earlier, or at half its life. */
const spareMs = 5 * 60_000;

/** Keeps one token for all calls of a connection; one renewal at a time, shared by everyone who waits for it. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #session: Session | undefined;
  #renewal: Promise<Session> | undefined;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** A session, renewed in good time where that is possible. Rejects with Permanent (refused) or Retryable (not reached). */
  async session(): Promise<Session> {
    const current = this.#session;
    if (current === undefined) return this.#renew();
    if (this.#options.now() < current.renewAt) return current;
    try {
      return await this.#renew();
    } catch (error) {
      // Renewed early: while Entra ID is away, the old token most likely still does.
      if (error instanceof Retryable) return current;
      throw error;
    }
  }

  /** A session other than the one that Dataverse has just refused. */
  async sessionAfter(refused: string): Promise<Session> {
    const current = this.#session;
    if (current !== undefined && current.accessToken !== refused) return current;
    return this.#renew();
  }

  async #renew(): Promise<Session> {
    this.#renewal ??= this.#request().finally(() => {
      this.#renewal = undefined;
    });
    this.#session = await this.#renewal;
    return this.#session;
  }

  async #request(): Promise<Session> {
    const { loginUrl, now } = this.#options;
    const asked = now();
    const response = await this.#post();
    const body = objectOf(await response.json().catch(() => undefined)) ?? {};
    if (!response.ok) throw tokenFailure(loginUrl, response, body);
    const accessToken = textOf(body.access_token);
    if (accessToken === undefined) {
      throw new Permanent(
        'SBX_DYNAMICS365_LOGIN_ANSWER',
        `${loginUrl} answered ${response.status} without access_token: is auth.loginUrl a host of Entra ID?`,
      );
    }
    const lifeMs = (Number(body.expires_in) || 3600) * 1000;
    return { accessToken, renewAt: asked + Math.max(lifeMs / 2, lifeMs - spareMs) };
  }

  async #post(): Promise<Response> {
    const { auth, loginUrl, baseUrl } = this.#options;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: auth.clientId,
      client_secret: auth.clientSecret,
      scope: `${baseUrl}/.default`,
    });
    try {
      return await fetch(loginUrl, { method: 'POST', body, signal: AbortSignal.timeout(answerMs) });
    } catch (error) {
      const { message, cause } = error as Error;
      const why = cause instanceof Error ? cause.message : message;
      throw new Retryable('SBX_DYNAMICS365_UNREACHABLE', `${loginUrl} cannot be reached: ${why}`, undefined, {
        cause: error,
      });
    }
  }
}

/** What a person does about the number that Entra ID gives (`AADSTS7000215`). */
const fixes: Readonly<Record<string, string>> = {
  '90002': 'auth.directoryId must be the Directory (tenant) ID of the app registration',
  '700016': 'auth.clientId must be the Application (client) ID of an app registration in that directory',
  '7000215': 'auth.clientSecret must be the VALUE of a client secret, not its id',
  '7000222': 'the client secret has expired: make a new one under Certificates & secrets',
  '500011': 'baseUrl must be the URL of an environment of that directory',
};

function tokenFailure(url: string, response: Response, body: Readonly<Record<string, unknown>>): ConnectorError {
  const code = textOf(body.error) ?? `HTTP_${response.status}`;
  const description = textOf(body.error_description) ?? 'no description';
  const message = `${url} answered ${response.status} ${code}: ${description.split(/ Trace ID|\r?\n/)[0] ?? ''}`;
  if (response.status >= 500 || response.status === 429) {
    return new Retryable(code, message, delayOf(response.headers.get('retry-after')));
  }
  const fix = fixes[/AADSTS(\d+)/.exec(description)?.[1] ?? ''];
  return new Permanent(code, fix === undefined ? message : `${message}. Fix: ${fix}`);
}

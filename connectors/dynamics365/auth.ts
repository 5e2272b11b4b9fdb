import { type ConnectorError, Permanent, Retryable } from '../contract';
import { type Session, SharedSession } from '../kit/shared-session';
import type { Auth } from './config';
import { objectOf, textOf } from '../kit/json';
import { delayOf } from './web-api-failure';

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

/** The session of a connection: asked for once, shared by all calls, renewed in good time. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #shared: SharedSession<Session>;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#shared = new SharedSession(() => this.#request(), options.now);
  }

  /** Rejects with Permanent (refused) or Retryable (not reached). */
  session(): Promise<Session> {
    return this.#shared.get();
  }

  /** A session other than the one that Dataverse has just refused. */
  sessionAfter(refused: string): Promise<Session> {
    return this.#shared.after(refused);
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

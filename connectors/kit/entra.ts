import { type ConnectorError, Permanent, Retryable } from '../contract';
import { objectOf, textOf } from './json';
import { delayOf } from './retry-after';
import { type Session, SharedSession } from './shared-session';

/** An app registration of Entra ID. */
export interface EntraAuth {
  readonly kind: 'client-credentials';
  readonly directoryId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Entra ID's host; national clouds have their own. */
  readonly loginUrl?: string;
}

export interface EntraOptions {
  readonly auth: EntraAuth;
  /** The directory's token endpoint: `tokenUrlOf`. */
  readonly tokenUrl: string;
  /** The URL of what is called: the audience of the token. */
  readonly audience: string;
  readonly now: () => number;
  /** The connector's own codes: of an answer without a token, of a host that is not reached. */
  readonly codes: { readonly answer: string; readonly unreachable: string };
  /** What a person does about an audience that Entra ID does not know in the directory. */
  readonly audienceFix: string;
}

const answerMs = 30_000;
/** A token that ends while a request is under way is refused: renewed so much earlier, or at half its life. */
const spareMs = 5 * 60_000;

/** Entra ID's address of the directory, without a slash at its end. */
export function directoryUrlOf({ loginUrl = 'https://login.microsoftonline.com', directoryId }: EntraAuth): string {
  return `${loginUrl.replace(/\/+$/, '')}/${directoryId}`;
}

/** The directory's token endpoint. */
export function tokenUrlOf(auth: EntraAuth): string {
  return `${directoryUrlOf(auth)}/oauth2/v2.0/token`;
}

/** The session of a connection by client credentials: asked for once, shared by all calls, renewed in good time. */
export class EntraAuthenticator {
  readonly #options: EntraOptions;
  readonly #shared: SharedSession<Session>;

  constructor(options: EntraOptions) {
    this.#options = options;
    this.#shared = new SharedSession(() => this.#request(), options.now);
  }

  /** Rejects with Permanent (refused) or Retryable (not reached). */
  session(): Promise<Session> {
    return this.#shared.get();
  }

  /** A session other than the one that was just refused. */
  sessionAfter(refused: string): Promise<Session> {
    return this.#shared.after(refused);
  }

  async #request(): Promise<Session> {
    const { now, codes, tokenUrl } = this.#options;
    const asked = now();
    const response = await this.#post();
    const body = objectOf(await response.json().catch(() => undefined)) ?? {};
    if (!response.ok) throw this.#failure(response, body);
    const accessToken = textOf(body.access_token);
    if (accessToken === undefined) {
      const what = `${tokenUrl} answered ${response.status} without access_token`;
      throw new Permanent(codes.answer, `${what}: is auth.loginUrl a host of Entra ID?`);
    }
    const lifeMs = (Number(body.expires_in) || 3600) * 1000;
    return { accessToken, renewAt: asked + Math.max(lifeMs / 2, lifeMs - spareMs) };
  }

  async #post(): Promise<Response> {
    const { auth, tokenUrl, audience, codes } = this.#options;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: auth.clientId,
      client_secret: auth.clientSecret,
      scope: `${audience}/.default`,
    });
    try {
      return await fetch(tokenUrl, { method: 'POST', body, signal: AbortSignal.timeout(answerMs) });
    } catch (error) {
      const { message, cause } = error as Error;
      const why = cause instanceof Error ? cause.message : message;
      throw new Retryable(codes.unreachable, `${tokenUrl} cannot be reached: ${why}`, undefined, { cause: error });
    }
  }

  #failure(response: Response, body: Readonly<Record<string, unknown>>): ConnectorError {
    const code = textOf(body.error) ?? `HTTP_${response.status}`;
    const description = textOf(body.error_description) ?? 'no description';
    const reason = description.split(/ Trace ID|\r?\n/)[0] ?? '';
    const { tokenUrl, audienceFix } = this.#options;
    const message = `${tokenUrl} answered ${response.status} ${code}: ${reason}`;
    if (response.status >= 500 || response.status === 429) {
      return new Retryable(code, message, delayOf(response.headers.get('retry-after')));
    }
    const number = /AADSTS(\d+)/.exec(description)?.[1] ?? '';
    const fix = number === unknownAudience ? audienceFix : fixes[number];
    return new Permanent(code, fix === undefined ? message : `${message}. Fix: ${fix}`);
  }
}

const unknownAudience = '500011';

/** What a person does about the number that Entra ID gives (`AADSTS7000215`). */
const fixes: Readonly<Record<string, string>> = {
  '90002': 'auth.directoryId must be the Directory (tenant) ID of the app registration',
  '700016': 'auth.clientId must be the Application (client) ID of an app registration in that directory',
  '7000215': 'auth.clientSecret must be the VALUE of a client secret, not its id',
  '7000222': 'the client secret has expired: make a new one under Certificates & secrets',
};

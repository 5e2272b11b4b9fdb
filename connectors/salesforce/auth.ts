import { createSign } from 'node:crypto';
import { type ConnectorError, Permanent, Retryable } from '../contract';
import type { Auth } from './config';
import { objectOf, textOf } from './json';

/** A token and what it is good for. */
export interface Session {
  readonly accessToken: string;
  /** The org's REST host: also the `instanceurl` of the Pub/Sub API. */
  readonly instanceUrl: string;
  /** 18 characters. */
  readonly orgId: string;
  /** Epoch ms after which it is renewed before use. */
  readonly renewAt: number;
}

export interface AuthenticatorOptions {
  readonly auth: Auth;
  readonly loginUrl: string;
  /** Where the REST API is when the token's answer does not say. */
  readonly baseUrl: string;
  readonly now: () => number;
}

/** Orgs end idle sessions after 15 minutes at the earliest, and the answer seldom says when: renewed well before. */
const sessionMs = 10 * 60_000;
const assertionMs = 3 * 60_000;
const answerMs = 30_000;

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
      // Renewed early: while the login host is away, the old token most likely still does.
      if (error instanceof Retryable) return current;
      throw error;
    }
  }

  /** A session other than the one that Salesforce has just refused. */
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
    const { auth, loginUrl, now } = this.#options;
    const asked = now();
    const url = `${loginUrl}/services/oauth2/token`;
    const response = await this.#post(
      url,
      auth.kind === 'jwt-bearer' ? jwtGrant(auth, loginUrl, asked) : secretGrant(auth),
    );
    const body = objectOf(await response.json().catch(() => undefined)) ?? {};
    if (!response.ok) throw tokenFailure(url, response, body);
    const accessToken = textOf(body.access_token);
    const orgId = textOf(body.id)?.match(/\/id\/([A-Za-z0-9]{18})\//)?.[1];
    if (accessToken === undefined || orgId === undefined) {
      throw new Permanent(
        'SBX_SALESFORCE_TOKEN_ANSWER',
        `${url} answered ${response.status} without access_token or id: is loginUrl a Salesforce login host?`,
      );
    }
    const lifeMs = Number(body.expires_in) > 0 ? Number(body.expires_in) * 1000 - 60_000 : sessionMs;
    return {
      accessToken,
      instanceUrl: textOf(body.instance_url) ?? this.#options.baseUrl,
      orgId,
      renewAt: asked + Math.min(lifeMs, sessionMs),
    };
  }

  async #post(url: string, grant: URLSearchParams): Promise<Response> {
    try {
      return await fetch(url, { method: 'POST', body: grant, signal: AbortSignal.timeout(answerMs) });
    } catch (error) {
      const cause =
        (error as Error).cause instanceof Error
          ? (error as Error & { cause: Error }).cause.message
          : (error as Error).message;
      throw new Retryable('SBX_SALESFORCE_UNREACHABLE', `${url} cannot be reached: ${cause}`, undefined, {
        cause: error,
      });
    }
  }
}

/** RFC 7523: signed with the key whose certificate lies in the connected app. */
function jwtGrant(auth: Extract<Auth, { kind: 'jwt-bearer' }>, audience: string, now: number): URLSearchParams {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { iss: auth.clientId, sub: auth.username, aud: audience, exp: Math.floor((now + assertionMs) / 1000) };
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  let signature: string;
  try {
    signature = createSign('RSA-SHA256').update(text).sign(auth.privateKey, 'base64url');
  } catch (error) {
    const message = `auth.privateKey is not a usable RSA private key in PEM: ${(error as Error).message}`;
    throw new Permanent('SBX_SALESFORCE_PRIVATE_KEY', message, { cause: error });
  }
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${text}.${signature}`,
  });
}

function secretGrant(auth: Extract<Auth, { kind: 'client-credentials' }>): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: auth.clientId,
    client_secret: auth.clientSecret,
  });
}

/** What a person does about the token endpoint's `error`. */
const fixes: Readonly<Record<string, string>> = {
  invalid_client_id:
    'clientId must be the consumer key of a connected app in this org (a new one takes 10 minutes to work)',
  invalid_client:
    'check clientId and clientSecret, and that the connected app enables the client credentials flow with a run-as user',
  invalid_app_access:
    "pre-authorise the user's profile or permission set in the connected app (Manage > Permitted Users)",
  invalid_grant:
    "check username, loginUrl, the uploaded certificate and this machine's clock, and pre-authorise the user in the connected app",
};

function tokenFailure(url: string, response: Response, body: Readonly<Record<string, unknown>>): ConnectorError {
  const code = textOf(body.error) ?? `HTTP_${response.status}`;
  const message = `${url} answered ${response.status} ${code}: ${textOf(body.error_description) ?? 'no description'}`;
  if (response.status >= 500 || response.status === 429) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return new Retryable(code, message, Number.isFinite(seconds) ? seconds * 1000 : undefined);
  }
  return new Permanent(code, fixes[code] === undefined ? message : `${message}. Fix: ${fixes[code]}`);
}

import { createSign } from 'node:crypto';
import { type ConnectorError, Permanent, Retryable } from '../contract';
import { type Session as Token, SharedSession } from '../kit/shared-session';
import type { Auth } from './config';
import { objectOf, textOf } from '../kit/json';

/** A token and what it is good for. */
export interface Session extends Token {
  /** The org's REST host: also the `instanceurl` of the Pub/Sub API. */
  readonly instanceUrl: string;
  /** 18 characters. */
  readonly orgId: string;
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

  /** A session other than the one that Salesforce has just refused. */
  sessionAfter(refused: string): Promise<Session> {
    return this.#shared.after(refused);
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

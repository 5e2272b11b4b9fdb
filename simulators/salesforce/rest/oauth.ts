import { createVerify, type KeyObject } from 'node:crypto';
import type { Session, Sessions } from '../sessions';

/** A connected app with the user it may act as. */
export interface ConnectedApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Verifies JWT assertions. */
  readonly publicKey: KeyObject;
  /** The user that client credentials run as, and the only `sub` that its assertions may name. */
  readonly username: string;
  readonly userId: string;
}

/** What the token endpoint works on. */
export interface OAuthContext {
  readonly sessions: Sessions;
  readonly apps: readonly ConnectedApp[];
  readonly orgId: string;
  readonly baseUrl: string;
}

/** A token answer or an OAuth error with its HTTP status. */
export interface OAuthAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const refuse = (error: string, description: string, status = 400): OAuthAnswer => ({
  status,
  body: { error, error_description: description },
});

/** Longest life of an assertion in seconds, with half a minute for clocks that differ. */
const MAX_ASSERTION_SECONDS = 330;

const loginHosts = ['https://login.salesforce.com', 'https://test.salesforce.com'];

const grant = (context: OAuthContext, app: ConnectedApp): OAuthAnswer => {
  const session = context.sessions.open(app.userId, app.username);
  return {
    status: 200,
    body: {
      access_token: session.token,
      scope: 'api',
      instance_url: context.baseUrl,
      id: `${context.baseUrl}/id/${context.orgId}/${app.userId}`,
      token_type: 'Bearer',
      issued_at: String(Date.now()),
    },
  };
};

const decode = (part: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
};

const isSigned = (app: ConnectedApp, head: string, claims: string, signature: string): boolean =>
  createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(app.publicKey, signature, 'base64url');

const checkClaims = (
  claims: Readonly<Record<string, unknown>>,
  app: ConnectedApp,
  baseUrl: string,
): OAuthAnswer | undefined => {
  const audiences = [baseUrl, `${baseUrl}/services/oauth2/token`, ...loginHosts];
  const { aud, exp, sub } = claims;
  if (typeof aud !== 'string' || !audiences.includes(aud)) return refuse('invalid_grant', 'audience is invalid');
  const now = Date.now() / 1000;
  if (typeof exp !== 'number' || exp < now) return refuse('invalid_grant', 'expired authorization code');
  if (exp > now + MAX_ASSERTION_SECONDS) return refuse('invalid_grant', 'assertion expiry is too far in the future');
  if (sub !== app.username) return refuse('invalid_grant', "user hasn't approved this consumer");
  return undefined;
};

const jwtBearer = (context: OAuthContext, assertion: string): OAuthAnswer => {
  const [head = '', payload = '', signature = ''] = assertion.split('.');
  const claims = decode(payload);
  if (claims === undefined || decode(head)?.['alg'] !== 'RS256') return refuse('invalid_grant', 'invalid assertion');
  const app = context.apps.find(({ clientId }) => clientId === claims['iss']);
  if (app === undefined) return refuse('invalid_client_id', 'client identifier invalid');
  if (!isSigned(app, head, payload, signature)) return refuse('invalid_grant', 'invalid assertion');
  return checkClaims(claims, app, context.baseUrl) ?? grant(context, app);
};

const clientCredentials = (context: OAuthContext, form: URLSearchParams, authorization: string): OAuthAnswer => {
  const [, basic] = /^Basic (.+)$/i.exec(authorization) ?? [];
  const [basicId, basicSecret] = basic === undefined ? [] : Buffer.from(basic, 'base64').toString('utf8').split(':');
  const app = context.apps.find(({ clientId }) => clientId === (form.get('client_id') ?? basicId));
  if (app === undefined) return refuse('invalid_client_id', 'client identifier invalid');
  if (app.clientSecret !== (form.get('client_secret') ?? basicSecret)) {
    return refuse('invalid_client', 'invalid client credentials');
  }
  return grant(context, app);
};

/** POST /services/oauth2/token */
export const issueToken = (context: OAuthContext, form: URLSearchParams, authorization: string): OAuthAnswer => {
  switch (form.get('grant_type')) {
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return jwtBearer(context, form.get('assertion') ?? '');
    case 'client_credentials':
      return clientCredentials(context, form, authorization);
    default:
      return refuse('unsupported_grant_type', 'grant type not supported');
  }
};

/** The identity that `/services/oauth2/userinfo` and the id URL answer. */
export const identity = (context: OAuthContext, session: Session): Readonly<Record<string, unknown>> => ({
  sub: `${context.baseUrl}/id/${context.orgId}/${session.userId}`,
  id: `${context.baseUrl}/id/${context.orgId}/${session.userId}`,
  user_id: session.userId,
  organization_id: context.orgId,
  username: session.username,
  preferred_username: session.username,
  active: true,
  urls: {
    rest: `${context.baseUrl}/services/data/v{version}/`,
    sobjects: `${context.baseUrl}/services/data/v{version}/sobjects/`,
  },
});

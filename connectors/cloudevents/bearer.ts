import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Permanent, Retryable, type Finding } from '../contract';
import type { BearerAuth } from './config';
import type { Gate } from './gate';
import { Refusal } from './refusal';

/** Asymmetric ones only: a public key must not serve as a shared one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Senders whose clock is a little off are taken, in s. */
const clockTolerance = 30;
const jwksTimeoutMs = 3_000;

/** What `jose` says when the issuer could not be asked, as opposed to what it says about a token. */
const unasked = ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID'];

/** Requests with an OAuth 2.0 access token that is a JWT. Throws Permanent for a key that is none. */
export function bearerGate(auth: BearerAuth, now: () => number): Gate {
  const verify = verifierOf(auth);
  return {
    admit: async ({ headers }) => {
      const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(headers.authorization ?? '') ?? [];
      if (token === undefined) throw unknown('no bearer token');
      const { issuer, audience } = auth;
      const expected = { issuer, audience, algorithms, clockTolerance, requiredClaims: ['exp'] };
      const claims = await verify(token, { ...expected, currentDate: new Date(now()) });
      if (!hasScope(claims, auth.scope)) throw new Refusal(403, `the token lacks the scope ${auth.scope ?? ''}`);
    },
    check: (signal) => check(auth, signal),
  };
}

type Verify = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

function verifierOf(auth: BearerAuth): Verify {
  if (auth.jwksUrl === undefined) {
    const key = keyOf(auth.publicKey ?? '');
    return (token, options) => claimsOf(() => jwtVerify(token, key, options));
  }
  const keys = createRemoteJWKSet(new URL(auth.jwksUrl), { timeoutDuration: jwksTimeoutMs });
  return (token, options) => claimsOf(() => jwtVerify(token, keys, options));
}

async function claimsOf(verify: () => Promise<{ readonly payload: JWTPayload }>): Promise<JWTPayload> {
  try {
    return (await verify()).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError && !unasked.includes(error.code)) throw unknown(error.message);
    // A token of another kind of key than the issuer's.
    if (error instanceof TypeError && !isNetwork(error)) throw unknown('the token is signed with another kind of key');
    throw new Retryable('SBX_CLOUDEVENTS_ISSUER', "the issuer's keys could not be read", undefined, { cause: error });
  }
}

/** `fetch failed`, with the reason as its cause. */
function isNetwork(error: TypeError): boolean {
  return error.cause !== undefined;
}

function keyOf(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new Permanent(
      'SBX_CLOUDEVENTS_KEY',
      'auth.publicKey is no public key in PEM: give the issuer’s, or jwksUrl',
      {
        cause: error,
      },
    );
  }
}

function unknown(why: string): Refusal {
  return new Refusal(401, why, { 'www-authenticate': 'Bearer' });
}

function hasScope({ scope, scp }: JWTPayload, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const scopes = [scope, scp].flat().flatMap((one) => (typeof one === 'string' ? one.split(' ') : []));
  return scopes.includes(wanted);
}

async function check({ issuer, jwksUrl }: BearerAuth, signal: AbortSignal): Promise<readonly Finding[]> {
  if (jwksUrl === undefined) return [{ level: 'ok', what: `tokens of ${issuer}, by its public key` }];
  const what = `tokens of ${issuer}: keys at ${jwksUrl}`;
  const fix = 'correct jwksUrl; it is what the issuer calls jwks_uri';
  try {
    const response = await fetch(jwksUrl, { signal });
    const { keys } = (await response.json()) as { readonly keys?: unknown };
    if (Array.isArray(keys) && keys.length > 0) return [{ level: 'ok', what }];
    return [{ level: 'error', what, why: `it answers ${response.status} without keys`, fix }];
  } catch (error) {
    return [{ level: 'error', what, why: (error as Error).message, fix }];
  }
}

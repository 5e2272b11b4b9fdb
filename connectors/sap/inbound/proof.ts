import { createHash, timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { type InboundRequest, Retryable } from '../../contract';
import type { Inbound } from '../config';

/** Tells whether a request proves that it comes from whom the configuration names. Throws Retryable where that cannot be told now. */
export type Proof = (request: Pick<InboundRequest, 'headers' | 'query'>) => Promise<boolean>;

/** The proof that a configuration asks for; without one, nobody proves anything. */
export function proofOf(inbound: Inbound | undefined): Proof {
  switch (inbound?.kind) {
    case undefined:
      return () => Promise.resolve(false);
    case 'basic': {
      const expected = `${inbound.username}:${inbound.password}`;
      return ({ headers }) => Promise.resolve(isSame(basicOf(headers.authorization), expected));
    }
    case 'header': {
      const name = inbound.name.toLowerCase();
      return ({ headers }) => Promise.resolve(isSame(headers[name], inbound.secret));
    }
    case 'query':
      return ({ query }) => Promise.resolve(isSame(query.get(inbound.name) ?? undefined, inbound.secret));
    case 'oauth':
      return tokenProof(inbound);
  }
}

/** In a time that tells nothing about the secret, its length included. */
function isSame(given: string | undefined, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected)) && given !== undefined;
}

function basicOf(authorization: string | undefined): string | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** Only signatures by a key pair: with a shared secret anybody who may check could also sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

/** A second of grace for clocks that differ. */
const clockTolerance = 60;

function tokenProof({ keysUrl, clientId, issuer, audience }: Inbound & { kind: 'oauth' }): Proof {
  const keys = createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: 5_000 });
  const rules = {
    algorithms,
    clockTolerance,
    requiredClaims: ['exp'],
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  return async ({ headers }) => {
    const token = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return false;
    try {
      const { payload } = await jwtVerify(token, keys, rules);
      return isSame(clientOf(payload), clientId);
    } catch (error) {
      // That the keys could not be fetched says nothing about the token.
      if (error instanceof errors.JOSEError && !isAboutKeys(error)) return false;
      const message = `${keysUrl} gives no keys: ${(error as Error).message}`;
      throw new Retryable('SBX_SAP_KEYS', message, 30_000, { cause: error });
    }
  };
}

/** The client that has fetched the token; XSUAA and IAS name it differently. */
function clientOf({ client_id, azp, cid }: JWTPayload): string | undefined {
  return [client_id, azp, cid].find((client): client is string => typeof client === 'string');
}

function isAboutKeys({ code }: errors.JOSEError): boolean {
  return code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JWKS_INVALID' || code === 'ERR_JOSE_GENERIC';
}

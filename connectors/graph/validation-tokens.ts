import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Retryable } from '../contract';
import type { Settings } from './config';

/** The application that Graph sends change notifications as, in every directory. */
const sender = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** Clocks that are a little off are taken, in s. */
const clockTolerance = 60;
const keysTimeoutMs = 3_000;

/** What `jose` says when Entra ID could not be asked, as opposed to what it says about a token. */
const unasked = ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID'];

/** Answers why the tokens of a post do not prove Graph; undefined where they do. Rejects with Retryable where the keys cannot be had. */
export type TokensCheck = (tokens: readonly string[]) => Promise<string | undefined>;

/** Checks of `validationTokens`: signed by Entra ID for this application, and issued to Graph's change tracking. */
export function tokensCheck({ keysUrl, issuers, auth }: Settings, now: () => number): TokensCheck {
  const keys = createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: keysTimeoutMs });
  const faultOf = async (token: string): Promise<string | undefined> => {
    const expected = { issuer: [...issuers], audience: auth.clientId, algorithms: ['RS256'], requiredClaims: ['exp'] };
    try {
      const { payload } = await jwtVerify(token, keys, { ...expected, clockTolerance, currentDate: new Date(now()) });
      const party = payload.azp ?? payload.appid;
      return party === sender ? undefined : `issued to ${String(party)}, not to Graph's change tracking`;
    } catch (error) {
      if (error instanceof errors.JOSEError && !unasked.includes(error.code)) return error.message;
      throw new Retryable('SBX_GRAPH_KEYS', "Entra ID's keys could not be read", undefined, { cause: error });
    }
  };
  return async (tokens) => {
    if (tokens.length === 0) return 'no token';
    const faults = await Promise.all(tokens.map(faultOf));
    return faults.find((fault) => fault !== undefined);
  };
}

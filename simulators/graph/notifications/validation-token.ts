import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';

/** The application that Graph's notifications come from, in every directory. */
const changeTracking = '0bf30f3b-4a52-48df-9a82-234910c4a086';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyId = randomUUID();
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Entra ID's public keys, as `discovery/v2.0/keys` tells them. */
export const publicKeys = (): object => ({
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' }],
});

/** The token that proves a post with resources: issued by the directory, for the application that subscribed. */
export const validationToken = (issuer: string, directoryId: string, audience: string): string => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud: audience, iss: issuer, iat: now, nbf: now, exp: now + 3600, tid: directoryId, ver: '2.0' };
  const text = `${encode({ typ: 'JWT', alg: 'RS256', kid: keyId })}.${encode({ ...claims, azp: changeTracking })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
};

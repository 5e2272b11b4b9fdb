import { createSign, generateKeyPair, randomUUID, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** The keys that sign access tokens. */
export interface TokenKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly id: string;
}

const makeKeyPair = promisify(generateKeyPair);

/** One pair per process serves every landscape: making one takes up to a second. */
let made: Promise<TokenKeys> | undefined;

/** The keys of this process. */
export const tokenKeys = (): Promise<TokenKeys> => {
  made ??= makeKeyPair('rsa', { modulusLength: 2048 }).then((pair) => ({ ...pair, id: randomUUID() }));
  return made;
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT signed with RS256. */
export const signToken = ({ privateKey, id }: TokenKeys, jku: string, claims: object): string => {
  const content = `${part({ alg: 'RS256', typ: 'JWT', kid: id, jku })}.${part(claims)}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey).toString('base64url')}`;
};

/** The public key as `/token_keys` has it. */
export const keySet = ({ publicKey, id }: TokenKeys): object => ({
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: id, alg: 'RS256', use: 'sig' }],
});

import { constants, createDecipheriv, createHmac, privateDecrypt, timingSafeEqual } from 'node:crypto';
import { objectOf, textOf } from '../kit/json';
import { parseLossless } from '../kit/lossless-json';
import type { Certificate } from './config';
import type { Fields } from './native';

/** Why an encrypted resource cannot be opened. */
export class Undecryptable extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

const keyBytes = 32;

/**
 * Opens `encryptedContent` of a notification: an AES-256 key under RSA-OAEP (SHA-1) of our certificate, the resource under it in
 * CBC mode, its first 16 bytes the vector, signed with HMAC-SHA256. The signature is checked before anything is decrypted.
 * Throws Undecryptable.
 */
export function decrypted(content: Fields, certificates: readonly Certificate[]): Fields {
  const id = textOf(content.encryptionCertificateId) ?? '';
  const certificate = certificates.find((one) => one.id === id);
  if (certificate === undefined) {
    throw new Undecryptable(
      'SBX_GRAPH_CERTIFICATE',
      `encrypted for the certificate "${id}", which the connection does not have`,
    );
  }
  const key = keyOf(bytesOf(content.dataKey), certificate);
  const data = bytesOf(content.data);
  const signature = createHmac('sha256', key).update(data).digest();
  const given = bytesOf(content.dataSignature);
  if (given.length !== signature.length || !timingSafeEqual(given, signature)) {
    throw new Undecryptable('SBX_GRAPH_SIGNATURE', 'the signature of the encrypted resource is wrong');
  }
  return resourceOf(data, key);
}

function keyOf(wrapped: Buffer, { id, privateKey }: Certificate): Buffer {
  let key: Buffer;
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    key = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha1' }, wrapped);
  } catch (error) {
    const why = (error as Error).message;
    throw new Undecryptable('SBX_GRAPH_KEY', `the private key of "${id}" does not open the resource's key: ${why}`);
  }
  if (key.length === keyBytes) return key;
  throw new Undecryptable('SBX_GRAPH_KEY', `the resource's key has ${key.length} bytes, not ${keyBytes}`);
}

function resourceOf(data: Buffer, key: Buffer): Fields {
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
    const text = Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
    const resource = objectOf(parseLossless(text));
    if (resource !== undefined) return resource;
  } catch (error) {
    throw new Undecryptable('SBX_GRAPH_CONTENT', `what was encrypted cannot be read: ${(error as Error).message}`);
  }
  throw new Undecryptable('SBX_GRAPH_CONTENT', 'what was encrypted is no resource');
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(textOf(value) ?? '', 'base64');
}

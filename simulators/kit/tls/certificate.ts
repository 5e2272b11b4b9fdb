import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import * as der from './der';

/** What a TLS server and its clients need; all PEM. The authority's private key is thrown away. */
export interface ServerIdentity {
  /** Trust anchor for clients. */
  readonly caCertPem: string;
  /** The server's certificate, valid for `localhost`, `127.0.0.1` and `::1`. */
  readonly certPem: string;
  /** The server's private key (PKCS #8). */
  readonly keyPem: string;
}

const ecdsaWithSha256 = der.sequence(der.objectId('1.2.840.10045.4.3.2'));
const DAY_MS = 86_400_000;

const commonName = (name: string): Buffer =>
  der.sequence(der.set(der.sequence(der.objectId('2.5.4.3'), der.utf8(name))));

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  der.sequence(der.objectId(id), ...(critical ? [der.booleanTrue()] : []), der.octetString(value));

const keyIdentifier = (spki: Buffer): Buffer => createHash('sha1').update(spki).digest();

/** Epoch milliseconds. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

/** From yesterday for 825 days, the longest that common TLS stacks accept. */
const usualValidity = (): Validity => ({ from: Date.now() - DAY_MS, to: Date.now() + 824 * DAY_MS });

interface CertificateRequest {
  readonly validity: Validity;
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly issuerPublicKey: KeyObject;
  readonly issuerKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** Issues a version 3 certificate. */
const issue = (request: CertificateRequest): string => {
  const spki = request.publicKey.export({ type: 'spki', format: 'der' });
  const issuerSpki = request.issuerPublicKey.export({ type: 'spki', format: 'der' });
  const { from, to } = request.validity;
  const body = der.sequence(
    der.tagged(0, der.integer(Buffer.from([2]))),
    // RFC 5280 wants a positive serial of at most 20 octets.
    der.integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    ecdsaWithSha256,
    commonName(request.issuer),
    der.sequence(der.time(new Date(from)), der.time(new Date(to))),
    commonName(request.subject),
    spki,
    der.tagged(
      3,
      der.sequence(
        extension('2.5.29.14', false, der.octetString(keyIdentifier(spki))),
        extension('2.5.29.35', false, der.sequence(der.tagged(0, keyIdentifier(issuerSpki), true))),
        ...request.extensions,
      ),
    ),
  );
  const certificate = der.sequence(body, ecdsaWithSha256, der.bitString(sign('sha256', body, request.issuerKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};

const loopbackNames = der.sequence(
  der.tagged(2, Buffer.from('localhost'), true),
  der.tagged(7, Buffer.from([127, 0, 0, 1]), true),
  der.tagged(7, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]), true),
);

/** Makes a fresh certificate authority and a loopback server certificate signed by it (ECDSA P-256). */
export const createServerIdentity = (validity: Validity = usualValidity()): ServerIdentity => {
  const ca = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const server = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issuer = 'Simulator CA';
  const common = { validity, issuer, issuerPublicKey: ca.publicKey, issuerKey: ca.privateKey };
  const caCertPem = issue({
    ...common,
    subject: issuer,
    publicKey: ca.publicKey,
    extensions: [
      extension('2.5.29.19', true, der.sequence(der.booleanTrue())),
      // keyCertSign and cRLSign.
      extension('2.5.29.15', true, der.bitString(Buffer.from([0x06]), 1)),
    ],
  });
  const certPem = issue({
    ...common,
    subject: 'localhost',
    publicKey: server.publicKey,
    extensions: [
      extension('2.5.29.19', true, der.sequence()),
      // digitalSignature.
      extension('2.5.29.15', true, der.bitString(Buffer.from([0x80]), 7)),
      extension('2.5.29.37', false, der.sequence(der.objectId('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, loopbackNames),
    ],
  });
  return { caCertPem, certPem, keyPem: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
};

/** A certificate that others encrypt for, and its private key; PEM. */
export interface EncryptionIdentity {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Makes a fresh certificate of an RSA key of 2048 bits. */
export const createEncryptionIdentity = (validity: Validity = usualValidity()): EncryptionIdentity => {
  const ca = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certPem = issue({
    validity,
    subject: 'recipient',
    issuer: 'Simulator CA',
    publicKey,
    issuerPublicKey: ca.publicKey,
    issuerKey: ca.privateKey,
    // keyEncipherment.
    extensions: [extension('2.5.29.15', true, der.bitString(Buffer.from([0x20]), 5))],
  });
  return { certPem, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
};

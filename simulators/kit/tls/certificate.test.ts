import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServerIdentity } from './certificate';

const identity = createServerIdentity();
const ca = new X509Certificate(identity.caCertPem);
const server = new X509Certificate(identity.certPem);

it('makes an authority that signed itself and the server', () => {
  expect(ca.ca).toBe(true);
  expect(ca.verify(ca.publicKey)).toBe(true);
  expect(server.ca).toBe(false);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.verify(server.publicKey)).toBe(false);
  expect(server.checkIssued(ca)).toBe(true);
});

it('makes a server certificate for the loopback names and the key it comes with', () => {
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(server.checkIP('::1')).toBe('::1');
  expect(server.checkHost('example.com')).toBeUndefined();
  expect(server.checkPrivateKey(createPrivateKey(identity.keyPem))).toBe(true);
  expect(Date.parse(server.validFrom)).toBeLessThan(Date.now());
  expect(Date.parse(server.validTo)).toBeGreaterThan(Date.now());
});

it('makes other keys every time', () => {
  expect(createServerIdentity().caCertPem).not.toBe(identity.caCertPem);
});

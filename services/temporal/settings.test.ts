import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { payloadConverterPath } from './payload-converter-path';
import { refusalOf } from './refusal.fixture';
import { temporalSettings } from './settings';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-temporal-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const written = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const [cert, key, ca] = ['cert', 'key', 'ca'].map((name) => written(`${name}.pem`, name));
const there = 'temporal.example:7233';
const pem = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

test('a server of its own is spoken with plainly, whatever the environment says of another', () => {
  const env = { TEMPORAL_ADDRESS: there, TEMPORAL_API_KEY: 'k', TEMPORAL_NAMESPACE: 'prod' };
  expect(temporalSettings('127.0.0.1:4000', env)).toEqual({
    connection: { address: '127.0.0.1:4000' },
    door: { namespace: 'default', dataConverter: { payloadConverterPath } },
  });
});

test('namespace, API key and certificates are those of the environment', () => {
  const env = {
    TEMPORAL_ADDRESS: there,
    TEMPORAL_NAMESPACE: 'prod',
    TEMPORAL_API_KEY: 'k',
    TEMPORAL_TLS_CLIENT_CERT_PATH: cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: key,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca,
  };
  expect(temporalSettings(there, env)).toMatchObject({
    connection: {
      address: there,
      apiKey: 'k',
      tls: { serverRootCACertificate: pem('ca'), clientCertPair: { crt: pem('cert'), key: pem('key') } },
    },
    door: { namespace: 'prod' },
  });
});

test('an API key alone means TLS, and an empty variable is one that is not set', () => {
  expect(temporalSettings(there, { TEMPORAL_ADDRESS: there, TEMPORAL_API_KEY: 'k' }).connection.tls).toBe(true);
  const door = { namespace: 'default', dataConverter: { payloadConverterPath } };
  const empty = { TEMPORAL_ADDRESS: there, TEMPORAL_API_KEY: '', TEMPORAL_NAMESPACE: '', SIGNALBOX_PAYLOAD_KEYS: '' };
  expect(temporalSettings(there, empty)).toEqual({ connection: { address: there }, door });
});

test.each([
  ['TEMPORAL_TLS_CLIENT_CERT_PATH', { TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere.pem' }, /there is no file/],
  ['TEMPORAL_TLS_CLIENT_KEY', { TEMPORAL_TLS_CLIENT_CERT_PATH: cert }, /_CERT_PATH is set and .*_KEY_PATH is not/],
  ['SIGNALBOX_PAYLOAD_KEYS', { SIGNALBOX_PAYLOAD_KEYS: '/nowhere' }, /cannot be read/],
])('names %s where it cannot be used', (where, env, message) => {
  expect(refusalOf(() => temporalSettings(there, { TEMPORAL_ADDRESS: there, ...env }))).toMatchObject({
    where,
    message: expect.stringMatching(message) as string,
  });
});

import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { encrypted } from '../../simulators/graph/notifications/encryption';
import { capturedFolder } from '../../test/captured';
import { certificate } from '../../test/graph-directory';
import { decrypted } from './decrypt';
import { packed, unpacked } from './inbox-payload';
import type { Fields } from './native';

const resource = { id: 'm1', subject: 'Grüße 😀' };
const content = (): Fields =>
  encrypted(resource, certificate.certificate.replace(/-----[^-]+-----|\s/g, ''), certificate.id) as Fields;
const flipped = (base64: unknown): string => {
  const bytes = Buffer.from(String(base64), 'base64');
  bytes.writeUInt8(bytes.readUInt8(5) ^ 1, 5);
  return bytes.toString('base64');
};

it('opens what was encrypted for one of our certificates', () => {
  const another = { ...certificate, id: 'another', privateKey: 'none' };
  expect(decrypted(content(), [another, certificate])).toEqual(resource);
});

it.each([
  ['SBX_GRAPH_CERTIFICATE', (one: Fields) => ({ ...one, encryptionCertificateId: 'unknown' })],
  ['SBX_GRAPH_KEY', (one: Fields) => ({ ...one, dataKey: flipped(one.dataKey) })],
  ['SBX_GRAPH_SIGNATURE', (one: Fields) => ({ ...one, data: flipped(one.data) })],
  ['SBX_GRAPH_SIGNATURE', (one: Fields) => ({ ...one, dataSignature: flipped(one.dataSignature) })],
  ['SBX_GRAPH_SIGNATURE', (one: Fields) => ({ ...one, dataSignature: '' })],
  ['SBX_GRAPH_CERTIFICATE', () => ({})],
])('says %s for what it cannot open, and keeps the bytes', (code, change) => {
  const broken = { subscriptionId: 's', encryptedContent: change(content()) };
  const arrival = { stream: 'users/u1/messages', receivedAt: '2026-03-01T09:30:00.000Z' };
  const told = unpacked(packed(arrival, broken), [certificate]);
  expect(told).toMatchObject({ code });
  expect('bytes' in told && JSON.parse(Buffer.from(told.bytes).toString())).toEqual(broken);
});

const folder = capturedFolder('graph');
(existsSync(folder) ? it : it.skip)(
  'reads a captured notification whose key nobody here has (needs ../shared/fixtures/graph)',
  () => {
    const text = readFileSync(join(folder, 'fusebit.webhook-event-encrypted.json'), 'utf8');
    const { value } = JSON.parse(text) as { value: readonly { encryptedContent: Fields }[] };
    const captured = value[0]?.encryptedContent ?? {};
    expect(() => decrypted(captured, [{ ...certificate, id: 'dev' }])).toThrow(/private key of "dev"/);
  },
);

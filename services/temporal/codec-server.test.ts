import { defaultPayloadConverter } from '@temporalio/common';
import { openCodecServer, type CodecServer } from './codec-server';
import { Encryption } from './encryption';

const codec = new Encryption(new Map([['a', Buffer.alloc(32, 1)]]));
const page = 'http://127.0.0.1:8080';
let server: CodecServer;
beforeAll(async () => {
  server = await openCodecServer({ codec, listen: { host: '127.0.0.1', port: 0 }, origins: [page], token: 'open' });
});
afterAll(() => server.stop());

const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
const sealed = async (value: unknown): Promise<string> => {
  const payloads = await codec.encode([defaultPayloadConverter.toPayload(value)]);
  const written = payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)])),
    data: base64(data),
  }));
  return JSON.stringify({ payloads: written });
};
const ask = (body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${server.url}/decode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer open', ...headers },
    body,
  });

test("decrypts for Temporal's page, by its protocol", async () => {
  const response = await ask(await sealed({ name: 'Ada' }), { origin: page, 'x-namespace': 'default' });
  expect(response.headers.get('access-control-allow-origin')).toBe(page);
  const { payloads } = (await response.json()) as { payloads: { metadata: { encoding: string }; data: string }[] };
  expect(payloads.map(({ data }) => Buffer.from(data, 'base64').toString())).toEqual(['{"name":"Ada"}']);
  expect(payloads.map(({ metadata }) => Buffer.from(metadata.encoding, 'base64').toString())).toEqual(['json/plain']);
});

test('answers the preflight of a page that may ask, which brings no token', async () => {
  const preflight = (origin: string): Promise<Response> =>
    fetch(`${server.url}/decode`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  const response = await preflight(page);
  expect([response.status, response.headers.get('access-control-allow-headers')]).toEqual([
    204,
    'authorization, content-type, x-namespace',
  ]);
  expect((await preflight('https://elsewhere.example')).status).toBe(403);
});

test.each([
  ['a page from elsewhere', { origin: 'https://elsewhere.example' }, 403],
  ['a wrong token', { authorization: 'Bearer shut' }, 401],
  ['no token', { authorization: '' }, 401],
])('decrypts nothing for %s', async (_, headers, status) => {
  const response = await ask(await sealed('secret'), headers);
  expect([response.status, await response.text()]).toEqual([status, expect.not.stringContaining('secret')]);
});

test.each([
  ['no JSON', '{'],
  ['no payloads', '{"payloads": 7}'],
  ['nothing', 'null'],
])('refuses %s', async (_, body) => {
  expect((await ask(body)).status).toBe(400);
});

test('says so where it has no key for a payload', async () => {
  const other = new Encryption(new Map([['b', Buffer.alloc(32, 2)]]));
  const [payload] = await other.encode([defaultPayloadConverter.toPayload(1)]);
  const metadata = { encoding: base64(Buffer.from('binary/encrypted')), 'encryption-key-id': base64(Buffer.from('b')) };
  const response = await ask(JSON.stringify({ payloads: [{ metadata, data: base64(payload?.data) }] }));
  expect([response.status, await response.json()]).toEqual([
    422,
    expect.objectContaining({ message: expect.stringContaining('the key "b"') as string }),
  ]);
});

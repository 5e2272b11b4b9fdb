import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync, verify } from 'node:crypto';
import { Permanent, Retryable } from '../contract';
import { Authenticator } from './auth';
import type { Auth } from './config';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const jwt: Auth = { kind: 'jwt-bearer', clientId: 'consumer', username: 'signalbox@acme.example', privateKey };
const secret: Auth = { kind: 'client-credentials', clientId: 'consumer', clientSecret: 'secret' };
const identity = 'https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA';

let server: Server;
let url: string;
let asked: URLSearchParams[];
let answer: { status: number; body: object; headers?: Record<string, string> };
let time: number;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

beforeEach(async () => {
  asked = [];
  time = Date.now();
  answer = { status: 200, body: { id: identity, instance_url: 'https://acme.my.salesforce.com' } };
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      asked.push(new URLSearchParams(body));
      const { status, headers = {} } = answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(
        JSON.stringify(status === 200 ? { access_token: `token-${asked.length}`, ...answer.body } : answer.body),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const authenticator = (auth: Auth = secret, loginUrl = url): Authenticator =>
  new Authenticator({ auth, loginUrl, baseUrl: 'https://base.example', now: () => time });

describe('Authenticator', () => {
  it('signs a JWT for the login host, valid for three minutes', async () => {
    const session = await authenticator(jwt).session();
    expect(session).toMatchObject({
      accessToken: 'token-1',
      instanceUrl: 'https://acme.my.salesforce.com',
      orgId: '00D000000000001AAA',
    });
    const assertion = asked[0]?.get('assertion') ?? '';
    expect(asked[0]?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = assertion.split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toMatchObject({ alg: 'RS256' });
    expect(read(claims)).toEqual({
      iss: 'consumer',
      sub: 'signalbox@acme.example',
      aud: url,
      exp: Math.floor((time + 180_000) / 1000),
    });
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('sends client credentials', async () => {
    await authenticator().session();
    expect(Object.fromEntries(asked[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'consumer',
      client_secret: 'secret',
    });
  });

  it('asks once, however many need the token', async () => {
    const auth = authenticator();
    const sessions = await Promise.all(Array.from({ length: 10 }, () => auth.session()));
    expect(new Set(sessions.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']));
    const renewed = await Promise.all(Array.from({ length: 10 }, () => auth.sessionAfter('token-1')));
    expect(new Set(renewed.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-2']));
    expect(asked).toHaveLength(2);
    expect((await auth.sessionAfter('token-1')).accessToken).toBe('token-2');
  });

  it('renews before the token grows old', async () => {
    const auth = authenticator();
    await auth.session();
    time += 11 * 60_000;
    expect((await auth.session()).accessToken).toBe('token-2');
  });

  it('goes on with the old token while an early renewal fails, but not when it was refused', async () => {
    const auth = authenticator();
    await auth.session();
    time += 11 * 60_000;
    answer = { status: 503, body: {} };
    expect((await auth.session()).accessToken).toBe('token-1');
    await expect(auth.sessionAfter('token-1')).rejects.toBeInstanceOf(Retryable);
  });

  it('asks again after a failed renewal', async () => {
    const auth = authenticator();
    answer = { status: 503, body: {}, headers: { 'retry-after': '7' } };
    await expect(auth.session()).rejects.toMatchObject({ afterMs: 7000, code: 'HTTP_503' });
    answer = { status: 200, body: { id: identity } };
    expect(await auth.session()).toMatchObject({ accessToken: 'token-2', instanceUrl: 'https://base.example' });
  });

  it('says what to do about a refusal', async () => {
    answer = { status: 400, body: { error: 'invalid_grant', error_description: "user hasn't approved this consumer" } };
    const refused = authenticator().session();
    await expect(refused).rejects.toBeInstanceOf(Permanent);
    await expect(refused).rejects.toThrow(/user hasn't approved this consumer.*Fix: .*pre-authorise/);
  });

  it('tells an unusable key, an answer of something else and a host that is not there', async () => {
    await expect(authenticator({ ...jwt, privateKey: 'no key' }).session()).rejects.toMatchObject({
      code: 'SBX_SALESFORCE_PRIVATE_KEY',
    });
    answer = { status: 200, body: { hello: 'world' } };
    await expect(authenticator().session()).rejects.toMatchObject({ code: 'SBX_SALESFORCE_TOKEN_ANSWER' });
    await expect(authenticator(secret, 'http://127.0.0.1:1').session()).rejects.toBeInstanceOf(Retryable);
  });
});

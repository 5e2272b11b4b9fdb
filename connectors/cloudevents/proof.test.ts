import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { signature, startIssuer, type Issuer } from '../../simulators/cloudevents';
import { Permanent, Retryable } from '../contract';
import type { CloudEventsConfig } from './config';
import { receiving, type Receiving } from './receiving.fixture';

const body = Buffer.from(JSON.stringify({ specversion: '1.0', id: '1', source: '/a', type: 't' }));
const structured = { 'content-type': 'application/cloudevents+json' };
const keys = [
  { id: 'old', secret: 'o'.repeat(32) },
  { id: 'new', secret: 'n'.repeat(32) },
];
const time = Date.parse('2026-03-01T09:30:00.000Z');
const at = time / 1000;

describe('a signature', () => {
  const config: CloudEventsConfig = { channel: 'web', auth: { kind: 'hmac', keys } };
  let now = time;
  let web: Receiving;
  beforeEach(async () => {
    now = time;
    web = await receiving(config, () => now);
  });

  const sign = (headers: Record<string, string>, bytes: Uint8Array = body, key = keys[0]!, when = at) => ({
    ...headers,
    'signalbox-signature': signature({ method: 'POST', headers, body: bytes }, key, when),
  });
  const statusOf = async (headers: Record<string, string>, bytes: Uint8Array = body): Promise<number> =>
    (await web.receive({ headers, body: bytes })).status;

  it.each(keys)('with the key $id is taken', async (key) => {
    expect(await statusOf(sign(structured, body, key))).toBe(202);
  });

  it.each([
    ['a wrong secret', sign(structured, body, { id: 'old', secret: 'x'.repeat(32) })],
    ['the secret of another key', sign(structured, body, { id: 'old', secret: 'n'.repeat(32) })],
    ['a key that is not there', sign(structured, body, { id: 'nobody', secret: 'o'.repeat(32) })],
    ['another content type', { ...sign(structured), 'content-type': 'application/json' }],
    ['an attribute that was not signed', { ...sign(structured), 'ce-subject': 'x' }],
    [
      'another time',
      {
        ...sign(structured),
        'signalbox-signature': sign(structured)['signalbox-signature'].replace(`t=${at}`, `t=${at + 1}`),
      },
    ],
    ['no digest', { ...structured, 'signalbox-signature': `t=${at},kid=old,v1=` }],
    ['nothing', structured],
  ])('with %s is refused', async (_what, headers) => {
    expect(await statusOf(headers as Record<string, string>)).toBe(401);
    expect(await web.kept()).toEqual([]);
  });

  it('covers the body and the attributes of the binary mode', async () => {
    const headers = {
      'ce-id': '1',
      'ce-source': '/a',
      'ce-type': 't',
      'ce-specversion': '1.0',
      'content-type': 'text/plain',
    };
    expect(await statusOf(sign(headers, Buffer.from('x')), Buffer.from('y'))).toBe(401);
    expect(await statusOf({ ...sign(headers, Buffer.from('x')), 'ce-id': '2' }, Buffer.from('x'))).toBe(401);
    expect(await statusOf(sign(headers, Buffer.from('x')), Buffer.from('x'))).toBe(202);
  });

  it('is taken within the window, either way, and refused outside', async () => {
    const headers = sign(structured);
    for (const [off, status] of [
      [300_000, 202],
      [-300_000, 202],
      [301_000, 401],
      [-301_000, 401],
    ] as const) {
      now = time + off;
      expect([off, await statusOf(headers)]).toEqual([off, status]);
    }
  });

  it('that is replayed within the window changes nothing', async () => {
    const request = { headers: sign(structured), body };
    const first = await web.receive(request);
    const again = await web.receive(request);
    expect([first, again].map((reply) => [reply.status, JSON.parse(reply.body ?? '') as unknown])).toEqual([
      [202, { accepted: 1, duplicates: 0 }],
      [202, { accepted: 0, duplicates: 1 }],
    ]);
    expect(await web.kept()).toHaveLength(1);
  });
});

describe('a bearer token', () => {
  const audience = 'https://signalbox.example';
  let issuer: Issuer;
  let config: CloudEventsConfig;
  beforeAll(async () => {
    issuer = await startIssuer();
    config = {
      channel: 'partners',
      auth: { kind: 'bearer', issuer: issuer.issuer, audience, jwksUrl: issuer.jwksUrl, scope: 'events.write' },
    };
  });
  afterAll(() => issuer.stop());

  const claims = { scope: 'openid events.write' };
  const send = async (token: string, settings = config) => {
    const web = await receiving(settings);
    return web.receive({ headers: { ...structured, authorization: `Bearer ${token}` }, body });
  };

  it('of the issuer is taken, by its published keys or by its public key', async () => {
    const token = await issuer.token(audience, claims);
    expect((await send(token)).status).toBe(202);
    const { publicKey } = issuer;
    const auth = { kind: 'bearer' as const, issuer: issuer.issuer, audience, publicKey };
    expect((await send(token, { ...config, auth })).status).toBe(202);
    expect((await send(await issuer.token('https://other.example'), { ...config, auth })).status).toBe(401);
  });

  it('with the scope as a list is taken, without it is refused', async () => {
    expect((await send(await issuer.token(audience, { scp: ['events.write'] }))).status).toBe(202);
    expect((await send(await issuer.token(audience, { scope: 'events.write.all' }))).status).toBe(403);
  });

  const soon = Math.floor(Date.now() / 1000) + 600;
  it.each<[string, () => Promise<string>]>([
    ['of another audience', () => issuer.token('https://other.example', claims)],
    ['of another issuer', () => issuer.token(audience, { ...claims, iss: 'https://evil.example' })],
    ['that has expired', () => issuer.token(audience, { ...claims, exp: soon - 1200 })],
    ['that is not valid yet', () => issuer.token(audience, { ...claims, nbf: soon })],
    ['that never expires', () => issuer.token(audience, { ...claims, exp: undefined })],
    [
      'that nobody signed',
      () =>
        Promise.resolve(
          new UnsecuredJWT({ ...claims, exp: soon }).setIssuer(issuer.issuer).setAudience(audience).encode(),
        ),
    ],
    [
      'signed with another key',
      async () => {
        const { privateKey } = await generateKeyPair('ES256');
        return new SignJWT({ ...claims, iss: issuer.issuer, aud: audience, exp: soon })
          .setProtectedHeader({ alg: 'ES256', kid: 'issuer-1' })
          .sign(privateKey);
      },
    ],
    [
      'signed with the public key as a shared one',
      async () =>
        new SignJWT({ ...claims, iss: issuer.issuer, aud: audience, exp: soon })
          .setProtectedHeader({ alg: 'HS256', kid: 'issuer-1' })
          .sign(Buffer.from(issuer.publicKey)),
    ],
    ['that is none', () => Promise.resolve('not.a.token')],
  ])('%s is refused', async (_what, token) => {
    const { status, headers } = await send(await token());
    expect([status, headers?.['www-authenticate']]).toEqual([401, 'Bearer']);
  });

  it('is not looked for anywhere else', async () => {
    const web = await receiving(config);
    const query = new URLSearchParams({ access_token: await issuer.token(audience, claims) });
    expect((await web.receive({ headers: structured, query, body })).status).toBe(401);
  });

  it('cannot be judged while the issuer is away: the sender comes again', async () => {
    const away = {
      ...config,
      auth: { kind: 'bearer' as const, issuer: issuer.issuer, audience, jwksUrl: 'http://127.0.0.1:1/' },
    };
    const failure = await send(await issuer.token(audience, claims), away).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ code: 'SBX_CLOUDEVENTS_ISSUER' });
  });

  it('needs a key that is one', async () => {
    const auth = { kind: 'bearer' as const, issuer: 'x', audience, publicKey: 'no key' };
    await expect(receiving({ channel: 'x', auth })).rejects.toThrow(Permanent);
    const rsa = await exportSPKI((await generateKeyPair('RS256')).publicKey);
    const other = { ...auth, issuer: issuer.issuer, publicKey: rsa };
    expect((await send(await issuer.token(audience, claims), { channel: 'x', auth: other })).status).toBe(401);
  });
});

import { startSap } from '../../../simulators/sap';
import { MemoryInbox } from '../../../test/contract/memory-inbox';
import { type InboundRequest, Retryable } from '../../contract';
import type { Inbound } from '../config';
import { decode } from './payload';
import { proofOf } from './proof';
import { SapReceiver } from './receiver';

const secret = 'a-secret-of-sixteen-or-more';
const byHeader: Inbound = { kind: 'header', name: 'X-Key', secret };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const receivedAt = '2026-03-02T07:15:09.000Z';

function receiving(inbound: Inbound | undefined = byHeader, inbox = new MemoryInbox()) {
  const receiver = new SapReceiver({
    inbox,
    proof: proofOf(inbound),
    streams: ['events', 'idocs'],
    log: silent,
    now: () => Date.parse(receivedAt),
  });
  const kept = async (stream: string): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    const { signal } = new AbortController();
    const entries = inbox.read(stream, 0, signal);
    for (let left = await inbox.newest(stream); left > 0; left--) {
      found.push(
        decode(((await entries.next()).value as { payload: Uint8Array }).payload, { own: ['ME'], product: 's4' }),
      );
    }
    return found;
  };
  const send = (request: Partial<Omit<InboundRequest, 'body'>> & { readonly body?: string | Uint8Array }) =>
    receiver.receive({
      method: 'POST',
      path: '',
      query: new URLSearchParams(),
      headers: { 'x-key': secret },
      ...request,
      body: Buffer.from(request.body ?? '{}'),
    });
  return { send, kept, inbox };
}

const event = (id: string) => ({
  specversion: '1.0',
  type: 'sap.s4.beh.SalesOrder.Created.v1',
  id,
  data: { SalesOrder: id },
});

describe('the handshake', () => {
  it('allows the origin that asks, and the rate where that is asked for', async () => {
    const { send } = receiving();
    const asked = { 'webhook-request-origin': 'mesh.example', 'webhook-request-rate': '120' };
    const { status, headers } = await send({ method: 'OPTIONS', headers: asked });
    expect([status, headers?.['webhook-allowed-origin'], headers?.['webhook-allowed-rate']]).toEqual([
      200,
      'mesh.example',
      '*',
    ]);
  });

  it('refuses wrong credentials, and grants nothing without an origin', async () => {
    const { send } = receiving({ kind: 'basic', username: 'u', password: 'p' });
    const headers = { 'webhook-request-origin': 'mesh.example', authorization: 'Basic dTpx' };
    expect((await send({ method: 'OPTIONS', headers })).status).toBe(401);
    const { status, headers: answered } = await send({ method: 'OPTIONS', headers: {} });
    expect([status, answered?.['webhook-allowed-origin']]).toEqual([204, undefined]);
  });
});

describe('a sender', () => {
  const basic = Buffer.from('u:p').toString('base64');
  it.each<[string, Inbound | undefined, Partial<InboundRequest>, number]>([
    ['of a connection without `inbound`', undefined, {}, 401],
    ['with the header', byHeader, {}, 200],
    ['with another header', byHeader, { headers: { 'x-key': `${secret}x` } }, 401],
    ['without the header', byHeader, { headers: {} }, 401],
    [
      'with user and password',
      { kind: 'basic', username: 'u', password: 'p' },
      { headers: { authorization: `Basic ${basic}` } },
      200,
    ],
    [
      'with a wrong password',
      { kind: 'basic', username: 'u', password: 'q' },
      { headers: { authorization: `Basic ${basic}` } },
      401,
    ],
    [
      'with the secret in the query',
      { kind: 'query', name: 'k', secret },
      { query: new URLSearchParams({ k: secret }) },
      200,
    ],
    [
      'with an empty secret in the query',
      { kind: 'query', name: 'k', secret },
      { query: new URLSearchParams({ k: '' }) },
      401,
    ],
  ])('%s', async (_, inbound, request, status) => {
    const { send, inbox } = receiving(inbound);
    // `receiving` takes undefined for its default.
    const answer =
      inbound === undefined
        ? await proofOf(undefined)({ headers: {}, query: new URLSearchParams() })
        : await send({ ...request, body: '{}' });
    expect(typeof answer === 'boolean' ? (answer ? 200 : 401) : answer.status).toBe(status);
    expect(await inbox.newest('events')).toBe(status === 200 ? 1 : 0);
  });

  it('with a signed token of the right client, and no other', async () => {
    const sap = await startSap();
    try {
      const tokenOf = async (): Promise<string> => {
        const authorization = `Basic ${Buffer.from(`${sap.clientId}:${sap.clientSecret}`).toString('base64')}`;
        const body = new URLSearchParams({ grant_type: 'client_credentials' });
        const answer = await fetch(sap.tokenUrl, { method: 'POST', headers: { authorization }, body });
        return ((await answer.json()) as { access_token: string }).access_token;
      };
      const token = await tokenOf();
      const keysUrl = new URL('/token_keys', sap.tokenUrl).href;
      const statusOf = async (clientId: string, bearer: string): Promise<number> => {
        const { send } = receiving({ kind: 'oauth', keysUrl, clientId });
        return (await send({ headers: { authorization: `Bearer ${bearer}` } })).status;
      };
      expect(await statusOf(sap.clientId, token)).toBe(200);
      expect(await statusOf('another', token)).toBe(401);
      const [head = '', claims = '', signature = ''] = token.split('.');
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      expect(await statusOf(sap.clientId, `${none}.${claims}.`)).toBe(401);
      expect(await statusOf(sap.clientId, `${head}.${claims}.${signature.slice(0, -4)}AAAA`)).toBe(401);
      expect(await statusOf(sap.clientId, 'no-token')).toBe(401);
      await sap.stop();
      const { send, inbox } = receiving({ kind: 'oauth', keysUrl, clientId: sap.clientId });
      await expect(send({ headers: { authorization: `Bearer ${token}` } })).rejects.toBeInstanceOf(Retryable);
      expect(await inbox.newest('events')).toBe(0);
    } finally {
      await sap.stop();
    }
  });
});

describe('what is sent', () => {
  it.each<[number, Partial<Omit<InboundRequest, 'body'>> & { readonly body?: string | Uint8Array }]>([
    [404, { path: '/elsewhere' }],
    [405, { method: 'GET' }],
    [400, { body: '' }],
    [413, { body: new Uint8Array(16 * 1024 * 1024 + 1) }],
  ])('is answered %i', async (status, request) => {
    const { send, inbox } = receiving();
    expect((await send(request)).status).toBe(status);
    expect(await inbox.newest('events')).toBe(0);
  });

  it('is kept before it is answered: where it cannot be kept there is no answer', async () => {
    const inbox = new MemoryInbox();
    inbox.append = () => Promise.reject(new Retryable('SBX_INBOX_UNAVAILABLE', 'full'));
    await expect(receiving(byHeader, inbox).send({})).rejects.toBeInstanceOf(Retryable);
  });

  it('in a batch is kept event by event, with its digits', async () => {
    const { send, kept } = receiving();
    const body = `[${JSON.stringify(event('1'))},{"specversion":"1.0","type":"x.Y.Created","id":12345678901234567890}]`;
    await send({ headers: { 'x-key': secret, 'content-type': 'application/cloudevents-batch+json' }, body });
    expect(await kept('events')).toEqual([
      { native: expect.objectContaining({ kind: 'event', id: '1', own: ['ME'], receivedAt }) as unknown },
      { native: expect.objectContaining({ id: '12345678901234567890' }) as unknown },
    ]);
  });

  it('is read in binary mode and whatever its content type says; no credential is kept', async () => {
    const { send, kept, inbox } = receiving();
    const { type, id, data } = event('7');
    const mode = { 'content-type': 'application/json', 'ce-type': type, 'ce-id': id, 'ce-specversion': '1.0' };
    await send({ headers: { 'x-key': secret, authorization: 'Basic x', ...mode }, body: JSON.stringify(data) });
    await send({ headers: { 'x-key': secret, 'content-type': 'text/plain' }, body: JSON.stringify(event('8')) });
    expect(await kept('events')).toEqual([
      { native: expect.objectContaining({ id: '7', data }) as unknown },
      { native: expect.objectContaining({ id: '8' }) as unknown },
    ]);
    const first = (await inbox.read('events', 0, new AbortController().signal).next()).value as { payload: Uint8Array };
    expect(Buffer.from(first.payload).toString()).not.toMatch(/authorization|x-key/);
  });

  it('as a packet of IDocs is kept IDoc by IDoc, in its own character set; what is none is kept too', async () => {
    const { send, kept } = receiving();
    const idoc = (name: string): string =>
      `<IDOC BEGIN="1"><E1KNA1M SEGMENT="1"><KUNNR>7</KUNNR><NAME1>${name}</NAME1></E1KNA1M></IDOC>`;
    const packet = `<?xml version="1.0" encoding="iso-8859-1"?><DEBMAS07>${idoc('K\u00f6ln')}</DEBMAS07>`;
    await send({ path: '/idocs', body: Buffer.from(packet, 'latin1') });
    await send({ path: '/idocs', body: `<DEBMAS07>${idoc('A')}${idoc('B')}</DEBMAS07>` });
    await send({ path: '/idocs', body: '<html>504</html>' });
    const names = (await kept('idocs')).map((one) => {
      const { native, code } = one as { native?: { segments: { E1KNA1M: { NAME1: string }[] } }; code?: string };
      return native?.segments.E1KNA1M[0]?.NAME1 ?? code;
    });
    expect(names).toEqual(['K\u00f6ln', 'A', 'B', 'SBX_SAP_XML_ROOT']);
  });
});

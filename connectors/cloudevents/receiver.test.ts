import { encode, signature, type Mode } from '../../simulators/cloudevents';
import { MemoryInbox } from '../../test/contract/memory-inbox';
import { Retryable } from '../contract';
import type { CloudEventsConfig } from './config';
import { receiving, type Receiving } from './receiving.fixture';

const key = { id: 'k', secret: 's'.repeat(32) };
const config: CloudEventsConfig = { channel: 'web', auth: { kind: 'hmac', keys: [key] }, maxEvents: 3 };
const time = Date.parse('2026-03-01T09:30:00.000Z');
const event = { specversion: '1.0', id: '1', source: '/a', type: 't' };

let now = time;
let web: Receiving;
beforeEach(async () => {
  now = time;
  web = await receiving(config, () => now);
});

const send = (headers: Record<string, string>, body: string | Uint8Array, to = web) => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const proof = signature({ method: 'POST', headers, body: bytes }, key, Math.floor(now / 1000));
  return to.receive({ headers: { ...headers, 'signalbox-signature': proof }, body: bytes });
};
const structured = (value: unknown, type = 'application/cloudevents+json') =>
  send({ 'content-type': type }, typeof value === 'string' ? value : JSON.stringify(value));

describe('an event', () => {
  const told = {
    id: 'A "1" €',
    source: '/web/shop',
    type: 'com.acme.basket',
    time: '2026-03-01T09:30:00.000Z',
    subject: 'Müller 100%',
    comexample: 'x',
    datacontenttype: 'application/json',
    data: { n: 1, text: 'ü€🌎', nothing: null },
  };

  it.each<Mode>(['structured', 'binary', 'batch'])('of the published SDK is kept as told, in %s mode', async (mode) => {
    const { headers, body } = encode([told], mode);
    expect((await send({ ...headers }, body)).status).toBe(202);
    expect(await web.kept()).toEqual([{ specversion: '1.0', ...told }]);
  });

  it('that is called plain JSON is taken, alone or in a list', async () => {
    await structured(event, 'application/json');
    await structured(
      [
        { ...event, id: '2' },
        { ...event, id: '3' },
      ],
      'application/json; charset=utf-8',
    );
    expect((await web.kept()).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('keeps the digits of its numbers, and bytes as bytes', async () => {
    await structured(
      `{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{"n":12345678901234567890,"d":0.10}}`,
    );
    const ce = { 'ce-specversion': '1.0', 'ce-source': '/a', 'ce-type': 't' };
    await send({ ...ce, 'ce-id': '2', 'content-type': 'application/octet-stream' }, Uint8Array.of(0, 255, 1));
    await send({ ...ce, 'ce-id': '3' }, 'no type');
    await send({ ...ce, 'ce-id': '4', 'content-type': 'text/plain; charset=iso-8859-1' }, Uint8Array.of(0xfc));
    await structured({ ...event, id: '5', data_base64: Buffer.from('{"a":1}').toString('base64') });
    expect((await web.kept()).map(({ data, data_base64: bytes }) => data ?? bytes)).toEqual([
      { n: '12345678901234567890', d: 0.1 },
      'AP8B',
      Buffer.from('no type').toString('base64'),
      '/A==',
      { a: 1 },
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ['without an id, which nobody makes up', { ...event, id: undefined }, /id/],
    ['with an empty id', { ...event, id: '' }, /\/id/],
    ['of CloudEvents 0.3', { ...event, specversion: '0.3' }, /specversion/],
    ['without a source', { ...event, source: undefined }, /source/],
    ['with a time that is none', { ...event, time: 'yesterday' }, /time/],
    ['of the year 0', { ...event, time: '0000-01-01T00:00:00Z' }, /time/],
    ['with an attribute in capitals', { ...event, commitNumber: 1 }, /commitNumber/],
    ['with an attribute that is an object', { ...event, extra: {} }, /extra/],
    ['with data twice', { ...event, data: 1, data_base64: 'AA==' }, /exclude/],
    ['with bytes that are no base64', { ...event, data_base64: '... base64 ...' }, /base64/],
    ['with a label that nobody knows', { ...event, dataclassification: 'cosmic' }, /label/],
    ['that is a list', [event], /object/],
    ['that is no JSON', '{"specversion":', /JSON/],
    [
      'that is nested without end',
      `{"specversion":"1.0","id":"1","source":"/a","type":"t","data":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      /deeper/,
    ],
  ])('%s is refused, with the reason', async (_what, value, reason) => {
    const { status, body } = await structured(value);
    expect(status).toBe(400);
    expect(body).toMatch(reason);
    expect(await web.kept()).toEqual([]);
  });

  it('that is not UTF-8 is refused, a byte order mark is not', async () => {
    const json = { 'content-type': 'application/cloudevents+json' };
    expect((await send(json, Uint8Array.of(0x7b, 0xff, 0x7d))).status).toBe(400);
    expect((await send(json, Buffer.from(`\uFEFF${JSON.stringify(event)}`))).status).toBe(202);
  });

  it.each(['application/cloudevents+xml', 'application/cloudevents-batch+avro', 'text/plain', ''])(
    'in "%s" is refused as 415',
    async (type) => {
      expect((await send(type === '' ? {} : { 'content-type': type }, 'x')).status).toBe(415);
    },
  );
});

describe('a batch', () => {
  const batch = (events: readonly unknown[]) => structured(events, 'application/cloudevents-batch+json');

  it('is kept as a whole or not at all', async () => {
    const { status, body } = await batch([event, { ...event, id: '2' }, { ...event, id: undefined }]);
    expect([status, body]).toEqual([400, expect.stringContaining('event 2: ')]);
    expect(await web.kept()).toEqual([]);
    await batch([event, { ...event, id: '2' }]);
    expect((await web.kept()).map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('may be empty, and must not be too long', async () => {
    expect(await batch([])).toMatchObject({ status: 202, body: '{"accepted":0,"duplicates":0}' });
    expect((await batch(['1', '2', '3', '4'].map((id) => ({ ...event, id })))).status).toBe(413);
  });

  it('keeps an event once that it has twice', async () => {
    const reply = await batch([event, { ...event, source: '/b' }, event]);
    expect(reply.body).toBe('{"accepted":2,"duplicates":1}');
  });
});

describe('an event that is sent again', () => {
  it('is a duplicate for ten minutes; after that the ledger knows it', async () => {
    await structured(event);
    now += 9 * 60_000;
    expect((await structured(event)).body).toBe('{"accepted":0,"duplicates":1}');
    now += 2 * 60_000;
    expect((await structured(event)).body).toBe('{"accepted":1,"duplicates":0}');
  });

  it('is kept when it could not be kept before', async () => {
    let isFull = true;
    class Full extends MemoryInbox {
      override append(stream: string, payloads: readonly Uint8Array[]): Promise<void> {
        return isFull ? Promise.reject(new Retryable('SBX_INBOX_FULL', 'full')) : super.append(stream, payloads);
      }
    }
    const busy = await receiving(config, () => now, new Full());
    const once = () => send({ 'content-type': 'application/cloudevents+json' }, JSON.stringify(event), busy);
    await expect(once()).rejects.toThrow(Retryable);
    isFull = false;
    expect((await once()).body).toBe('{"accepted":1,"duplicates":0}');
    expect(await busy.kept()).toHaveLength(1);
  });
});

describe('a request', () => {
  it('beyond the rate is told when to come again', async () => {
    const slow = await receiving({ ...config, requestsPerSecond: 0.5 }, () => now);
    const once = (id: string) =>
      send({ 'content-type': 'application/cloudevents+json' }, JSON.stringify({ ...event, id }), slow);
    expect((await once('1')).status).toBe(202);
    const refused = await once('2');
    expect([refused.status, refused.headers?.['retry-after']]).toEqual([429, '2']);
    now += 2000;
    expect((await once('2')).status).toBe(202);
  });

  it('that is not proven does not count against the rate of those that are', async () => {
    const slow = await receiving({ ...config, requestsPerSecond: 1 }, () => now);
    const body = Buffer.from(JSON.stringify(event));
    for (let n = 0; n < 10; n++) expect((await slow.receive({ body })).status).toBe(401);
    expect((await send({ 'content-type': 'application/cloudevents+json' }, body, slow)).status).toBe(202);
  });

  it('of 300 KB is too large, whoever sends it', async () => {
    expect((await web.receive({ body: new Uint8Array(300_000) })).status).toBe(413);
  });

  it.each([
    [{ method: 'GET' }, 405],
    [{ path: '/other' }, 404],
    [{ headers: { 'content-encoding': 'gzip' } }, 415],
  ])('%j is answered %i', async (request, status) => {
    expect((await web.receive(request)).status).toBe(status);
  });

  it('for the handshake is answered for whoever may send', async () => {
    const only = await receiving({ ...config, allowedOrigins: ['shop.example'], requestsPerSecond: 2 }, () => now);
    const ask = (headers: Record<string, string>) => only.receive({ method: 'OPTIONS', headers });
    expect(await ask({ 'webhook-request-origin': 'shop.example', 'webhook-request-rate': '1000' })).toMatchObject({
      status: 200,
      headers: { allow: 'POST, OPTIONS', 'webhook-allowed-origin': 'shop.example', 'webhook-allowed-rate': '120' },
    });
    const stranger = await ask({ 'webhook-request-origin': 'evil.example' });
    expect(stranger.status).toBe(403);
    expect(stranger.headers).not.toHaveProperty('webhook-allowed-origin');
    expect((await ask({})).status).toBe(204);
  });
});

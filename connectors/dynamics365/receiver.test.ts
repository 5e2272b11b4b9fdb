import { MemoryInbox } from '../../test/contract/memory-inbox';
import type { InboundRequest } from '../contract';
import type { Webhook } from './config';
import { unpacked } from './inbox-payload';
import { entity, leadId, posted, reference, users } from './normalise-sample';
import { WebhookReceiver } from './receiver';

const org = '06a00000-0000-4000-8000-000000000001';
const key: Webhook = { kind: 'webhook-key', key: 'k-1' };
const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
const post = JSON.stringify(posted('Update', { Target: entity('lead', { firstname: 'Ana' }) }));

function receiverWith(webhook: Webhook | undefined = key, streams = ['lead', 'account']) {
  const inbox = new MemoryInbox();
  return { inbox, receiver: new WebhookReceiver({ webhook, streams, org, inbox, log }) };
}

function request(over: Partial<Omit<InboundRequest, 'body'>> & { readonly body?: string } = {}): InboundRequest {
  return {
    method: 'POST',
    path: '',
    query: new URLSearchParams('code=k-1'),
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-ms-dynamics-entity-name': 'lead' },
    ...over,
    body: Buffer.from(over.body ?? post),
  };
}

describe('a post of Dataverse', () => {
  it('is kept with the headers that count before it is answered, and comes out as a native', async () => {
    const { inbox, receiver } = receiverWith();
    const headers = {
      ...request().headers,
      'x-ms-dynamics-msg-size-exceeded': 'true',
      cookie: 'c',
      authorization: 'a',
    };
    expect(await receiver.receive(request({ headers }))).toEqual({ status: 202 });
    const [entry] = await entriesOf(inbox, 'lead', 1);
    const decoded = unpacked(entry!, users.own);
    expect(decoded).toEqual({
      native: {
        kind: 'context',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'x-ms-dynamics-entity-name': 'lead',
          'x-ms-dynamics-msg-size-exceeded': 'true',
        },
        body: JSON.parse(post) as object,
        ownUser: users.own,
      },
    });
  });

  it('keeps 64-bit numbers and long decimals to the last digit', async () => {
    const { inbox, receiver } = receiverWith();
    const body = post.replace('"Ana"', '9223372036854775807');
    await receiver.receive(request({ body }));
    const [entry] = await entriesOf(inbox, 'lead', 1);
    expect(JSON.stringify(unpacked(entry!, users.own))).toContain('"9223372036854775807"');
  });

  it('that cannot be parsed is kept, for the quarantine', async () => {
    const { inbox, receiver } = receiverWith();
    for (const body of ['{"cut', '"text"', `${'['.repeat(5000)}${']'.repeat(5000)}`]) {
      expect(await receiver.receive(request({ body }))).toEqual({ status: 202 });
    }
    for (const entry of await entriesOf(inbox, 'lead', 3)) {
      const decoded = unpacked(entry, users.own);
      expect(decoded).toMatchObject({ code: 'SBX_DYNAMICS365_BODY' });
      expect('bytes' in decoded && decoded.bytes.byteLength).toBeGreaterThan(0);
    }
  });

  it('about two tables goes to the one that is heard', async () => {
    const { inbox, receiver } = receiverWith(key, ['account']);
    const parameters = {
      Target: reference('contact', leadId),
      Relationship: { SchemaName: 'x' },
      RelatedEntities: [reference('account', users.own)],
    };
    const body = JSON.stringify(posted('Associate', parameters, { PrimaryEntityName: 'none' }));
    expect(await receiver.receive(request({ body, headers: { 'x-ms-dynamics-entity-name': 'none' } }))).toEqual({
      status: 202,
    });
    expect(await inbox.newest('account')).toBe(1);
  });

  it('is not answered where it cannot be kept', async () => {
    const { inbox, receiver } = receiverWith();
    inbox.append = () => Promise.reject(new Error('disk full'));
    await expect(receiver.receive(request())).rejects.toThrow('disk full');
  });
});

describe('the secret', () => {
  const header: Webhook = { kind: 'http-header', name: 'X-Signalbox-Key', value: 'v-1' };
  const pair: Webhook = { kind: 'query-string', name: 'sig', value: 'v-1' };
  const none = new URLSearchParams();
  const json = { 'content-type': 'application/json', 'x-ms-dynamics-entity-name': 'lead' };

  it.each<[string, Webhook | undefined, Partial<InboundRequest>, number]>([
    ['the key', key, {}, 202],
    ['another key', key, { query: new URLSearchParams('code=k-2') }, 401],
    ['a key that begins alike', key, { query: new URLSearchParams('code=k-12') }, 401],
    ['no key', key, { query: none }, 401],
    ['the header', header, { query: none, headers: { ...json, 'x-signalbox-key': 'v-1' } }, 202],
    ['another header', header, { query: none, headers: { ...json, 'x-signalbox-key': 'v-2' } }, 401],
    ['the header’s value in the query', header, { query: new URLSearchParams('code=v-1'), headers: json }, 401],
    ['the pair', pair, { query: new URLSearchParams('sig=v-1') }, 202],
    ['another pair', pair, { query: new URLSearchParams('code=v-1') }, 401],
    ['a key where none is configured', undefined, {}, 401],
    ['no key where none is configured', undefined, { query: new URLSearchParams('code=') }, 401],
  ])('%s', async (_, webhook, { query, headers }, status) => {
    const { inbox } = receiverWith(webhook);
    const receiver = new WebhookReceiver({ webhook, streams: ['lead'], org, inbox, log });
    const asked = request({ ...(query === undefined ? {} : { query }), ...(headers === undefined ? {} : { headers }) });
    expect((await receiver.receive(asked)).status).toBe(status);
    expect(await inbox.newest('lead')).toBe(status === 202 ? 1 : 0);
  });
});

describe('a refusal', () => {
  const stranger = post.replace(org, '06a00000-0000-4000-8000-000000000002');

  it.each<[string, Parameters<typeof request>[0], number]>([
    ['another method', { method: 'GET' }, 405],
    ['another path', { path: '/graph' }, 404],
    ['300 KB', { body: 'x'.repeat(300 * 1024) }, 413],
    ['an empty body', { body: '' }, 400],
    ['another type', { headers: { 'content-type': 'application/xml' } }, 415],
    ['a table that is not heard', { body: post.replaceAll('"lead"', '"contact"'), headers: {} }, 422],
    ['a table that is not heard, unreadable', { body: '{', headers: { 'x-ms-dynamics-entity-name': 'contact' } }, 422],
    ['another organisation', { body: stranger }, 403],
  ])('%s', async (_, over, status) => {
    const { inbox, receiver } = receiverWith();
    log.warn.mockClear();
    expect((await receiver.receive(request(over))).status).toBe(status);
    expect(inbox.handedOut + (await inbox.newest('lead')) + (await inbox.newest('account'))).toBe(0);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(log.warn.mock.calls)).not.toMatch(/Ana|k-1/);
  });
});

async function entriesOf(inbox: MemoryInbox, stream: string, count: number): Promise<readonly Uint8Array[]> {
  const payloads: Uint8Array[] = [];
  for await (const { payload } of inbox.read(stream, 0, AbortSignal.timeout(1000))) {
    payloads.push(payload);
    if (payloads.length === count) break;
  }
  expect(payloads).toHaveLength(count);
  return payloads;
}

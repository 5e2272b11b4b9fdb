import { type RunningSalesforce, startSalesforce } from '../../../simulators/salesforce';
import { type Door, openDoor } from '../../../test/contract/door';
import { MemoryInbox } from '../../../test/contract/memory-inbox';
import { Retryable } from '../../contract';
import type { OutboundNative } from '../native';
import { normalise } from '../normalise';
import { readNatives } from '../read-natives';
import { OutboundReceiver } from './receiver';

const key = 'a-secret-of-this-test';
const sessionId = '00Dxx!AQEAQAsecretsecretsecret';
const context = { tenant: 'acme', connection: 'sales', org: '00DKj', mapping: {} };
const lead = { LastName: 'Lopez & <Co>', Company: 'Bluewater', AnnualRevenue: 1000 };
const fields = ['LastName', 'Company', 'AnnualRevenue', 'IsConverted', 'PostalCode', 'SystemModstamp'];

let org: RunningSalesforce;
let door: Door;
let inbox: MemoryInbox;
let logged: unknown[];
let receiver: OutboundReceiver;
let url: string;

beforeEach(async () => {
  org = await startSalesforce({ outboundRetryMs: 5 });
  door = await openDoor();
  inbox = new MemoryInbox();
  logged = [];
  const write = (...words: unknown[]): void => void logged.push(words);
  const log = { info: write, warn: write, error: write };
  const streams = ['/outbound/Lead'];
  receiver = new OutboundReceiver({ key, streams, org: org.orgId, inbox, log, now: Date.now });
  door.open({ receiver } as never);
  url = `${door.url}/${key}`;
});
afterEach(async () => {
  await org.stop();
  await door.close();
});

const created = (over: object = {}): string => org.admin.create('Lead', { ...lead, ...over });
async function kept(stream = '/outbound/Lead'): Promise<readonly OutboundNative[]> {
  const natives: OutboundNative[] = [];
  const stop = new AbortController();
  const newest = await inbox.newest(stream);
  if (newest === 0) return natives;
  for await (const { number, payload } of inbox.read(stream, 0, stop.signal)) {
    natives.push(JSON.parse(Buffer.from(payload).toString()) as OutboundNative);
    if (number === newest) break;
  }
  return natives;
}
const post = async (body: string, to = url, method = 'POST'): Promise<number> =>
  (await fetch(to, { method, ...(method === 'POST' ? { body } : {}) })).status;

test('a message is kept, each notification by itself and without the session, and then acknowledged', async () => {
  const ids = [created(), created({ PostalCode: '01234' })];
  org.admin.sendOutbound({ url, ids, fields, sessionId });
  await org.admin.outboundIdle();
  const [attempt, ...more] = org.admin.outboundAttempts();
  expect(more).toEqual([]);
  expect(attempt).toMatchObject({ outcome: 200, isAcknowledged: true });
  const natives = await kept();
  expect(natives.map(({ fields: told }) => told.Id)).toEqual(ids);
  expect(natives[1]?.fields).toMatchObject({
    LastName: 'Lopez & <Co>',
    AnnualRevenue: 1000,
    IsConverted: false,
    PostalCode: '01234',
  });
  expect(attempt?.body).toContain('secretsecret');
  expect(JSON.stringify([natives, logged])).not.toContain('secret');
});

test('what cannot be kept is not acknowledged, and comes again as the same', async () => {
  let refusals = 2;
  const failing = {
    receive: (request: Parameters<OutboundReceiver['receive']>[0]) =>
      refusals-- > 0 ? Promise.reject(new Retryable('SBX_X', 'full')) : receiver.receive(request),
  };
  door.open({ receiver: failing } as never);
  org.admin.sendOutbound({ url, ids: [created()], fields });
  await org.admin.outboundIdle();
  expect(org.admin.outboundAttempts().map(({ outcome }) => outcome)).toEqual([503, 503, 200]);
  const [attempt] = org.admin.outboundAttempts();
  await post(attempt?.body ?? '');
  const natives = await kept();
  const events = (await Promise.all(natives.map((native) => normalise(native, context)))).flat();
  expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  expect(events).toHaveLength(2);
});

test('who does not know the address, and another organisation, are refused; so is an object that is not heard', async () => {
  org.admin.sendOutbound({ url, ids: [created()], fields });
  await org.admin.outboundIdle();
  const body = org.admin.outboundAttempts()[0]?.body ?? '';
  expect(await post(body, `${door.url}/wrong`)).toBe(404);
  expect(await post(body, door.url)).toBe(404);
  expect(await post(body, url, 'PUT')).toBe(405);
  expect(await post(body.replaceAll(org.orgId, '00DKj00000Gn5y1MAB'))).toBe(403);
  expect(await post(body.replace('sf:Lead', 'sf:Contact'))).toBe(422);
  expect(await kept()).toHaveLength(1);
  expect(logged).toHaveLength(5);
});

const entity = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
const bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>';
test.each([
  ['JSON', '{}'],
  ['nothing', ''],
  ['an entity that reaches out', `${entity}<a>&x;</a>`],
  ['an entity that blows up', `${bomb}<a>&y;</a>`],
  ['XML that is cut', '<soapenv:Envelope><soapenv:Body>'],
  ['another envelope', '<Envelope><Body><other/></Body></Envelope>'],
])('%s is refused, and nothing kept', async (_, body) => {
  expect(await post(body)).toBe(400);
  expect(await kept()).toEqual([]);
});

test('entities in a message are refused too, whatever else it holds', async () => {
  org.admin.sendOutbound({ url, ids: [created()], fields });
  await org.admin.outboundIdle();
  const body = (org.admin.outboundAttempts()[0]?.body ?? '').replace('?>', `?>${entity}`).replace('Bluewater', '&x;');
  expect(await post(body)).toBe(400);
  expect(() => readNatives(body, () => undefined)).toThrow(
    expect.objectContaining({ code: 'SBX_SALESFORCE_XML_DOCTYPE' }) as Error,
  );
});

describe('a file', () => {
  const message = async (over: readonly string[] = fields): Promise<string> => {
    org.admin.sendOutbound({ url, ids: [created(), created()], fields: over });
    await org.admin.outboundIdle();
    return org.admin.outboundAttempts()[0]?.body ?? '';
  };
  const eventsOf = async (payload: unknown) =>
    (await Promise.all(readNatives(payload, () => undefined).map((native) => normalise(native, context)))).flat();

  test('gives an event for each notification: that something changed, with what is told of it', async () => {
    const events = await eventsOf(await message());
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({
      type: 'io.signalbox.lead.updated.v1',
      data: {
        change: { kind: 'updated', gap: true },
        provenance: { record: 'missing' },
        record: { company: 'Bluewater', lastName: 'Lopez & <Co>' },
      },
    });
  });

  test('takes the time of the HTTP message where the fields tell none, and asks for one where nothing does', async () => {
    const bare = await message(['Company']);
    await expect(eventsOf(bare)).rejects.toMatchObject({ code: 'SBX_SALESFORCE_TIME' });
    const captured = `POST /in/acme/sales HTTP/1.1\r\nDate: Sun, 01 Mar 2026 09:30:00 GMT\r\nContent-Type: text/xml\r\n\r\n${bare}`;
    expect((await eventsOf(captured)).map(({ time }) => time)).toEqual(Array(2).fill('2026-03-01T09:30:00.000Z'));
  });
});

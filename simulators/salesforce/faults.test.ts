import { startOrg, type OrgUnderTest } from './test-support/org-under-test';
import { RawClient, until } from './test-support/raw-client';
import type { FaultRequest } from './index';

const topic = '/data/LeadChangeEvent';
let org: OrgUnderTest;

beforeEach(async () => {
  org = await startOrg({ keepaliveMs: 100 });
});
afterEach(() => org.stop());

const cause = async (request: FaultRequest): Promise<void> => {
  const response = await fetch(`${org.salesforce.adminUrl}/faults`, { method: 'POST', body: JSON.stringify(request) });
  expect(response.status).toBe(200);
};
const subscribe = (fields: object = {}) =>
  org.client.subscribe().request({ topicName: topic, numRequested: 100, ...fields });
const started = async () => {
  const subscription = subscribe();
  await until(() => subscription.responses.length > 0, 'the first keepalive');
  return subscription;
};
const lead = (): string => org.salesforce.admin.create('Lead', { LastName: 'Day', Company: 'Acme' });
const task = (n: number) => ({ Subject: `Call ${n}`, Signalbox_Key__c: `key-${n}` });
const upsert = (count: number) =>
  org.connection.sobject('Task').upsert(
    Array.from({ length: count }, (_, n) => task(n)),
    'Signalbox_Key__c',
  );
const plain = (method: string, path: string, body?: object) =>
  fetch(`${org.salesforce.baseUrl}/services/data/v62.0${path}`, {
    method,
    headers: { authorization: `Bearer ${org.connection.accessToken ?? ''}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

it('expiredReplayId: what is stored is gone, and ids up to now are refused', async () => {
  lead();
  const [event] = await subscribe({ replayPreset: 'EARLIEST' }).received(1);
  await cause({ kind: 'expiredReplayId' });
  const expired = subscribe({ replayPreset: 'CUSTOM', replayId: event!.replayId });
  expect(await expired.failed()).toBe('sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted');
  expect(expired.error?.code).toBe(3);
  const id = lead();
  const [kept] = await subscribe({ replayPreset: 'EARLIEST' }).received(1);
  expect((await org.client.decode(kept!)).ChangeEventHeader['recordIds']).toEqual([id]);
});

it('expiredReplayId with the other code that clients look for', async () => {
  const other = await startOrg({ expiredReplayIdError: 'validation.failed' });
  other.salesforce.admin.create('Lead', { LastName: 'Day', Company: 'Acme' });
  const request = { topicName: topic, numRequested: 1 };
  const [event] = await other.client
    .subscribe()
    .request({ ...request, replayPreset: 'EARLIEST' })
    .received(1);
  other.salesforce.admin.fault({ kind: 'expiredReplayId' });
  const expired = other.client.subscribe().request({ ...request, replayPreset: 'CUSTOM', replayId: event!.replayId });
  expect(await expired.failed()).toBe('sfdc.platform.eventbus.grpc.subscription.fetch.replayid.validation.failed');
  await other.stop();
});

it('corruptReplayId: the next resume is refused, the one after works', async () => {
  lead();
  lead();
  const [event] = await subscribe({ replayPreset: 'EARLIEST' }).received(2);
  await cause({ kind: 'corruptReplayId' });
  const resume = { replayPreset: 'CUSTOM', replayId: event!.replayId };
  expect(await subscribe(resume).failed()).toBe('sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted');
  await subscribe(resume).received(1);
});

it('tokenExpiry: REST and new calls are refused, open streams live on unless told otherwise', async () => {
  const stream = await started();
  await cause({ kind: 'tokenExpiry' });
  expect((await plain('GET', '/limits')).status).toBe(401);
  await expect(org.client.call('GetTopic', { topicName: topic })).rejects.toMatchObject({ code: 16 });
  lead();
  await stream.received(1);
  await cause({ kind: 'tokenExpiry', streams: true });
  expect(await stream.failed()).toBe('sfdc.platform.eventbus.grpc.service.auth.error');
  expect(stream.error?.code).toBe(16);
});

it('keepaliveSilence: the stream stays open and says nothing; a new one works', async () => {
  const stream = await started();
  await cause({ kind: 'keepaliveSilence' });
  const heard = stream.responses.length;
  lead();
  const fresh = await started();
  lead();
  await fresh.received(1);
  await until(() => fresh.responses.length >= 4, 'keepalives of the new stream');
  expect(stream.responses.length).toBe(heard);
  expect([stream.isEnded, stream.error]).toEqual([false, undefined]);
});

it('dropStream: open streams end with UNAVAILABLE; without one, the next does', async () => {
  const stream = await started();
  await cause({ kind: 'dropStream' });
  expect(await stream.failed()).toBe('sfdc.platform.eventbus.grpc.service.unavailable');
  expect(stream.error?.code).toBe(14);
  await cause({ kind: 'dropStream' });
  expect(await subscribe().failed()).toBe('sfdc.platform.eventbus.grpc.service.unavailable');
  await started();
});

it('rowLock: as many rows as asked for are refused inside a 200, the rest is written', async () => {
  await cause({ kind: 'rowLock', times: 2 });
  const results = await upsert(4);
  expect(results.map(({ success }) => success)).toEqual([false, false, true, true]);
  expect(results[0]).toMatchObject({ errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW' }] });
  expect((await upsert(4)).map(({ success, created }) => [success, created])).toEqual([
    [true, true],
    [true, true],
    [true, false],
    [true, false],
  ]);
});

it('serverUnavailable: 503 so many times, with Retry-After where asked for', async () => {
  await cause({ kind: 'serverUnavailable', times: 2, retryAfter: 7 });
  const answers = [
    await plain('GET', '/limits'),
    await plain('POST', '/sobjects/Task', task(1)),
    await plain('GET', '/limits'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
  expect(answers[1]?.headers.get('retry-after')).toBe('7');
  expect(await answers[0]?.json()).toMatchObject([{ errorCode: 'SERVER_UNAVAILABLE' }]);
  expect(org.salesforce.admin.records('Task')).toEqual([]);
});

it('requestLimit: 403 REQUEST_LIMIT_EXCEEDED; so does a used-up allocation', async () => {
  await cause({ kind: 'requestLimit' });
  const refused = await plain('POST', '/sobjects/Task', task(1));
  expect([refused.status, await refused.json()]).toMatchObject([403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }]]);
  const small = await startOrg({ dailyRequests: 1 });
  await small.connection.query('SELECT Id FROM Lead');
  await expect(small.connection.query('SELECT Id FROM Lead')).rejects.toMatchObject({
    errorCode: 'REQUEST_LIMIT_EXCEEDED',
  });
  await small.stop();
});

it('slow: the answer takes as long as asked for', async () => {
  await cause({ kind: 'slow', ms: 300 });
  const before = performance.now();
  expect((await plain('GET', '/limits')).status).toBe(200);
  expect(performance.now() - before).toBeGreaterThan(290);
});

it('dropResponse: the write is done, the caller never hears of it', async () => {
  await cause({ kind: 'dropResponse' });
  await expect(plain('PATCH', '/sobjects/Task/Signalbox_Key__c/k', { Subject: 'Call' })).rejects.toThrow();
  expect(org.salesforce.admin.records('Task')).toMatchObject([{ Signalbox_Key__c: 'k' }]);
  expect(org.salesforce.admin.events('/data/TaskChangeEvent')).toHaveLength(1);
  const again = await plain('PATCH', '/sobjects/Task/Signalbox_Key__c/k', { Subject: 'Call' });
  expect(again.status).toBe(200);
});

it('duplicateEvents: the same event comes twice, with one id and two replay ids', async () => {
  await cause({ kind: 'duplicateEvents', times: 1 });
  lead();
  lead();
  const [one, two, three] = await subscribe({ replayPreset: 'EARLIEST' }).received(3);
  expect(two?.id).toBe(one?.id);
  expect(two?.raw).toEqual(one?.raw);
  expect(two?.replayId).not.toEqual(one?.replayId);
  expect(three?.id).not.toBe(one?.id);
});

it('gapEvent and overflow: headers without a body, the overflow with the dummy id', async () => {
  const id = lead();
  const stream = await started();
  await cause({ kind: 'gapEvent', object: 'Lead', recordIds: [id], changeType: 'GAP_DELETE' });
  await cause({ kind: 'overflow', object: 'Lead' });
  const headers = [];
  for (const event of await stream.received(2)) headers.push((await org.client.decode(event)).ChangeEventHeader);
  expect(headers).toMatchObject([
    { changeType: 'GAP_DELETE', recordIds: [id], changeOrigin: '' },
    { changeType: 'GAP_OVERFLOW', recordIds: ['000000000000000AAA'] },
  ]);
});

it('truncatedAvro, unknownSchemaId and rawPayload: events that do not decode, with good ones after them', async () => {
  const stream = await started();
  await cause({ kind: 'truncatedAvro', object: 'Lead' });
  await cause({ kind: 'unknownSchemaId', object: 'Lead' });
  await cause({ kind: 'rawPayload', topic, payload: Buffer.from('junk').toString('base64') });
  lead();
  const [truncated, unknown, raw, good] = await stream.received(4);
  await expect(org.client.decode(truncated!)).rejects.toThrow('truncated');
  await expect(org.client.decode(unknown!)).rejects.toMatchObject({ code: 5 });
  expect(raw?.raw.toString()).toBe('junk');
  expect(raw?.schemaId).toBe(good?.schemaId);
  expect((await org.client.decode(good!)).ChangeEventHeader['changeType']).toBe('CREATE');
  expect(org.salesforce.admin.events(topic).map(({ decoded }) => decoded !== undefined)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

it('clear disarms, GET lists, and an unknown kind is refused with the known ones', async () => {
  await cause({ kind: 'rowLock', times: 5 });
  const list = async () => (await fetch(`${org.salesforce.adminUrl}/faults`)).json();
  expect(await list()).toEqual([{ kind: 'rowLock', left: 5 }]);
  await cause({ kind: 'clear' });
  expect(await list()).toEqual([]);
  const response = await fetch(`${org.salesforce.adminUrl}/faults`, { method: 'POST', body: '{"kind":"nope"}' });
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain('serverUnavailable');
});

it('after a token expiry a new login works on the same stream address', async () => {
  await cause({ kind: 'tokenExpiry' });
  const { clientId, clientSecret } = org.salesforce.clients['integration']!;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const answer = (await (
    await fetch(`${org.salesforce.baseUrl}/services/oauth2/token`, { method: 'POST', body: form })
  ).json()) as { access_token: string };
  const renewed = new RawClient(org.salesforce, answer.access_token);
  expect(await renewed.call('GetTopic', { topicName: topic })).toMatchObject({ canSubscribe: true });
  renewed.close();
});

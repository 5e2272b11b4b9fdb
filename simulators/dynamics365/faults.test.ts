import { randomUUID } from 'node:crypto';
import { startDynamics365, type FaultRequest, type RunningDynamics365 } from './index';
import { contextsOf } from './test-support/contexts';
import { connect, type RawClient } from './test-support/raw-client';
import { startReceiver, type Receiver } from './test-support/receiver';

let running: RunningDynamics365;
let client: RawClient;
let receiver: Receiver;
beforeEach(async () => {
  running = await startDynamics365({ retryMs: 10 });
  client = await connect(running);
  receiver = await startReceiver();
  const auth = { type: 'WebhookKey', key: 'k' } as const;
  const steps = ['Create', 'Update'].map((message) => ({ message, table: 'lead' }));
  running.admin.registerWebhook({ url: receiver.url, auth, steps });
});
afterEach(async () => {
  await running.stop();
  await receiver.stop();
});

const cause = async (request: FaultRequest): Promise<void> => {
  const response = await fetch(`${running.adminUrl}/faults`, { method: 'POST', body: JSON.stringify(request) });
  expect(response.status).toBe(200);
};

const lead = () => running.admin.create('lead', { lastname: 'Day' });

it.each([
  ['requests', '0x80072322', 'Number of requests exceeded the limit of 6000 over time window of 300 seconds.'],
  ['execution', '0x80072321', 'Combined execution time of incoming requests exceeded limit of 1,200,000  milliseconds'],
  ['concurrent', '0x80072326', 'Number of concurrent requests exceeded the limit of 52.'],
] as const)('throttle: a storm of 429 for %s', async (limit, code, message) => {
  await cause({ kind: 'throttle', times: 2, retryAfter: 3, limit });
  const replies = [await client.call('GET', 'WhoAmI'), await client.call('GET', 'WhoAmI')];
  for (const reply of replies) {
    expect([reply.status, reply.headers.get('retry-after'), reply.body.error.code]).toEqual([429, '3', code]);
    expect(reply.body.error.message).toContain(message);
  }
  expect((await client.call('GET', 'WhoAmI')).status).toBe(200);
});

it('real limits count: requests in the window, and at the same time; waiting grows with insistence', async () => {
  const small = await startDynamics365({ limits: { requests: 3, concurrent: 2 } });
  const other = await connect(small);
  for (const left of ['2', '1', '0']) {
    const reply = await other.call('GET', 'WhoAmI');
    expect(reply.headers.get('x-ms-ratelimit-burst-remaining-xrm-requests')).toBe(left);
  }
  const refusals = [await other.call('GET', 'WhoAmI'), await other.call('GET', 'WhoAmI')];
  expect(refusals.map(({ status, body }) => [status, body.error.code])).toEqual([
    [429, '0x80072322'],
    [429, '0x80072322'],
  ]);
  const [first = 0, second = 0] = refusals.map(({ headers }) => Number(headers.get('retry-after')));
  expect(second).toBeGreaterThanOrEqual(first);
  expect(first).toBeGreaterThan(0);
  await small.stop();
  const narrow = await startDynamics365({ limits: { concurrent: 2 } });
  const busy = await connect(narrow);
  narrow.admin.fault({ kind: 'slow', times: 2, ms: 300 });
  const replies = await Promise.all([1, 2, 3, 4].map(() => busy.call('GET', 'WhoAmI')));
  const codes = replies.filter(({ status }) => status === 429).map(({ body }) => body.error.code);
  expect(codes).toEqual(['0x80072326', '0x80072326']);
  await narrow.stop();
});

it('serverUnavailable: 503 with and without Retry-After, nothing done', async () => {
  await cause({ kind: 'serverUnavailable', retryAfter: 7 });
  const reply = await client.call('POST', 'leads', { lastname: 'Day' });
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '7']);
  expect(running.admin.records('lead')).toEqual([]);
});

it('slow: the answer waits', async () => {
  await cause({ kind: 'slow', ms: 150 });
  const from = performance.now();
  await client.call('GET', 'WhoAmI');
  expect(performance.now() - from).toBeGreaterThan(140);
});

it('dropResponse: the write is done, the answer is lost, and trying again is noticed', async () => {
  const path = `tasks(${randomUUID()})`;
  const create = () => client.call('PATCH', path, { subject: 'Call' }, { 'if-none-match': '*' });
  await cause({ kind: 'dropResponse' });
  await expect(create()).rejects.toThrow();
  expect(running.admin.tasks()).toHaveLength(1);
  expect((await create()).status).toBe(412);
});

it('lostWebhook: nothing arrives, a failed job remembers', async () => {
  await cause({ kind: 'lostWebhook' });
  const lost = await lead();
  await lead();
  await running.admin.idle();
  expect(receiver.received).toHaveLength(1);
  expect(running.admin.counts()).toMatchObject({ lost: 1, delivered: 1 });
  const jobs = await client.call('GET', 'asyncoperations?$filter=statuscode eq 31&$select=_regardingobjectid_value');
  expect(jobs.body.value.map((job) => job['_regardingobjectid_value'])).toEqual([lost]);
});

it('duplicateWebhook: the same post twice', async () => {
  await cause({ kind: 'duplicateWebhook' });
  await lead();
  await running.admin.idle();
  const [first, second] = receiver.received;
  expect(second?.body).toBe(first?.body);
  expect(receiver.received).toHaveLength(2);
});

it('outOfOrderWebhook: a row’s post waits for the next one of the row', async () => {
  const id = await lead();
  await running.admin.idle();
  await cause({ kind: 'outOfOrderWebhook' });
  await running.admin.update('lead', id, { subject: 'first' });
  await running.admin.idle();
  expect(receiver.received).toHaveLength(1);
  await running.admin.update('lead', id, { subject: 'second' });
  await running.admin.idle();
  const told = receiver.received.slice(1).map(({ body }) => /"subject","value":"(\w+)"/.exec(body)?.[1]);
  expect(told).toEqual(['second', 'first']);
  await cause({ kind: 'outOfOrderWebhook' });
  await running.admin.update('lead', id, { subject: 'third' });
  await cause({ kind: 'clear' });
  await running.admin.idle();
  expect(receiver.received).toHaveLength(4);
});

it('oversizeWebhook: a context without its large members', async () => {
  await cause({ kind: 'oversizeWebhook' });
  await lead();
  await running.admin.idle();
  expect(receiver.received[0]?.headers['x-ms-dynamics-msg-size-exceeded']).toBe('true');
  expect(contextsOf(receiver)[0]).not.toHaveProperty('InputParameters');
});

it('invalidWebhook: half a context, or any text', async () => {
  await cause({ kind: 'invalidWebhook' });
  await lead();
  await running.admin.idle();
  expect(() => contextsOf(receiver)).toThrow(SyntaxError);
  await cause({ kind: 'invalidWebhook', payload: '<html>' });
  await lead();
  await running.admin.idle();
  expect(receiver.received[1]?.body).toBe('<html>');
});

it('names the faults there are where one is unknown', async () => {
  const reply = await fetch(`${running.adminUrl}/faults`, { method: 'POST', body: '{"kind":"earthquake"}' });
  expect(reply.status).toBe(400);
  expect(await reply.text()).toContain('Known are throttle, ');
});

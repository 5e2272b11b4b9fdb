import { startDynamics365, type RunningDynamics365, type WebhookStep } from '../index';
import { contextsOf, type Context } from '../test-support/contexts';
import { startReceiver, type Receiver } from '../test-support/receiver';
import { connect, type RawClient } from '../test-support/raw-client';

let running: RunningDynamics365;
let client: RawClient;
let receiver: Receiver;
beforeEach(async () => {
  running = await startDynamics365({ retryMs: 10, webhookTimeoutMs: 200 });
  client = await connect(running);
  receiver = await startReceiver();
});
afterEach(async () => {
  await running.stop();
  await receiver.stop();
});

const listen = (steps: readonly WebhookStep[]): string =>
  running.admin.registerWebhook({ url: receiver.url, auth: { type: 'WebhookKey', key: 's3cret&1' }, steps });

const contexts = (): readonly Context[] => contextsOf(receiver);

const lead = (more: object = {}) => running.admin.create('lead', { firstname: 'Ann', lastname: 'Day', ...more });

it('identifies itself by named headers or query values where the endpoint wants that', async () => {
  const steps: readonly WebhookStep[] = [{ message: 'Create', table: 'lead' }];
  const values = { 'x-key': 'a"<b', 'x-other': '2' };
  running.admin.registerWebhook({ url: receiver.url, auth: { type: 'HttpHeader', values }, steps });
  running.admin.registerWebhook({ url: receiver.url, auth: { type: 'HttpQueryString', values }, steps });
  await lead();
  await running.admin.idle();
  const byHeader = receiver.received.find(({ headers }) => headers['x-key'] !== undefined);
  expect(byHeader?.headers).toMatchObject(values);
  const byQuery = receiver.received.find(({ headers }) => headers['x-key'] === undefined);
  expect(Object.fromEntries(new URL(byQuery?.url ?? '', receiver.url).searchParams)).toEqual(values);
});

it('tries once more after 502, 503 and 504, and not after anything else', async () => {
  listen([{ message: 'Create', table: 'lead' }]);
  receiver.statuses.push(503);
  await lead();
  await running.admin.idle();
  expect(running.admin.counts()).toEqual({ attempts: 2, delivered: 1, failed: 0, lost: 0, pending: 0 });
  expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body);
  receiver.statuses.push(504, 504);
  await lead();
  await running.admin.idle();
  expect(running.admin.counts()).toMatchObject({ attempts: 4, failed: 1 });
  receiver.statuses.push(429);
  await lead();
  await running.admin.idle();
  expect(running.admin.counts()).toMatchObject({ attempts: 5, failed: 2 });
  const jobs = await client.call(
    'GET',
    'asyncoperations?$filter=statuscode eq 31&$select=name,message,_regardingobjectid_value',
  );
  expect(jobs.body.value).toHaveLength(2);
  expect(jobs.body.value.map(({ message }) => message)).toContain(
    'The webhook call failed: the endpoint answered with status 429.',
  );
});

it('gives up on an endpoint that does not answer in time', async () => {
  listen([{ message: 'Create', table: 'lead' }]);
  receiver.statuses.push(0);
  await lead();
  await running.admin.idle();
  expect(running.admin.counts()).toMatchObject({ attempts: 1, failed: 1 });
  expect(running.admin.posts()[0]?.error).toContain('No answer within');
});

it('runs a synchronous step before the write counts, and takes the write back where it fails', async () => {
  listen([{ message: 'Create', table: 'lead', mode: 'sync' }]);
  const visible: unknown[] = [];
  receiver.before = async () => {
    visible.push((await client.call('GET', 'leads?$select=leadid')).body.value.length);
  };
  await lead();
  receiver.statuses.push(500);
  await expect(lead()).rejects.toThrow(/webhook call of step .* failed: the endpoint answered with status 500/);
  expect(running.admin.records('lead')).toHaveLength(1);
  receiver.statuses.push(500);
  const refused = await client.call('POST', 'leads', { lastname: 'No' });
  expect(refused.status).toBe(400);
  expect(running.admin.writes().at(-1)).toMatchObject({ status: 400, errorCode: '0x80040265' });
  const [context] = contexts() as readonly [Context];
  expect(context).toMatchObject({ Mode: 0, IsInTransaction: true, RequestId: context['OperationId'] });
  expect(context.OperationCreatedOn).toMatch(/^\/Date\(\d+\)\/$/);
  expect(context.ParentContext.OwningExtension['Name']).toBe('ObjectModel Implementation');
  expect(visible[0]).toBe(1);
});

it('leaves out steps that the caller bypasses', async () => {
  listen([{ message: 'Create', table: 'lead' }]);
  const bypass = { 'MSCRM.BypassBusinessLogicExecution': 'CustomSync,CustomAsync' };
  await client.call('POST', 'leads', { lastname: 'Quiet' }, bypass);
  await running.admin.idle();
  expect(receiver.received).toEqual([]);
});

it('strips what makes a context larger than 256 KB', async () => {
  listen([{ message: 'Create', table: 'annotation' }]);
  for (const length of [100_000, 99_999]) {
    const more = length === 100_000 ? { notetext: 'ü'.repeat(length) } : { notetext: 'u'.repeat(length) };
    await running.admin.create('annotation', more);
  }
  await running.admin.idle();
  const [large, small] = receiver.received.map(({ headers, body }) => ({
    headers,
    context: JSON.parse(body) as object,
  }));
  expect(large?.headers['x-ms-dynamics-msg-size-exceeded']).toBe('true');
  for (const name of ['ParentContext', 'InputParameters', 'PreEntityImages', 'PostEntityImages']) {
    expect(large?.context).not.toHaveProperty(name);
    expect(small?.context).toHaveProperty(name);
  }
  expect(large?.context).toMatchObject({ PrimaryEntityName: 'annotation' });
});

import { randomUUID } from 'node:crypto';
import { DynamicsWebApi } from 'dynamics-web-api';
import { startDynamics365, type RunningDynamics365 } from '../index';
import { startReceiver, type Receiver } from '../test-support/receiver';
import { contextsOf, valueOf } from '../test-support/contexts';
import { requestToken } from '../test-support/raw-client';

/** An independent client of the Web API, made for the real service. */
let running: RunningDynamics365;
let receiver: Receiver;
let client: DynamicsWebApi;
beforeEach(async () => {
  running = await startDynamics365();
  receiver = await startReceiver();
  const { body } = await requestToken(running);
  client = new DynamicsWebApi({
    serverUrl: running.baseUrl,
    dataApi: { version: '9.2' },
    onTokenRefresh: () => Promise.resolve(String(body['access_token'])),
    propagateErrors: true,
  });
});
afterEach(async () => {
  await running.stop();
  await receiver.stop();
});

interface Lead {
  readonly leadid: string;
  readonly lastname: string;
  readonly '@odata.etag': string;
}

it('knows who it is, and creates, reads, changes, upserts and deletes', async () => {
  expect(await client.callFunction<object>('WhoAmI')).toMatchObject({ UserId: running.applicationUserId });
  const id = await client.create<{ lastname: string }, string>({ collection: 'leads', data: { lastname: 'Day' } });
  const lead = await client.retrieve<Lead>({ collection: 'leads', key: id, select: ['lastname'] });
  expect(lead.lastname).toBe('Day');
  await client.update({ collection: 'leads', key: id, data: { lastname: 'Ek' }, ifmatch: lead['@odata.etag'] });
  const stale = client.update({ collection: 'leads', key: id, data: { lastname: 'No' }, ifmatch: lead['@odata.etag'] });
  await expect(stale).rejects.toMatchObject({ status: 412 });
  const key = randomUUID();
  const task = {
    collection: 'tasks',
    key,
    data: { subject: 'Call', 'regardingobjectid_lead_task@odata.bind': `leads(${id})` },
  };
  await client.upsert({ ...task, ifnonematch: '*' });
  await expect(client.upsert({ ...task, ifnonematch: '*' })).rejects.toMatchObject({ status: 412 });
  await client.upsert({ ...task, data: { ...task.data, subject: 'Call again' } });
  expect(running.admin.tasks()).toMatchObject([
    { activityid: key, subject: 'Call again', _regardingobjectid_value: id },
  ]);
  await client.deleteRecord({ collection: 'leads', key: id });
  expect(running.admin.record('lead', id)).toBeUndefined();
});

it('pages through everything, with formatted values', async () => {
  for (const name of ['A', 'B', 'C']) await running.admin.create('lead', { lastname: name });
  const all = await client.retrieveAll<Record<string, unknown>>({
    collection: 'leads',
    select: ['lastname', 'leadqualitycode'],
    orderBy: ['lastname desc'],
  });
  expect(all.value.map(({ lastname }) => lastname)).toEqual(['C', 'B', 'A']);
  const page = await client.retrieveMultiple<Record<string, unknown>>({
    collection: 'leads',
    select: ['leadqualitycode'],
    maxPageSize: 2,
    includeAnnotations: '*',
  });
  expect(page.value[0]?.['leadqualitycode_Formatted']).toBe('Warm');
  expect(page.oDataNextLink).toContain('$skiptoken');
  const next = await client.retrieveMultiple<Record<string, unknown>>(
    { collection: 'leads', select: ['leadqualitycode'], maxPageSize: 2 },
    page.oDataNextLink,
  );
  expect(next.value).toHaveLength(1);
});

it('tracks changes', async () => {
  const first = await client.retrieveMultiple({ collection: 'leads', select: ['lastname'], trackChanges: true });
  await running.admin.create('lead', { lastname: 'New' });
  const delta = await client.retrieveMultiple<Lead>(
    { collection: 'leads', select: ['lastname'] },
    first.oDataDeltaLink,
  );
  expect(delta.value.map(({ lastname }) => lastname)).toEqual(['New']);
});

it('sends a change set that is done whole, with references to rows made before', async () => {
  client.startBatch();
  void client.create({ collection: 'leads', data: { lastname: 'Day' }, contentId: '1' });
  void client.create({
    collection: 'tasks',
    data: { subject: 'Call', 'regardingobjectid_lead_task@odata.bind': '$1' },
    contentId: '2',
  });
  void client.upsert({ collection: 'tasks', key: randomUUID(), data: { subject: 'Write' }, ifnonematch: '*' });
  const results = await client.executeBatch();
  expect(results).toHaveLength(3);
  const [lead] = running.admin.records('lead');
  expect(results[0]).toBe(lead?.['leadid']);
  const called = running.admin.tasks().find(({ subject }) => subject === 'Call');
  expect(called?.['_regardingobjectid_value']).toBe(lead?.['leadid']);
});

it('has a change set taken back whole where one request fails', async () => {
  client.startBatch();
  void client.create({ collection: 'leads', data: { lastname: 'Day' } });
  void client.create({ collection: 'tasks', data: { subject: 'x'.repeat(201) } });
  const [refusal] = await client.executeBatch().catch((errors: unknown) => errors as readonly unknown[]);
  expect(refusal).toHaveProperty('error.code', '0x80044331');
  expect(running.admin.records('lead')).toEqual([]);
});

it('goes on after a failure where it prefers to, and gets every answer in order', async () => {
  client.startBatch();
  void client.create({ collection: 'tasks', data: { subject: 'x'.repeat(201) }, inChangeSet: false });
  void client.create({ collection: 'tasks', data: { subject: 'fits' }, inChangeSet: false });
  void client.retrieveMultiple({ collection: 'tasks', select: ['subject'] });
  const results = await client
    .executeBatch({ continueOnError: true })
    .catch((all: unknown) => all as readonly unknown[]);
  expect(results[0]).toHaveProperty('error.code', '0x80044331');
  expect(String(results[1])).toBe(running.admin.tasks()[0]?.['activityid']);
  expect(results[2]).toHaveProperty('value.0.subject', 'fits');
});

it('puts its tag on what its writes trigger', async () => {
  const auth = { type: 'WebhookKey', key: 'k' } as const;
  running.admin.registerWebhook({ url: receiver.url, auth, steps: [{ message: 'Create', table: 'task' }] });
  await client.create({ collection: 'tasks', data: { subject: 'Call' }, tag: 'Signalbox' });
  client.startBatch();
  void client.create({ collection: 'tasks', data: { subject: 'Batched' }, tag: 'Signalbox' });
  await client.executeBatch();
  await running.admin.idle();
  expect(contextsOf(receiver).map(({ SharedVariables }) => valueOf(SharedVariables, 'tag'))).toEqual([
    'Signalbox',
    'Signalbox',
  ]);
});

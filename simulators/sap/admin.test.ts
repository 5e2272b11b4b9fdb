import { startSap, type RunningSap } from './index';
import { ask } from './test-support/client';
import { until, WebhookReceiver } from './test-support/receiver';

let sap: RunningSap;

beforeEach(async () => {
  sap = await startSap();
});
afterEach(() => sap.stop());

const admin = (path: string, method = 'GET', body?: object) =>
  ask(`${sap.adminUrl}/${path}`, { method, ...(body === undefined ? {} : { body }) });

it('creates, reads, changes, deletes and counts over HTTP, as a person', async () => {
  const created = await admin('records/TaskCollection', 'POST', { Subject: 'Call', CreatedBy: 'Kate Jacob' });
  const { id } = created.json as { id: string };
  await admin(`records/TaskCollection/${id}`, 'PATCH', { Status: '3' });
  expect((await admin(`records/TaskCollection/${id}`)).json).toMatchObject({
    StatusText: 'Completed',
    ChangedBy: sap.users.person.name,
  });
  expect((await admin('records/TaskCollection')).json).toHaveLength(1);
  await admin(`records/TaskCollection/${id}`, 'DELETE');
  expect((await admin('counts')).json).toMatchObject({ records: { TaskCollection: 0 }, emitted: 3, pending: 0 });
  expect((await admin('writes')).json).toEqual([]);
});

it('says what is wrong', async () => {
  const answers = [
    await admin('records/Nothing'),
    await admin('records/TaskCollection/nobody'),
    await admin('records/TaskCollection', 'POST', { Nonsense: 1 }),
    await admin('nothing'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([400, 404, 400, 404]);
  expect(answers[0]?.text).toContain('LeadCollection');
  expect(answers[3]?.text).toContain('POST webhooks');
});

it('registers webhooks and IDoc ports over HTTP, and shows what was delivered', async () => {
  const receiver = await new WebhookReceiver().start();
  expect((await admin('webhooks', 'POST', { endpoint: receiver.url })).json).toMatchObject({ active: true });
  expect((await admin('idocs', 'POST', { endpoint: receiver.url })).json).toEqual({ status: 'active' });
  await admin('records/A_BusinessPartner', 'POST', { BusinessPartnerCategory: '1', LastName: 'Day' });
  const types = (await receiver.received(2)).map(({ headers }) => headers['content-type']);
  expect(types.toSorted()).toEqual(['application/cloudevents+json', 'text/xml']);
  await until(() => sap.admin.deliveries().length === 2, 'both answers');
  expect((await admin('deliveries')).json).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect((await admin('events')).json).toHaveLength(2);
  await admin('webhooks/signalbox', 'DELETE');
  await receiver.stop();
});

it('ends on request', async () => {
  expect((await admin('stop', 'POST')).json).toEqual({ status: 'stopping' });
  await sap.stopped;
  await expect(admin('health')).rejects.toThrow();
});

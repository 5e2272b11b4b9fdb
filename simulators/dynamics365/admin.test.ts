import { startDynamics365, type RunningDynamics365 } from './index';
import { connect } from './test-support/raw-client';
import { startReceiver } from './test-support/receiver';

let running: RunningDynamics365;
beforeEach(async () => {
  running = await startDynamics365();
});
afterEach(() => running.stop());

const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(`${running.adminUrl}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([path, response.status]).toEqual([path, 200]);
  return response.json();
};

it('acts as people over HTTP', async () => {
  const { id: bo } = (await ask('POST', 'person', { fullName: 'Bo Lind' })) as { id: string };
  const { id } = (await ask('POST', `records/lead?as=${bo}`, { lastname: 'Day', companyname: 'Acme' })) as {
    id: string;
  };
  await ask('PATCH', `records/lead/${id}`, { subject: 'Vans' });
  await ask('POST', `assign/lead/${id}`, { owner: { table: 'systemuser', id: bo } });
  expect(await ask('GET', `records/lead/${id}`)).toMatchObject({
    subject: 'Vans',
    _createdby_value: bo,
    _ownerid_value: bo,
    '_modifiedby_value@OData.Community.Display.V1.FormattedValue': 'Ann Day',
  });
  const made = await ask('POST', 'qualify-lead', { leadId: id });
  expect(await ask('GET', `records/lead/${id}`)).toMatchObject({ statecode: 1, statuscode: 3 });
  const { accountId } = made as { accountId: string };
  expect(running.admin.record('account', accountId)).toMatchObject({ name: 'Acme' });
  const contact = await running.admin.create('contact', { lastname: 'Ek' });
  const link = {
    from: { table: 'lead', id },
    relationship: 'contactleads_association',
    to: { table: 'contact', id: contact },
  };
  await ask('POST', 'associate', link);
  await ask('POST', 'disassociate', link);
  const task = await running.admin.create('task', { subject: 'Call' });
  await ask('POST', 'complete-task', { taskId: task });
  await ask('POST', `state/task/${task}`, { state: 0, status: 3 });
  expect(running.admin.tasks()).toMatchObject([{ statecode: 0, statuscode: 3 }]);
  await ask('DELETE', `records/lead/${id}`);
  expect(await ask('GET', `records/lead/${id}`)).toBeNull();
});

it('registers and removes endpoints, and shows posts, counts and writes', async () => {
  const receiver = await startReceiver();
  const target = {
    url: receiver.url,
    auth: { type: 'WebhookKey', key: 'k' },
    steps: [{ message: 'Create', table: 'lead' }],
  };
  const { id } = (await ask('POST', 'webhooks', target)) as { id: string };
  const { call } = await connect(running);
  await call('POST', 'leads?tag=t', { lastname: 'Day' });
  await running.admin.idle();
  expect(await ask('GET', 'posts')).toMatchObject([{ message: 'Create', table: 'lead', attempt: 1, status: 200 }]);
  expect(await ask('GET', 'counts')).toEqual({ attempts: 1, delivered: 1, failed: 0, lost: 0, pending: 0 });
  await ask('DELETE', `webhooks/${id}`);
  await call('POST', 'leads', { nothing: 1 });
  expect(await ask('GET', 'writes')).toMatchObject([
    { method: 'POST', table: 'lead', status: 204, tag: 't', userId: running.applicationUserId },
    { method: 'POST', table: 'lead', status: 400, errorCode: '0x0' },
  ]);
  await call('POST', 'leads', { lastname: 'Unheard' });
  await running.admin.idle();
  expect(receiver.received).toHaveLength(1);
  await receiver.stop();
});

it('takes a deleted row’s tasks and notes with it', async () => {
  const id = await running.admin.create('lead', { lastname: 'Day' });
  await running.admin.create('task', { 'regardingobjectid_lead_task@odata.bind': `/leads(${id})` });
  await running.admin.create('annotation', { 'objectid_lead@odata.bind': `/leads(${id})`, notetext: 'x' });
  await running.admin.remove('lead', id);
  expect([running.admin.tasks(), running.admin.records('annotation')]).toEqual([[], []]);
});

it('says what there is where a resource is unknown, and stops when asked', async () => {
  const unknown = await fetch(`${running.adminUrl}/nothing`);
  expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('There are GET health')]);
  await ask('POST', 'stop');
  await running.stopped;
});

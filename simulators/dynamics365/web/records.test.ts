import { randomUUID } from 'node:crypto';
import { startDynamics365, type RunningDynamics365 } from '../index';
import { connect, type RawClient } from '../test-support/raw-client';

let running: RunningDynamics365;
let client: RawClient;
beforeAll(async () => {
  running = await startDynamics365({ keys: { task: { signalbox_key: ['subcategory'] } } });
  client = await connect(running);
});
afterAll(() => running.stop());

const lead = (lastname = 'Day') => running.admin.create('lead', { firstname: 'Ann', lastname, companyname: 'Acme' });

it('creates a row and answers with its URL only', async () => {
  const { status, headers, text } = await client.call('POST', 'leads', { firstname: 'Bo', lastname: 'Lind' });
  expect([status, text]).toEqual([204, '']);
  const url = headers.get('odata-entityid') ?? '';
  expect(url).toMatch(/\/api\/data\/v9\.2\/leads\([0-9a-f-]{36}\)$/);
  const row = await client.call('GET', url);
  expect(row.body).toMatchObject({ fullname: 'Bo Lind', statecode: 0, statuscode: 1, leadqualitycode: 2 });
  expect(row.body['@odata.etag']).toBe(`W/"${String(row.body['versionnumber'])}"`);
  expect(row.body['_createdby_value']).toBe(running.applicationUserId);
  expect(row.body['createdon']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

it('answers with the row where the caller prefers it', async () => {
  const prefer = { prefer: 'return=representation' };
  const made = await client.call('POST', 'leads?$select=subject', { subject: 'Vans' }, prefer);
  expect(made.status).toBe(201);
  expect(made.headers.get('preference-applied')).toBe('return=representation');
  expect(Object.keys(made.body)).toEqual(['@odata.context', '@odata.etag', 'subject', 'leadid']);
  const changed = await client.call('PATCH', `leads(${String(made.body['leadid'])})`, { subject: 'Cars' }, prefer);
  expect([changed.status, changed.body['subject']]).toEqual([200, 'Cars']);
});

it('upserts by a GUID of the caller: makes, changes, and does only one of both where told', async () => {
  const id = randomUUID();
  const path = `tasks(${id})`;
  expect((await client.call('PATCH', path, { subject: 'a' }, { 'if-match': '*' })).status).toBe(404);
  expect((await client.call('PATCH', path, { subject: 'a' }, { 'if-none-match': '*' })).status).toBe(204);
  expect(running.admin.record('task', id)).toMatchObject({ subject: 'a', activityid: id, activitytypecode: 'task' });
  const again = await client.call('PATCH', path, { subject: 'b' }, { 'if-none-match': '*' });
  expect([again.status, again.body]).toEqual([
    412,
    { error: { code: '', message: 'A record with matching key values already exists.' } },
  ]);
  expect((await client.call('PATCH', path, { subject: 'c' })).status).toBe(204);
  expect(running.admin.record('task', id)?.['subject']).toBe('c');
});

it('upserts by an alternate key', async () => {
  const path = "tasks(subcategory='k''1')";
  expect((await client.call('PATCH', path, { subject: 'a' })).status).toBe(204);
  expect((await client.call('PATCH', path, { subject: 'b' })).status).toBe(204);
  const found = running.admin.tasks().filter(({ subcategory }) => subcategory === "k'1");
  expect(found.map(({ subject }) => subject)).toEqual(['b']);
  const taken = await client.call('POST', 'tasks', { subject: 'c', subcategory: "k'1" });
  expect([taken.status, taken.body.error.code]).toEqual([412, '0x80060892']);
});

it('refuses a version that is no longer the row’s, for changes and deletions', async () => {
  const id = await lead();
  const etag = String(running.admin.record('lead', id)?.['@odata.etag']);
  await running.admin.update('lead', id, { subject: 'changed' });
  for (const method of ['PATCH', 'DELETE']) {
    const body = method === 'PATCH' ? { subject: 'mine' } : undefined;
    const reply = await client.call(method, `leads(${id})`, body, { 'if-match': etag });
    expect([reply.status, reply.body.error]).toEqual([
      412,
      { code: '', message: "The version of the existing record doesn't match the RowVersion property provided." },
    ]);
  }
  const now = String(running.admin.record('lead', id)?.['@odata.etag']);
  expect((await client.call('PATCH', `leads(${id})`, { subject: 'mine' }, { 'if-match': now })).status).toBe(204);
});

it('answers 304 for a version the caller has, but not with annotations', async () => {
  const id = await lead();
  const etag = String(running.admin.record('lead', id)?.['@odata.etag']);
  const known = { 'if-none-match': etag };
  expect((await client.call('GET', `leads(${id})`, undefined, known)).status).toBe(304);
  const annotated = { ...known, prefer: 'odata.include-annotations="*"' };
  expect((await client.call('GET', `leads(${id})`, undefined, annotated)).status).toBe(200);
});

it('binds lookups by the navigation property of each table, and reads them back annotated', async () => {
  const id = await lead();
  const body = { subject: 'Call', 'regardingobjectid_lead_task@odata.bind': `/leads(${id})`, prioritycode: 2 };
  const made = await client.call('POST', 'tasks', body);
  const url = made.headers.get('odata-entityid') ?? '';
  const { body: row } = await client.call('GET', url, undefined, { prefer: 'odata.include-annotations="*"' });
  expect(row).toMatchObject({
    _regardingobjectid_value: id,
    '_regardingobjectid_value@OData.Community.Display.V1.FormattedValue': 'Ann Day',
    '_regardingobjectid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'lead',
    '_regardingobjectid_value@Microsoft.Dynamics.CRM.associatednavigationproperty': 'regardingobjectid_lead_task',
    'prioritycode@OData.Community.Display.V1.FormattedValue': 'High',
    'statecode@OData.Community.Display.V1.FormattedValue': 'Open',
  });
  const plain = await client.call('POST', 'tasks', { subject: 'x', 'regardingobjectid@odata.bind': `/leads(${id})` });
  expect([plain.status, plain.body.error.code]).toEqual([400, '0x80048d19']);
  expect(plain.body.error.message).toContain("An undeclared property 'regardingobjectid'");
  const missing = `/leads(${randomUUID()})`;
  const absent = await client.call('POST', 'tasks', { 'regardingobjectid_lead_task@odata.bind': missing });
  expect([absent.status, absent.body.error.code]).toEqual([404, '0x80040217']);
});

it.each([
  ['a property of the wrong case', { Subject: 'x' }, '0x0'],
  ['a text that is too long', { subject: 'x'.repeat(201) }, '0x80044331'],
  ['a choice that is none', { prioritycode: 9 }, '0x8004431a'],
  ['a text for a number', { percentcomplete: '5' }, '0x80048d19'],
  ['a status of another state', { statuscode: 6 }, '0x80048408'],
])('refuses %s', async (_, body, code) => {
  const reply = await client.call('POST', 'tasks', body);
  expect([reply.status, reply.body.error.code]).toEqual([400, code]);
});

it('sets the state’s default status, and closing dates', async () => {
  const id = await running.admin.create('task', { subject: 'Call' });
  expect((await client.call('PATCH', `tasks(${id})`, { statecode: 1 })).status).toBe(204);
  expect(running.admin.record('task', id)).toMatchObject({ statecode: 1, statuscode: 5 });
  expect(running.admin.record('task', id)?.['actualend']).not.toBeNull();
});

it('detects duplicates only where the suppression is switched off', async () => {
  const body = { lastname: 'Twin', emailaddress1: 'twin@example.com' };
  await client.call('POST', 'leads', body);
  expect((await client.call('POST', 'leads', body)).status).toBe(204);
  const reply = await client.call('POST', 'leads', body, { 'MSCRM.SuppressDuplicateDetection': 'false' });
  expect([reply.status, reply.body.error]).toEqual([
    412,
    {
      code: '0x80040333',
      message: 'A record was not created or updated because a duplicate of the current record already exists.',
    },
  ]);
});

it('adds a row to a queue and moves it to another', async () => {
  const caller = { title: 'Broken', 'customerid_account@odata.bind': '' };
  const account = await running.admin.create('account', { name: 'Acme' });
  const incident = await running.admin.create('incident', {
    ...caller,
    'customerid_account@odata.bind': `/accounts(${account})`,
  });
  const [first, second] = await Promise.all(['One', 'Two'].map((name) => running.admin.create('queue', { name })));
  const body = { Target: { '@odata.type': 'Microsoft.Dynamics.CRM.incident', incidentid: incident } };
  const added = await client.call('POST', `queues(${first})/Microsoft.Dynamics.CRM.AddToQueue`, body);
  expect(added.status).toBe(200);
  const moved = await client.call('POST', `queues(${second})/Microsoft.Dynamics.CRM.AddToQueue`, body);
  expect(moved.body['QueueItemId']).toBe(added.body['QueueItemId']);
  expect(running.admin.records('queueitem')).toMatchObject([
    { title: 'Broken', _queueid_value: second, _objectid_value: incident, objecttypecode: 'incident' },
  ]);
});

it('changes references by $ref, of lookups and of relationships', async () => {
  const [leadId, contact] = [await lead(), await running.admin.create('contact', { lastname: 'Ek' })];
  const reference = { '@odata.id': `${running.baseUrl}/api/data/v9.2/contacts(${contact})` };
  expect((await client.call('PUT', `leads(${leadId})/parentcontactid/$ref`, reference)).status).toBe(204);
  expect(running.admin.record('lead', leadId)?.['_parentcontactid_value']).toBe(contact);
  expect((await client.call('DELETE', `leads(${leadId})/parentcontactid/$ref`)).status).toBe(204);
  expect(running.admin.record('lead', leadId)?.['_parentcontactid_value']).toBeNull();
  const relation = `leads(${leadId})/contactleads_association`;
  expect((await client.call('POST', `${relation}/$ref`, reference)).status).toBe(204);
  expect((await client.call('DELETE', `${relation}(${contact})/$ref`)).status).toBe(204);
  expect((await client.call('DELETE', `${relation}(${contact})/$ref`)).status).toBe(404);
});

it('names unknown resources and methods as the service does', async () => {
  expect((await client.call('GET', 'Lead')).body).toEqual({
    error: { code: '0x8006088a', message: "Resource not found for the segment 'Lead'." },
  });
  const wrong = await client.call('POST', 'WhoAmI', {});
  expect([wrong.status, wrong.body.error.code]).toEqual([404, '']);
  const id = randomUUID();
  expect((await client.call('GET', `leads(${id})`)).body.error.message).toBe(
    `Entity 'lead' With Id = ${id} Does Not Exist`,
  );
});

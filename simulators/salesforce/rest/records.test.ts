import type { Connection } from 'jsforce';
import { startOrg, type OrgUnderTest } from '../test-support/org-under-test';

let org: OrgUnderTest;
let connection: Connection;

beforeAll(async () => {
  org = await startOrg({
    fields: {
      Lead: [
        { name: 'Job__c', type: 'picklist', values: ['admin.', 'technician'], restricted: true },
        { name: 'Signalbox_Score__c', type: 'double' },
        { name: 'Signalbox_Reasons__c', type: 'textarea' },
        { name: 'Source_Key__c', type: 'string', length: 40, externalId: true },
      ],
    },
    objects: [
      {
        name: 'Vehicle__c',
        keyPrefix: 'a00',
        fields: [
          { name: 'Plate__c', type: 'string', length: 12, required: true },
          { name: 'Lead__c', type: 'reference', referenceTo: ['Lead'] },
          { name: 'Seen__c', type: 'datetime' },
          { name: 'Built__c', type: 'date' },
          { name: 'Opens__c', type: 'time' },
          { name: 'Doors__c', type: 'int' },
          { name: 'Place__c', type: 'location' },
        ],
      },
    ],
  });
  ({ connection } = org);
});
afterAll(() => org.stop());

type Fields = Record<string, unknown>;

/** A plain request, to see status and body as they are. */
const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${org.salesforce.baseUrl}/services/data/v62.0${path}`, {
    method,
    headers: {
      authorization: `Bearer ${connection.accessToken ?? ''}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as unknown,
  };
};

const lead = async (fields: Fields = {}): Promise<string> => {
  const result = await connection.sobject('Lead').create({ LastName: 'Day', Company: 'Acme', ...fields });
  return result.id!;
};

describe('one record', () => {
  it('is created, read whole and in part, changed, deleted, and then gone', async () => {
    const id = await lead({ FirstName: 'Ada', City: 'Bonn', AnnualRevenue: 12.5, Signalbox_Score__c: 0.25 });
    expect(id).toMatch(/^00Q.{15}$/);
    const whole = (await connection.sobject('Lead').retrieve(id)) as Fields;
    expect(whole).toMatchObject({
      attributes: { type: 'Lead', url: `/services/data/v62.0/sobjects/Lead/${id}` },
      Id: id,
      Name: 'Ada Day',
      Address: { city: 'Bonn', street: null },
      AnnualRevenue: 12.5,
      Status: 'Open - Not Contacted',
      IsConverted: false,
      IsDeleted: false,
      OwnerId: org.salesforce.clients['integration']!.userId,
    });
    expect(whole['CreatedDate']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
    expect(whole['SystemModstamp']).toBe(whole['LastModifiedDate']);
    const part = (await send('GET', `/sobjects/Lead/${id}?fields=Company,Signalbox_Score__c`)).body as Fields;
    expect(Object.keys(part)).toEqual(['attributes', 'Company', 'Signalbox_Score__c']);

    await connection.sobject('Lead').update({ Id: id, Company: 'Beta', City: null });
    expect(await connection.sobject('Lead').retrieve(id)).toMatchObject({ Company: 'Beta', City: null, Address: null });
    await connection.sobject('Lead').destroy(id);
    expect(await send('GET', `/sobjects/Lead/${id}`)).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED', message: 'entity is deleted' }],
    });
    expect((await send('PATCH', `/sobjects/Lead/${id}`, { Company: 'x' })).status).toBe(404);
  });

  it('is found by its 15-character id, and a record that never was is 404', async () => {
    const id = await lead();
    expect((await send('GET', `/sobjects/Lead/${id.slice(0, 15)}`)).status).toBe(200);
    expect(await send('GET', '/sobjects/Lead/00QSb0zzzzzzzzz')).toMatchObject({
      status: 404,
      body: [{ errorCode: 'NOT_FOUND' }],
    });
    expect(await send('GET', '/sobjects/Nothing__c/00QSb0zzzzzzzzz')).toMatchObject({
      status: 404,
      body: [{ errorCode: 'NOT_FOUND' }],
    });
    expect(await send('PUT', `/sobjects/Lead/${id}`)).toMatchObject({
      status: 405,
      body: [{ errorCode: 'METHOD_NOT_ALLOWED' }],
    });
  });

  it('keeps every field type of a custom object', async () => {
    const leadId = await lead();
    const fields = {
      Plate__c: 'BN-X 1',
      Lead__c: leadId,
      Seen__c: '2024-05-01T10:00:00.500+02:00',
      Built__c: '2020-02-29',
      Opens__c: '08:30:00',
      Doors__c: 4,
      Place__Latitude__s: 50.7,
      Place__Longitude__s: 7.1,
    };
    const { id } = await connection.sobject('Vehicle__c').create(fields);
    expect(id).toMatch(/^a00/);
    expect(await connection.sobject('Vehicle__c').retrieve(id!)).toMatchObject({
      Plate__c: 'BN-X 1',
      Lead__c: leadId,
      Seen__c: '2024-05-01T08:00:00.000+0000',
      Built__c: '2020-02-29',
      Opens__c: '08:30:00.000Z',
      Doors__c: 4,
      Place__c: { latitude: 50.7, longitude: 7.1 },
    });
  });

  it('moves only forward for a caller that says when it looked', async () => {
    const id = await lead();
    const old = { 'if-unmodified-since': 'Mon, 01 Jan 2024 00:00:00 GMT' };
    expect(await send('PATCH', `/sobjects/Lead/${id}`, { City: 'x' }, old)).toMatchObject({
      status: 412,
      body: [{ errorCode: 'PRECONDITION_FAILED' }],
    });
    const fresh = { 'if-unmodified-since': new Date(Date.now() + 5000).toUTCString() };
    expect((await send('PATCH', `/sobjects/Lead/${id}`, { City: 'x' }, fresh)).status).toBe(204);
  });
});

describe('upsert by external id', () => {
  it('answers 201 when it makes and 200 when it finds, and 204 before version 46', async () => {
    const path = `/sobjects/Task/Signalbox_Key__c/${encodeURIComponent('t/1 ü')}`;
    const made = await send('PATCH', path, { Subject: 'One' });
    expect(made).toMatchObject({ status: 201, body: { success: true, created: true, errors: [] } });
    const found = await send('PATCH', path, { Subject: 'Two' });
    expect(found).toMatchObject({ status: 200, body: { id: (made.body as Fields)['id'], created: false } });
    const old = await fetch(`${org.salesforce.baseUrl}/services/data/v45.0${path}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${connection.accessToken ?? ''}` },
      body: JSON.stringify({ Subject: 'Three' }),
    });
    expect(old.status).toBe(204);
    expect(await send('GET', path)).toMatchObject({
      status: 200,
      body: { Subject: 'Three', Signalbox_Key__c: 't/1 ü' },
    });
  });

  it('refuses a body that repeats the key, and a field that is no external id', async () => {
    const repeated = await send('PATCH', '/sobjects/Task/Signalbox_Key__c/k', { Signalbox_Key__c: 'k' });
    expect(repeated).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
    expect((await send('PATCH', '/sobjects/Task/Subject/k', {})).status).toBe(404);
  });

  it('answers 300 with the URLs when several records have the value', async () => {
    const ids = [await lead({ Source_Key__c: 'dup' }), await lead({ Source_Key__c: 'dup' })];
    expect(await send('PATCH', '/sobjects/Lead/Source_Key__c/dup', { Company: 'x' })).toMatchObject({
      status: 300,
      body: ids.map((id) => `/services/data/v62.0/sobjects/Lead/${id}`),
    });
    await expect(
      connection.sobject('Lead').upsert({ Source_Key__c: 'dup', Company: 'x' }, 'Source_Key__c'),
    ).rejects.toMatchObject({
      errorCode: 'MULTIPLE_CHOICES',
    });
  });
});

describe('what an object derives', () => {
  it('a task is closed when completed, and its account comes from what it is about', async () => {
    const account = await connection.sobject('Account').create({ Name: 'Acme' });
    const contact = await connection.sobject('Contact').create({ LastName: 'Day', AccountId: account.id });
    const task = await connection.sobject('Task').create({ Subject: 'Call', WhoId: contact.id, Priority: 'High' });
    expect(await connection.sobject('Task').retrieve(task.id!)).toMatchObject({
      AccountId: account.id,
      IsClosed: false,
      IsHighPriority: true,
      Status: 'Not Started',
      CompletedDateTime: null,
    });
    await connection.sobject('Task').update({ Id: task.id!, Status: 'Completed' });
    const closed = (await connection.sobject('Task').retrieve(task.id!)) as Fields;
    expect(closed['IsClosed']).toBe(true);
    expect(closed['CompletedDateTime']).not.toBeNull();
  });

  it('an opportunity is won, and expects revenue, by its stage', async () => {
    const body = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2030-01-01', Amount: 200, Probability: 10 };
    const { id } = await connection.sobject('Opportunity').create(body);
    expect(await connection.sobject('Opportunity').retrieve(id!)).toMatchObject({
      IsClosed: false,
      ExpectedRevenue: 20,
    });
    await connection.sobject('Opportunity').update({ Id: id!, StageName: 'Closed Won' });
    expect(await connection.sobject('Opportunity').retrieve(id!)).toMatchObject({
      IsClosed: true,
      IsWon: true,
      ExpectedRevenue: 200,
    });
  });
});

describe('what the org says about itself', () => {
  it('describes objects and fields as jsforce reads them', async () => {
    const all = await connection.describeGlobal();
    expect(all.sobjects.map(({ name }) => name)).toEqual([
      'Lead',
      'Contact',
      'Account',
      'Opportunity',
      'Case',
      'Task',
      'User',
      'Group',
      'Vehicle__c',
    ]);
    const { fields } = await connection.describe('Lead');
    const byName = new Map(fields.map((field) => [field.name, field]));
    expect(byName.get('Company')).toMatchObject({ type: 'string', length: 255, nillable: false, createable: true });
    expect(byName.get('IsConverted')).toMatchObject({ type: 'boolean', createable: false, updateable: false });
    expect(byName.get('City')).toMatchObject({ compoundFieldName: 'Address' });
    expect(byName.get('Job__c')).toMatchObject({ custom: true, restrictedPicklist: true });
    expect(byName.get('Job__c')?.picklistValues).toMatchObject([{ value: 'admin.' }, { value: 'technician' }]);
    const task = await connection.describe('Task');
    expect(task.fields.find(({ name }) => name === 'Signalbox_Key__c')).toMatchObject({
      externalId: true,
      unique: true,
      length: 255,
    });
    expect(task.fields.find(({ name }) => name === 'WhoId')).toMatchObject({
      referenceTo: ['Lead', 'Contact'],
      relationshipName: 'Who',
    });
  });

  it('tells versions, limits, and the usage in a header', async () => {
    const versions = (await (await fetch(`${org.salesforce.baseUrl}/services/data`)).json()) as { version: string }[];
    expect(versions.at(-1)?.version).toBe('66.0');
    const { headers, body } = await send('GET', '/limits');
    expect(body).toMatchObject({ DailyApiRequests: { Max: 100_000 } });
    expect(headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/);
    expect(connection.limitInfo.apiUsage?.limit).toBe(100_000);
  });
});

import type { Connection } from 'jsforce';
import { startOrg, type OrgUnderTest } from '../test-support/org-under-test';

let org: OrgUnderTest;
let connection: Connection;

beforeAll(async () => {
  org = await startOrg({
    fields: { Lead: [{ name: 'Job__c', type: 'picklist', values: ['admin.', 'technician'], restricted: true }] },
  });
  ({ connection } = org);
});
afterAll(() => org.stop());

type Fields = Record<string, unknown>;

const send = async (method: string, path: string, body: unknown) => {
  const response = await fetch(`${org.salesforce.baseUrl}/services/data/v62.0${path}`, {
    method,
    headers: { authorization: `Bearer ${connection.accessToken ?? ''}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
};

const lead = async (): Promise<string> =>
  (await connection.sobject('Lead').create({ LastName: 'Day', Company: 'Acme' })).id!;

describe('a refused record names code, message and field', () => {
  const refusals: [string, string, Fields, string, string[] | undefined][] = [
    ['an unknown field', 'Lead', { LastName: 'A', Company: 'B', Nope__c: 1 }, 'INVALID_FIELD', undefined],
    ['a missing required field', 'Lead', { FirstName: 'A' }, 'REQUIRED_FIELD_MISSING', ['LastName', 'Company']],
    ['text that is too long', 'Lead', { LastName: 'A'.repeat(81), Company: 'B' }, 'STRING_TOO_LONG', ['LastName']],
    [
      'a value outside of a restricted picklist',
      'Lead',
      { LastName: 'A', Company: 'B', Job__c: 'king' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      ['Job__c'],
    ],
    ['an id that is none', 'Task', { WhoId: 'abc' }, 'MALFORMED_ID', ['WhoId']],
    ['an id of another object', 'Task', { WhoId: '005Sb0000000001' }, 'MALFORMED_ID', ['WhoId']],
    ['an id of no record', 'Task', { WhoId: '00QSb0zzzzzzzzz' }, 'INVALID_CROSS_REFERENCE_KEY', ['WhoId']],
    [
      'a field that the org sets',
      'Lead',
      { LastName: 'A', Company: 'B', IsConverted: true },
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      ['IsConverted'],
    ],
    [
      'a number that is text',
      'Lead',
      { LastName: 'A', Company: 'B', AnnualRevenue: 'lots' },
      'JSON_PARSER_ERROR',
      undefined,
    ],
    [
      'an integer with a fraction',
      'Lead',
      { LastName: 'A', Company: 'B', NumberOfEmployees: 1.5 },
      'JSON_PARSER_ERROR',
      undefined,
    ],
    [
      'an integer out of range',
      'Lead',
      { LastName: 'A', Company: 'B', NumberOfEmployees: 3e9 },
      'NUMBER_OUTSIDE_VALID_RANGE',
      ['NumberOfEmployees'],
    ],
    ['a date in year 0', 'Task', { ActivityDate: '0000-01-01' }, 'JSON_PARSER_ERROR', undefined],
    ['a day that is none', 'Task', { ActivityDate: '2023-02-29' }, 'JSON_PARSER_ERROR', undefined],
    ['a malformed email', 'Lead', { LastName: 'A', Company: 'B', Email: 'x' }, 'INVALID_EMAIL_ADDRESS', ['Email']],
    [
      'null for a checkbox',
      'Lead',
      { LastName: 'A', Company: 'B', DoNotCall: null },
      'INVALID_TYPE_ON_FIELD_IN_RECORD',
      ['DoNotCall'],
    ],
  ];
  it.each(refusals)('%s', async (_, object, body, errorCode, fields) => {
    const answer = await send('POST', `/sobjects/${object}`, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual([expect.objectContaining({ errorCode, ...(fields === undefined ? {} : { fields }) })]);
  });

  it('a reference to a deleted record, and a lead as name together with a related record', async () => {
    const gone = await lead();
    await connection.sobject('Lead').destroy(gone);
    expect((await send('POST', '/sobjects/Task', { WhoId: gone })).body).toMatchObject([
      { errorCode: 'ENTITY_IS_DELETED', fields: ['WhoId'] },
    ]);
    const account = await connection.sobject('Account').create({ Name: 'Acme' });
    const both = await send('POST', '/sobjects/Task', { WhoId: await lead(), WhatId: account.id });
    expect(both.body).toMatchObject([{ errorCode: 'FIELD_INTEGRITY_EXCEPTION', fields: ['WhatId'] }]);
  });

  it('a second record with the same unique key, in any case, but not after the first is deleted', async () => {
    const key = 'tenant:decision:1';
    const first = await connection.sobject('Task').create({ Subject: 'Call', Signalbox_Key__c: key });
    const second = await send('POST', '/sobjects/Task', { Subject: 'Call', Signalbox_Key__c: key.toUpperCase() });
    expect(second).toMatchObject({ status: 400, body: [{ errorCode: 'DUPLICATE_VALUE' }] });
    expect((second.body as { message: string }[])[0]!.message).toContain(first.id!.slice(0, 15));
    await connection.sobject('Task').destroy(first.id!);
    expect((await send('POST', '/sobjects/Task', { Subject: 'Call', Signalbox_Key__c: key })).status).toBe(201);
  });

  it('a body that is not JSON', async () => {
    const response = await fetch(`${org.salesforce.baseUrl}/services/data/v62.0/sobjects/Lead`, {
      method: 'POST',
      headers: { authorization: `Bearer ${connection.accessToken ?? ''}` },
      body: '{"LastName":',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject([{ errorCode: 'JSON_PARSER_ERROR' }]);
  });
});

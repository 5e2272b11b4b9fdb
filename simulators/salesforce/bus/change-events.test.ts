import type { Connection } from 'jsforce';
import { startOrg, type OrgUnderTest } from '../test-support/org-under-test';
import { fieldNames, type ReceivedEvent } from '../test-support/raw-client';
import { bitmap } from './change-encoder';

let org: OrgUnderTest;
let connection: Connection;

beforeAll(async () => {
  org = await startOrg({
    fields: {
      Lead: [
        { name: 'Score__c', type: 'double' },
        { name: 'Reasons__c', type: 'textarea', length: 2_000_000 },
      ],
    },
    objects: [
      {
        name: 'Vehicle__c',
        keyPrefix: 'a00',
        fields: [
          { name: 'Seen__c', type: 'datetime' },
          { name: 'Built__c', type: 'date' },
          { name: 'Opens__c', type: 'time' },
          { name: 'Doors__c', type: 'int' },
          { name: 'Sold__c', type: 'boolean', default: false },
          { name: 'Place__c', type: 'location' },
        ],
      },
    ],
  });
  ({ connection } = org);
});
afterAll(() => org.stop());

/** Runs writes and answers with the events they caused on the channel of all objects. */
const eventsOf = async (write: () => unknown, count: number, channel = '/data/ChangeEvents') => {
  const shown = org.salesforce.admin.events(channel);
  await write();
  const last = shown.at(-1);
  const start = { topicName: channel, numRequested: 100 };
  const position =
    last === undefined
      ? { replayPreset: 'EARLIEST' }
      : { replayPreset: 'CUSTOM', replayId: Buffer.from(last.replayId, 'base64') };
  const subscription = org.client.subscribe().request({ ...start, ...position });
  const received: readonly ReceivedEvent[] = await subscription.received(count);
  subscription.call.cancel();
  expect(received).toHaveLength(count);
  return Promise.all(
    received.map(async (event) => {
      const body = await org.client.decode(event);
      const type = await org.client.schema(event.schemaId);
      const header = body.ChangeEventHeader;
      const names = (key: string) => fieldNames(type, header[key] as string[]);
      const filled = Object.keys(body).filter((name) => name !== 'ChangeEventHeader' && body[name] !== null);
      return { event, body, header, changed: names('changedFields'), nulled: names('nulledFields'), filled };
    }),
  );
};
const lead = (fields: object = {}) =>
  org.salesforce.admin.create('Lead', { LastName: 'Day', Company: 'Acme', ...fields });

it('writes bitmaps as upper-case hex of whole bytes, as the captured ones are', () => {
  expect(bitmap([23, 68])).toBe('0x100000000000800000');
  expect(bitmap([12, 19, 20, 21, 22, 23, 27])).toBe('0x08F81000');
  expect(bitmap([7, 8])).toBe('0x0180');
});

it('a creation carries every value and no bitmap', async () => {
  const [created] = await eventsOf(
    () => connection.sobject('Lead').create({ LastName: 'Day', Company: 'Acme', City: 'Bonn', Score__c: 0.5 }),
    1,
  );
  const { userId } = org.salesforce.clients['integration']!;
  expect(created?.header).toMatchObject({
    entityName: 'Lead',
    changeType: 'CREATE',
    changeOrigin: 'com/salesforce/api/rest/62.0;client=Signalbox',
    sequenceNumber: 1,
    commitUser: userId,
    changedFields: [],
    nulledFields: [],
    diffFields: [],
  });
  expect(created?.header['transactionKey']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(created?.header['commitNumber']).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  expect(created?.header['commitTimestamp']).toBe(created?.body['CreatedDate']);
  expect(created?.body).toMatchObject({
    Name: { Salutation: null, FirstName: null, LastName: 'Day' },
    Address: { Street: null, City: 'Bonn', GeocodeAccuracy: null },
    Score__c: 0.5,
    Status: 'Open - Not Contacted',
    IsConverted: false,
    OwnerId: userId,
    Phone: null,
  });
});

it('an update carries what changed, null for the rest, and bitmaps that name it', async () => {
  const id = lead({ Phone: '1', City: 'Bonn', Street: 'Am Markt', FirstName: 'Ada' });
  const [update] = await eventsOf(() => {
    org.salesforce.admin.update(id, { Company: 'Beta', Phone: null, City: 'Köln', Street: null, Website: null });
  }, 1);
  expect(update?.header).toMatchObject({ changeType: 'UPDATE', recordIds: [id] });
  expect(update?.changed.filter((name) => name !== 'LastModifiedDate')).toEqual([
    'Company',
    'Phone',
    'Address.Street',
    'Address.City',
  ]);
  expect(update?.nulled).toEqual(['Phone', 'Address.Street']);
  expect(update?.body).toMatchObject({
    Company: 'Beta',
    Phone: null,
    Name: null,
    Address: { Street: null, City: 'Köln' },
  });
  expect(update?.filled.filter((name) => name !== 'LastModifiedDate')).toEqual(['Company', 'Address']);
});

it('a change of one part of a name is marked inside the compound', async () => {
  const id = lead({ FirstName: 'Ada' });
  const [update] = await eventsOf(() => {
    org.salesforce.admin.update(id, { FirstName: 'Bea' });
  }, 1);
  expect((update?.header['changedFields'] as string[]).at(-1)).toBe('1-0x02');
  expect(update?.body['Name']).toEqual({ Salutation: null, FirstName: 'Bea', LastName: null });
});

it('a change by another user names the user too', async () => {
  const id = lead();
  const [update] = await eventsOf(() => connection.sobject('Lead').update({ Id: id, Company: 'Gamma' }), 1);
  expect(update?.changed).toEqual(expect.arrayContaining(['Company', 'LastModifiedById']));
  expect(update?.header['commitUser']).toBe(org.salesforce.clients['integration']!.userId);
});

it('a deletion has a header only, an undeletion everything again', async () => {
  const id = lead({ City: 'Bonn' });
  const [removed, restored] = await eventsOf(() => {
    org.salesforce.admin.remove(id);
    org.salesforce.admin.undelete(id);
  }, 2);
  expect([removed?.header['changeType'], removed?.filled]).toEqual(['DELETE', []]);
  expect(restored?.header['changeType']).toBe('UNDELETE');
  expect(restored?.body).toMatchObject({ Company: 'Acme', Address: { City: 'Bonn' } });
});

it('every type of field has its Avro form', async () => {
  const values = {
    Seen__c: '2024-05-01T10:00:00Z',
    Built__c: '2022-05-31',
    Opens__c: '08:30:00',
    Doors__c: 4,
    Sold__c: true,
    Place__Latitude__s: 50.7,
    Place__Longitude__s: 7.1,
  };
  const [created] = await eventsOf(
    () => org.salesforce.admin.create('Vehicle__c', values),
    1,
    '/data/Vehicle__ChangeEvent',
  );
  expect(created?.body).toMatchObject({
    Seen__c: BigInt(Date.UTC(2024, 4, 1, 10)),
    Built__c: 1_653_955_200_000n,
    Opens__c: 30_600_000n,
    Doors__c: 4,
    Sold__c: true,
    Place__c: { Latitude: 50.7, Longitude: 7.1 },
  });
});

it('the events of one request share a transaction and are numbered in it', async () => {
  const records = [
    { LastName: 'A', Company: 'X' },
    { LastName: 'B', Company: 'X' },
  ];
  const events = await eventsOf(() => connection.sobject('Lead').create(records), 2);
  expect(events.map(({ header }) => header['sequenceNumber'])).toEqual([1, 2]);
  expect(new Set(events.map(({ header }) => header['transactionKey'])).size).toBe(1);
  expect(new Set(events.map(({ header }) => header['commitNumber'])).size).toBe(1);
});

it('a change too large for an event becomes a gap event', async () => {
  const id = lead();
  const [gap] = await eventsOf(() => {
    org.salesforce.admin.update(id, { Reasons__c: 'x'.repeat(1_100_000) });
  }, 1);
  expect(gap?.header).toMatchObject({ changeType: 'GAP_UPDATE', recordIds: [id], changeOrigin: '', changedFields: [] });
  expect(gap?.filled).toEqual([]);
});

it('a conversion makes account, contact, opportunity and the lead update in one transaction', async () => {
  const id = lead({ FirstName: 'Ada', Email: 'ada@example.com' });
  const made = { ids: org.salesforce.admin.convertLead.bind(org.salesforce.admin) };
  let conversion: ReturnType<typeof made.ids> | undefined;
  const events = await eventsOf(() => {
    conversion = made.ids(id);
  }, 4);
  expect(events.map(({ header }) => [header['entityName'], header['changeType'], header['sequenceNumber']])).toEqual([
    ['Account', 'CREATE', 1],
    ['Contact', 'CREATE', 2],
    ['Opportunity', 'CREATE', 3],
    ['Lead', 'UPDATE', 4],
  ]);
  expect(events[0]?.body['Name']).toBe('Acme');
  expect(events[3]?.body).toMatchObject({
    Status: 'Closed - Converted',
    IsConverted: true,
    ConvertedAccountId: conversion?.accountId,
    ConvertedContactId: conversion?.contactId,
    ConvertedOpportunityId: conversion?.opportunityId,
  });
  expect(events[3]?.changed).toEqual(
    expect.arrayContaining([
      'Status',
      'IsConverted',
      'ConvertedDate',
      'ConvertedAccountId',
      'ConvertedContactId',
      'ConvertedOpportunityId',
    ]),
  );
  await expect(connection.sobject('Lead').update({ Id: id, Company: 'x' })).rejects.toMatchObject({
    errorCode: 'CANNOT_UPDATE_CONVERTED_LEAD',
  });
});

it('a changed object gives new events a new schema and leaves old ones theirs', async () => {
  const [before] = await eventsOf(() => void lead(), 1);
  org.salesforce.admin.addFields('Lead', [{ name: 'Added__c', type: 'string' }]);
  const [after] = await eventsOf(() => void lead({ Added__c: 'new' }), 1);
  expect(after?.event.schemaId).not.toBe(before?.event.schemaId);
  expect(after?.body['Added__c']).toBe('new');
  const info = await org.client.call('GetTopic', { topicName: '/data/LeadChangeEvent' });
  expect(info['schemaId']).toBe(after?.event.schemaId);
  expect(before?.body).not.toHaveProperty('Added__c');
  org.salesforce.admin.removeFields('Lead', ['Added__c']);
  const [back] = await eventsOf(() => void lead(), 1);
  expect(back?.event.schemaId).toBe(before?.event.schemaId);
});

it('merges the same change to several records of one request where that is asked for', async () => {
  const merging = await startOrg({ mergeChanges: true });
  try {
    const ids = Array.from({ length: 20 }, (_, n) =>
      merging.salesforce.admin.create('Lead', { LastName: `L${n}`, Company: 'Acme' }),
    );
    const other = merging.salesforce.admin.create('Lead', { LastName: 'Other', Company: 'Acme' });
    const records = [...ids.map((Id) => ({ Id, Rating: 'Hot' })), { Id: other, Rating: 'Cold' }];
    await merging.connection.sobject('Lead').update(records);
    const events = merging.salesforce.admin.events('/data/LeadChangeEvent').slice(21);
    const headers = events.map(
      ({ decoded }) => (decoded as { ChangeEventHeader: { recordIds: string[] } }).ChangeEventHeader,
    );
    expect(headers.map(({ recordIds }) => recordIds)).toEqual([ids, [other]]);
  } finally {
    await merging.stop();
  }
});

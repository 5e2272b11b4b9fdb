import { header, lead, only, onlyOf } from './normalise-sample';
import { readNatives } from './read-natives';
import { normalise } from './normalise';
import type { SalesforceNative } from './native';

// What relays, clients and tools make of an event, and people then have at hand.

const change = { ChangeEventHeader: header, Status: 'Working' };
const told = { type: 'io.signalbox.lead.updated.v1', subject: `lead/${lead}` };
const read = (payload: unknown): readonly SalesforceNative[] => readNatives(payload, () => undefined);
const eventBridge = (detail: object, type = 'LeadChangeEvent') => ({
  version: '0',
  id: '5d0f0c6e-6c0f-4f4b-9a52-0d0f3e8b7c11',
  'detail-type': type,
  source: 'aws.partner/salesforce.com/00D000000000001AAA/0YL000000000001AAA',
  time: '2026-03-01T09:30:02Z',
  detail,
});

describe('a change event', () => {
  it.each([
    ['relayed to EventBridge', eventBridge({ payload: change, schemaId: 's', id: 'e-1' })],
    ['of AppFlow in EventBridge', eventBridge(change)],
    ['of EventBridge in a queue', { Records: [{ body: JSON.stringify(eventBridge({ payload: change })) }] }],
    ['in a stream', { Records: [{ kinesis: { data: Buffer.from(JSON.stringify(change)).toString('base64') } }] }],
    ['as a workflow tool lists it', [{ json: change }]],
    ['as a broker shows it', { key: 'k', value: change }],
    ['in a captured HTTP message', `HTTP/1.1 200 OK\nContent-Type: application/json\n\n${JSON.stringify([change])}`],
    [
      'beside messages of the protocol',
      [{ channel: '/meta/connect', successful: true }, { data: { payload: change, event: {} } }],
    ],
  ])('%s is the event that it is', async (_, payload) => {
    expect(await onlyOf(payload)).toEqual(await onlyOf(change));
  });

  it('says values, not the unions that Avro’s JSON encoding puts around them', async () => {
    const wrapped = {
      ChangeEventHeader: { ...header, nulledFields: [], diffFields: [], changedFields: ['Status', 'Address.City'] },
      Name: null,
      Status: { string: 'Working' },
      AnnualRevenue: { double: 12.5 },
      IsConverted: { boolean: false },
      LastModifiedDate: { 'long.timestamp-millis': 1_700_000_000_123 },
      Address: { 'com.sforce.eventbus.Address': { Street: null, City: { string: 'Oslo' } } },
    };
    const { data } = await onlyOf({ replayId: '1', payload: wrapped });
    expect(data.change.fields).toEqual(['status', 'address']);
    expect(data.record).toMatchObject({
      status: 'Working',
      annualRevenue: '12.5',
      isConverted: false,
      modifiedAt: '2023-11-14T22:13:20.123Z',
      address: { city: 'Oslo' },
    });
    expect(data.native).toEqual({});
  });

  it('whose bitmaps are named beside them says what was emptied', async () => {
    const names = { changedFieldNames: ['Status', 'Phone'], nulledFieldNames: ['Phone'], diffFieldNames: [] };
    const bitmaps = { changedFields: ['0x400002'], nulledFields: ['0x8'], diffFields: [] };
    const { data } = await onlyOf({ ...change, ChangeEventHeader: { ...header, ...bitmaps, ...names }, Phone: null });
    expect(data.change).toMatchObject({ fields: ['status', 'phone'], after: { phone: null } });
  });

  it('names a compound field by the address that it is', async () => {
    const { data } = await onlyOf({ ChangeEventHeader: header, Address: { City: 'Oslo', Street: null } });
    expect(data.change).toMatchObject({ fields: ['address'], after: { 'address.street': null } });
    const emptied = await onlyOf({ ChangeEventHeader: header, Address: null });
    expect(emptied.data.change).toMatchObject({ fields: ['address'], after: { address: null } });
  });
});

describe('a header of which a part is left', () => {
  const { transactionKey, sequenceNumber, commitNumber, commitTimestamp, ...rest } = header;
  const bare = { ChangeEventHeader: rest, Status: 'Working', LastModifiedDate: '2026-03-01T09:30:00.000Z' };

  it('tells a change that is known by what it says', async () => {
    const event = await onlyOf(bare);
    expect(event).toMatchObject({
      ...told,
      time: '2026-03-01T09:30:00.000Z',
      sequence: expect.stringMatching(/^01772357400000000000\./) as string,
    });
    expect(event.data.change.transaction).toBeUndefined();
    expect((await onlyOf(bare)).id).toBe(event.id);
    expect((await onlyOf({ ...bare, Status: 'Closed' })).id).not.toBe(event.id);
  });

  it('may have its id in the body', async () => {
    const { recordIds, ...without } = rest;
    const event = await onlyOf({ ...bare, ChangeEventHeader: without, Id: recordIds[0] });
    expect(event.subject).toBe(`lead/${lead}`);
    expect(event.data.change.fields).not.toContain('Id');
  });

  it('may have the time of its envelope', async () => {
    const { time } = await onlyOf(eventBridge({ ChangeEventHeader: rest, Status: 'Working' }));
    expect(time).toBe('2026-03-01T09:30:02.000Z');
  });

  it.each([
    ['numbers as texts', { sequenceNumber: '3', commitTimestamp: String(commitTimestamp) }],
    ['an exponent', { commitNumber: '1.72091123176234189e+18' }],
    ['one id by itself', { recordIds: lead }],
  ])('with %s is the same event', async (_, over) => {
    const whole = { transactionKey, sequenceNumber, commitNumber, commitTimestamp };
    const same = await onlyOf({ ...change, ChangeEventHeader: { ...rest, ...whole, ...over } });
    expect(same).toEqual(await onlyOf(change));
  });

  it('but not of the time is refused', () => {
    const { LastModifiedDate, ...untimed } = bare;
    expect(LastModifiedDate).toBeDefined();
    return expect(only(read(untimed)[0]!)).rejects.toMatchObject({
      code: 'SBX_SALESFORCE_TIME',
      message: expect.stringContaining('LastModifiedDate') as string,
    });
  });
});

describe('a platform event', () => {
  const body = { CreatedDate: '2026-03-01T09:30:00.000Z', CreatedById: '005000000000001AAA', Note__c: 'hi' };
  const uuid = '2c9a3f0b-77d1-4a5e-8f6d-1b2c3d4e5f60';

  it.each([
    ['relayed to EventBridge', eventBridge({ payload: body, id: uuid }, 'Payment__e')],
    ['of a client that names the topic', { topicName: '/event/Payment__e', event: { id: uuid }, payload: body }],
    ['of the Streaming API', { channel: '/event/Payment__e', data: { payload: body, event: { EventUuid: uuid } } }],
  ])('%s is the same one', async (_, payload) => {
    const event = await onlyOf(payload);
    expect(event).toMatchObject({ type: 'io.signalbox.record.published.v1', subject: `record/${uuid}` });
    expect(event.id).toBe((await onlyOf(eventBridge({ payload: body, id: uuid }, 'Payment__e'))).id);
  });

  it('as Apex prints it is named by its attributes', async () => {
    const { data } = await onlyOf({ attributes: { type: 'Payment__e' }, EventUuid: uuid, ...body });
    expect(data.record).toMatchObject({ id: uuid, nativeType: 'Payment__e' });
  });
});

it.each([
  [
    'an envelope of outbound messages without one',
    '<Envelope><notifications xmlns="http://soap.sforce.com/2005/09/outbound"/></Envelope>',
    'SBX_SALESFORCE_XML',
  ],
  ['other XML', '<a/>', 'SBX_SALESFORCE_XML'],
  ['messages of the protocol alone', [{ channel: '/meta/connect', successful: true }], 'SBX_SALESFORCE_PAYLOAD'],
  ['an error answer', [{ errorCode: 'NOT_FOUND', message: 'gone' }], 'SBX_SALESFORCE_PAYLOAD'],
  ['an endless envelope', [...Array(20).keys()].reduce<object>((data) => ({ data }), {}), 'SBX_SALESFORCE_PAYLOAD'],
])('%s is refused by name', (_, payload, code) => {
  expect(() => read(payload)).toThrow(expect.objectContaining({ code }) as Error);
});

it('of several, what cannot be read does not take the others with it', async () => {
  const natives = read([{ json: change }, { errorCode: 'X', message: 'no' }]);
  expect(natives.map(({ kind }) => kind)).toEqual(['json', 'unreadable']);
  const context = { tenant: 'acme', connection: 'sales', org: 'o', mapping: {} };
  await expect(normalise(natives[1]!, context)).rejects.toMatchObject({ code: 'SBX_SALESFORCE_PAYLOAD' });
});

describe('a PushTopic', () => {
  const account = '001000000000001AAA';
  const pushed = (type: string, replayId = 13) => ({
    channel: '/topic/Accounts',
    clientId: 'c-1',
    data: {
      event: { createdDate: '2026-03-01T09:30:00.208Z', replayId, type },
      sobject: { Id: account, Name: 'Acme', Site: null },
    },
  });

  it.each([
    ['created', true],
    ['updated', true],
    ['undeleted', true],
    ['deleted', false],
  ])('tells what was %s, with some of its fields', async (type, gap) => {
    const event = await onlyOf(pushed(type));
    expect(event).toMatchObject({
      type: `io.signalbox.account.${type}.v1`,
      subject: `account/${account}`,
      time: '2026-03-01T09:30:00.208Z',
      data: { record: { name: 'Acme' }, native: {} },
    });
    expect(event.data.change.gap ?? false).toBe(gap);
    expect(event.id).not.toBe((await onlyOf(pushed(type, 14))).id);
  });

  it('as Confluent’s connector writes it names its object', async () => {
    const record = { Id: 'a0B000000000001AAA', Rate__c: { double: 1.5 }, LastModifiedDate: 1_772_357_400_000 };
    const { type, data } = await onlyOf({
      ...record,
      _ObjectType: 'Rate__c',
      _EventType: 'updated',
      CreatedById: '005',
    });
    expect(type).toBe('io.signalbox.record.updated.v1');
    expect(data.record).toMatchObject({ nativeType: 'Rate__c', attributes: { Rate__c: 1.5 } });
  });
});

it('a platform event of Confluent’s connector is named by its object type', async () => {
  const body = { CreatedDate: 1_772_357_400_000, CreatedById: '005', EventUuid: 'u-1', _ObjectType: 'Payment__e' };
  expect((await onlyOf({ schema: {}, payload: body })).data.record).toMatchObject({
    id: 'u-1',
    nativeType: 'Payment__e',
  });
});

it('an outbound message in the body of a request is read', () => {
  const body = `<Envelope><Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>o</OrganizationId><Notification><Id>n</Id><sObject type="sf:Lead"><Id>${lead}</Id></sObject></Notification></notifications></Body></Envelope>`;
  expect(read({ headers: { 'Content-Type': 'text/xml' }, body })).toMatchObject([
    { kind: 'outbound', nativeType: 'Lead' },
  ]);
});

describe('a record without its attributes', () => {
  const fields = {
    Id: '001000000000001AAA',
    Name: 'Acme',
    CreatedById: '005',
    LastModifiedDate: '2026-03-01T09:30:00Z',
  };

  it.each([
    ['of the SOAP API, has its type', { ...fields, Id: 'a0B000000000001AAA', type: 'Plant__c' }, 'record', 'Plant__c'],
    ['of a tool, is known by its id', { body: fields }, 'account', 'Account'],
  ])('%s', async (_, payload, entity, nativeType) => {
    const { type, data } = await onlyOf(payload);
    expect([type, data.record.nativeType]).toEqual([`io.signalbox.${entity}.observed.v1`, nativeType]);
  });

  it('and of an object that its id does not tell is refused by name', () => {
    expect(() => read({ ...fields, Id: 'a0B000000000001AAA' })).toThrow(/does not say its object/);
  });
});

it('days since 1970, blanks and whole numbers in texts are what they mean', async () => {
  const body = { ChangeEventHeader: header, Company: '  ', NumberOfEmployees: '50', ConvertedDate: 20_513 };
  const { data } = await onlyOf(body);
  expect(data.record).toMatchObject({ employees: 50, convertedAt: '2026-03-01T00:00:00.000Z' });
  expect(data.record).not.toHaveProperty('company');
});

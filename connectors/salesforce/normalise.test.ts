import { change, events, header, lead, only, onlyOf } from './normalise-sample';

describe('a change', () => {
  it('has identity, time, order and author of the commit', async () => {
    expect(await only(change())).toMatchObject({
      source: '/tenants/acme/salesforce/00D000000000001AAA',
      type: 'io.signalbox.lead.updated.v1',
      subject: `lead/${lead}`,
      time: '2023-11-14T22:13:20.123Z',
      partitionkey: `acme/salesforce/lead/${lead}`,
      sequence: '01720911231762341890.00000000000000000003',
      origin: 'external',
      data: { change: { by: '005000000000001AAA', transaction: { id: '0002-aa', sequence: 3 } } },
    });
  });

  it('is the same event over the Pub/Sub API, over the Streaming API and in another delivery', async () => {
    const overPubSub = await only(change({ eventId: 'other', fields: { Rating: 'Hot' }, changedFields: ['Rating'] }));
    const overStreaming = await onlyOf({
      channel: '/data/LeadChangeEvent',
      data: { schema: 's', payload: { ChangeEventHeader: header, Rating: 'Hot' }, event: { replayId: 7 } },
    });
    expect(overStreaming).toEqual(overPubSub);
  });

  it('is ours when our client wrote it, however the origin is written', async () => {
    const origins = ['com/salesforce/api/rest/62.0;client=Signalbox', 'com/salesforce/api/soap/62.0;client=Signalbox/'];
    for (const changeOrigin of origins)
      expect(await only(change({ header: { changeOrigin } }))).toMatchObject({ origin: 'self' });
    const other = { changeOrigin: 'com/salesforce/api/rest/62.0;client=SignalboxTest' };
    expect(await only(change({ header: other }))).toMatchObject({ origin: 'external' });
  });

  it('of many records is one event for each, with ids of its own', async () => {
    const recordIds = Array.from({ length: 20 }, (_, i) => `00Q0000000000${String(10 + i)}AAA`);
    const made = await events(change({ header: { recordIds } }));
    expect(made.map(({ data }) => data.record.id)).toEqual(recordIds);
    expect(new Set(made.map(({ id }) => id)).size).toBe(20);
  });

  it('names changed fields in canonical words, and native ones that are not mapped', async () => {
    const native = change({
      fields: { Name: { LastName: 'Lopez' }, Address: { City: 'Wien' }, Score__c: 7, NumberOfEmployees: 12 },
      changedFields: ['Name.LastName', 'Address.City', 'Score__c', 'NumberOfEmployees'],
    });
    const { data } = await only(native);
    expect(data.change.fields).toEqual(['lastName', 'address', 'Score__c', 'employees']);
    expect(data.record).toEqual({
      id: lead,
      nativeType: 'Lead',
      lastName: 'Lopez',
      address: { city: 'Wien' },
      employees: 12,
    });
    expect(data.native).toEqual({ Score__c: 7 });
    expect(data.provenance).toEqual({ record: 'partial' });
  });

  it('says what was emptied, and leaves it out of the record', async () => {
    const { data } = await only(
      change({ changedFields: ['Phone'], nulledFields: ['Phone', 'Address.Street', 'Score__c'] }),
    );
    expect(data.change).toMatchObject({
      fields: ['phone', 'address', 'Score__c'],
      after: { phone: null, 'address.street': null, Score__c: null },
    });
    expect(data.record).toEqual({ id: lead, nativeType: 'Lead' });
  });

  it('takes a null in a message of the Streaming API for an emptied field', async () => {
    const { data } = await onlyOf({
      schema: 's',
      payload: { ChangeEventHeader: header, Phone: null, Rating: 'Hot' },
      event: {},
    });
    expect(data.change).toMatchObject({ fields: ['phone', 'rating'], after: { phone: null } });
  });

  it('keeps a diff native, because it is not the value', async () => {
    const diff = '--- \n+++ \n@@ -1 +1 @@';
    const { data } = await only(
      change({ fields: { Description: diff }, changedFields: ['Description'], diffFields: ['Description'] }),
    );
    expect(data.record.description).toBeUndefined();
    expect(data.native).toEqual({ Description: diff });
    expect(data.provenance).toEqual({ record: 'partial', diffFields: ['description'] });
  });

  it('that creates tells the whole record, with the name composed', async () => {
    const fields = { Name: { Salutation: 'Ms.', FirstName: 'Maria', LastName: 'Lopez' }, AnnualRevenue: 0.1 + 0.2 };
    const { data } = await only(change({ header: { changeType: 'CREATE' }, fields }));
    expect(data.record).toMatchObject({
      name: 'Maria Lopez',
      firstName: 'Maria',
      salutation: 'Ms.',
      annualRevenue: '0.3',
    });
    expect(data.change.fields).toEqual([]);
    expect(data.provenance).toEqual({ record: 'event' });
  });

  it.each([
    ['DELETE', 'deleted', 'event'],
    ['UNDELETE', 'undeleted', 'event'],
    ['SNAPSHOT', 'observed', 'event'],
  ])('%s is %s', async (changeType, kind, record) => {
    const { data } = await only(change({ header: { changeType } }));
    expect(data).toMatchObject({ change: { kind, fields: [] }, record: { id: lead }, provenance: { record } });
    expect(data.change.gap).toBeUndefined();
  });

  it.each([
    ['GAP_CREATE', 'created'],
    ['GAP_UPDATE', 'updated'],
    ['GAP_DELETE', 'deleted'],
    ['GAP_UNDELETE', 'undeleted'],
  ])('%s is a gap: the record has to be read', async (changeType, kind) => {
    const { data } = await only(change({ header: { changeType } }));
    expect(data).toMatchObject({ change: { kind, gap: true }, native: {}, provenance: { record: 'missing' } });
    expect(data.record).toEqual({ id: lead, nativeType: 'Lead' });
  });

  it('of several records is one event for each, to be read by its id', async () => {
    const recordIds = [lead, '00Q000000000002EAA', '00Q000000000003EAA'];
    const made = await events(change({ header: { changeType: 'GAP_UPDATE', recordIds } }));
    expect(made.map(({ data }) => [data.record.id, data.change.gap, data.provenance.record])).toEqual(
      recordIds.map((id) => [id, true, 'missing']),
    );
  });

  it.each([
    ['GAP_UPDATE', ['00Q*']],
    ['GAP_CREATE', ['000000000000000AAA']],
    ['UPDATE', [lead, '00Q*']],
  ])(
    '%s of %s is about every record of the entity: no wildcard is ever read as an id',
    async (changeType, recordIds) => {
      const native = change({ header: { changeType, recordIds } });
      expect(await only(native)).toMatchObject({
        type: 'io.signalbox.lead.overflowed.v1',
        subject: 'lead/*',
        data: { change: { gap: true }, provenance: { record: 'missing' } },
      });
    },
  );

  it('GAP_OVERFLOW is about every record of the entity, and its dummy id never appears', async () => {
    const native = change({ header: { changeType: 'GAP_OVERFLOW', recordIds: ['000000000000000AAA'] } });
    const event = await only(native);
    expect(event).toMatchObject({ type: 'io.signalbox.lead.overflowed.v1', subject: 'lead/*' });
    expect(JSON.stringify(event)).not.toContain('000000000000000AAA');
  });

  it('of a task tells key, day and relations', async () => {
    const fields = { Signalbox_Key__c: 'k1', ActivityDate: 1_772_323_200_000, WhoId: lead, WhatId: '001000000000001' };
    const { data } = await only(
      change({ header: { entityName: 'Task', changeType: 'CREATE', recordIds: ['00T000000000001AAA'] }, fields }),
    );
    expect(data.record).toMatchObject({
      key: 'k1',
      due: '2026-03-01',
      person: { entity: 'lead', id: lead },
      relatedTo: { entity: 'account', id: '001000000000001AAA' },
    });
  });
});

describe('values', () => {
  it('leaves what is no date, number or code of its field with the native fields, as it came', async () => {
    const yearZero = -62_167_219_200_000;
    const fields = {
      CreatedDate: yearZero,
      ConvertedDate: 9e15,
      AnnualRevenue: 'NaN',
      NumberOfEmployees: -1,
      CountryCode: 'Austria',
      Email: '',
    };
    const { data } = await only(change({ fields, dateTypes: { CreatedDate: 'DateTime', ConvertedDate: 'DateOnly' } }));
    expect(data.native).toEqual(fields);
    expect(data.record).toEqual({ id: lead, nativeType: 'Lead' });
  });

  it('writes decimals without exponent or noise, and keeps big integers exact', async () => {
    const decimals = {
      40000: '40000',
      1e21: '1000000000000000000000',
      1.5e-7: '0.00000015',
      19.99: '19.99',
      [-0.5]: '-0.5',
    };
    for (const [value, text] of Object.entries(decimals)) {
      const { data } = await only(change({ fields: { AnnualRevenue: Number(value), Big__c: '9007199254740993' } }));
      expect(data.record.annualRevenue).toBe(text);
      expect(data.native).toEqual({ Big__c: '9007199254740993' });
    }
  });

  it('tells custom dates as the REST API does, when the schema says that they are dates', async () => {
    const native = change({
      fields: {
        Day__c: 1_653_955_200_000,
        At__c: 1_653_955_200_000,
        Hour__c: 46_800_000,
        Number__c: 1_653_955_200_000,
      },
      dateTypes: { Day__c: 'DateOnly', At__c: 'DateTime', Hour__c: 'TimeOnly' },
    });
    expect((await only(native)).data.native).toEqual({
      Day__c: '2022-05-31',
      At__c: '2022-05-31T00:00:00.000Z',
      Hour__c: '13:00:00.000Z',
      Number__c: 1_653_955_200_000,
    });
  });
});

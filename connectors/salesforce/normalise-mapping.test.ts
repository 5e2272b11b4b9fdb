import { Unmappable } from '../contract';
import type { PubSubNative, SalesforceNative } from './native';
import { normalise } from './normalise';
import { change, context, lead, only, onlyOf } from './normalise-sample';

const refusal = (native: SalesforceNative): Promise<unknown> =>
  normalise(native, context()).catch((error: unknown) => error);

describe("the tenant's mapping", () => {
  const native = change({
    fields: { Region__c: 'North', AnnualRevenue: 10, Budget__c: 2.5 },
    changedFields: ['Region__c', 'Budget__c'],
  });

  it('adds attributes, and overrides canonical fields in their own form', async () => {
    const { data } = await only(native, {
      lead: { region: 'Region__c', annualRevenue: 'Budget__c * 1000', source: '"Fair"' },
    });
    expect(data.record).toMatchObject({ annualRevenue: '2500', source: 'Fair', attributes: { region: 'North' } });
    expect(data.change.fields).toEqual(['attributes.region', 'annualRevenue']);
    // What was only computed with stays to be seen.
    expect(data.native).toEqual({ Budget__c: 2.5 });
  });

  it('may say as which entity a custom object counts', async () => {
    const payment = change({
      header: { entityName: 'Payment__c', recordIds: ['a00000000000001AAA'], changeType: 'CREATE' },
      fields: { Name: 'P-1', Amount__c: 12.5, Note__c: 'x' },
    });
    const event = await only(payment, { Payment__c: { entity: '"transaction"', amount: 'Amount__c', number: 'Name' } });
    expect(event.subject).toBe('transaction/a00000000000001AAA');
    expect(event.data.record).toEqual({
      id: 'a00000000000001AAA',
      nativeType: 'Payment__c',
      amount: '12.5',
      number: 'P-1',
    });
    expect(event.data.native).toEqual({ Note__c: 'x' });
  });

  it('that fails is told with its field and expression', async () => {
    const failing = normalise(native, context({ lead: { region: '$sum(Region__c)' } }));
    await expect(failing).rejects.toThrow(/lead\.region.*\$sum/);
    await expect(failing).rejects.toBeInstanceOf(Unmappable);
  });
});

describe('what is not a change', () => {
  const payload = { CreatedDate: '2024-01-02T03:04:05.000+0000', CreatedById: '005000000000001AAA', Amount__c: 3 };

  it('a platform event is published, the same one over both APIs', async () => {
    const overStreaming = await onlyOf({
      channel: '/event/Payment__e',
      data: { payload, event: { EventUuid: 'u-1' } },
    });
    const platform = { ...(change({ eventId: 'u-1', schemaName: 'Payment__e' }) as PubSubNative), header: undefined };
    const overPubSub = await only({
      ...(platform as object as PubSubNative),
      fields: { ...payload, CreatedDate: 1_704_164_645_000 },
    });
    expect(overPubSub).toEqual(overStreaming);
    expect(overPubSub).toMatchObject({
      type: 'io.signalbox.record.published.v1',
      subject: 'record/u-1',
      time: '2024-01-02T03:04:05.000Z',
      data: { record: { nativeType: 'Payment__e', attributes: { Amount__c: 3 } } },
    });
  });

  it('a platform event without an id is known by its content', async () => {
    const message = { channel: '/event/Payment__e', data: { payload, event: { replayId: 1 } } };
    const again = { channel: '/event/Payment__e', data: { payload, event: { replayId: 99 } } };
    const other = { channel: '/event/Payment__e', data: { payload: { ...payload, Amount__c: 4 }, event: {} } };
    expect((await onlyOf(again)).id).toBe((await onlyOf(message)).id);
    expect((await onlyOf(other)).id).not.toBe((await onlyOf(message)).id);
  });

  it('a record that was read is observed, a deleted one deleted', async () => {
    const record = {
      attributes: { type: 'Lead', url: '/x' },
      Id: '00Q000000000001',
      SystemModstamp: '2024-01-02T03:04:05.000+0000',
      Company: 'Acme',
      MailingCity: null,
      IsDeleted: false,
    };
    const [observed, deleted] = [await onlyOf(record), await onlyOf({ ...record, IsDeleted: true })];
    expect(observed).toMatchObject({
      subject: `lead/${lead}`,
      time: '2024-01-02T03:04:05.000Z',
      data: { record: { company: 'Acme' } },
    });
    expect(observed.data.change).toEqual({ kind: 'observed', fields: [] });
    expect(deleted.data.change.kind).toBe('deleted');
    expect(deleted.id).not.toBe(observed.id);
  });
});

describe('what cannot be an event', () => {
  it.each([
    ['a commit in year 0', change({ header: { commitTimestamp: -62_167_219_200_000 } }), 'SBX_SALESFORCE_TIME'],
    ['a change of no record', change({ header: { recordIds: [] } }), 'SBX_SALESFORCE_HEADER'],
    ['a header without its object', change({ header: { entityName: undefined } }), 'SBX_SALESFORCE_HEADER'],
    ['a negative commit number', change({ header: { commitNumber: '-1' } }), 'SBX_SALESFORCE_HEADER'],
    ['an unknown change type', change({ header: { changeType: 'MERGE' } }), 'SBX_SALESFORCE_CHANGE_TYPE'],
    ['a record without a date', { kind: 'record', nativeType: 'Lead', fields: { Id: lead } }, 'SBX_SALESFORCE_TIME'],
    ['what is no native', { kind: 'sap' } as never, 'SBX_SALESFORCE_NATIVE'],
  ] as [string, SalesforceNative, string][])('%s is refused by name', async (_, native, code) => {
    const error = await refusal(native);
    expect(error).toBeInstanceOf(Unmappable);
    expect(error).toMatchObject({ code });
  });
});

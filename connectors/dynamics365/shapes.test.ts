import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

const context = { tenant: 'acme', connection: 'crm', org: 'o', mapping: {} };
const [first, second] = ['5b0e6f0a-4d0f-ef11-9f8a-6045bdd4c6be', '6c1f7a1b-4d0f-ef11-9f8a-6045bdd4c6be'];
const nobody = '00000000-0000-0000-0000-000000000000';
const entity = (table: string, id: string, columns: object) => ({
  LogicalName: table,
  Id: id,
  Attributes: Object.entries(columns).map(([key, value]) => ({ key, value: value as unknown })),
});
const operation = {
  OperationId: '1a14c3ec-9c50-ef11-bfe3-00224802dbb1',
  OperationCreatedOn: '/Date(1772357400000+0000)/',
  PrimaryEntityId: nobody,
};

async function all(payload: unknown): Promise<readonly CanonicalEvent[]> {
  const made = await Promise.all(readNatives(payload).map((native) => normalise(native, context)));
  for (const one of made.flat()) expect(validateEvent(one)).toEqual([]);
  return made.flat();
}

it('rows that were made in bulk have the ids that the answer gives them', async () => {
  const events = await all({
    ...operation,
    MessageName: 'CreateMultiple',
    PrimaryEntityName: 'lead',
    InputParameters: [
      {
        key: 'Targets',
        value: { Entities: [entity('lead', nobody, { subject: 'a' }), entity('lead', nobody, { subject: 'b' })] },
      },
    ],
    OutputParameters: [{ key: 'Ids', value: [first, second] }],
  });
  expect(events.map(({ type, subject, data }) => [type, subject, data.native.subject])).toEqual([
    ['io.signalbox.lead.created.v1', `lead/${first}`, 'a'],
    ['io.signalbox.lead.created.v1', `lead/${second}`, 'b'],
  ]);
});

it('whom a lead belongs to is not what it became', async () => {
  const parentaccountid = { LogicalName: 'account', Id: second };
  const target = { key: 'Target', value: entity('lead', first, { subject: 'a', parentaccountid }) };
  const [event] = await all({
    ...operation,
    ...{ MessageName: 'Create', PrimaryEntityName: 'lead', PrimaryEntityId: first, InputParameters: [target] },
  });
  expect(event?.data.record).not.toHaveProperty('convertedAccountId');
  expect(event?.data.native).toMatchObject({ parentaccountid: second });
});

it('a qualified lead says what became of it', async () => {
  const [event] = await all({
    ...operation,
    MessageName: 'QualifyLead',
    PrimaryEntityName: 'lead',
    InputParameters: [{ key: 'LeadId', value: { LogicalName: 'lead', Id: first } }],
    OutputParameters: [{ key: 'CreatedEntities', value: [{ LogicalName: 'opportunity', Id: second }] }],
  });
  expect(event?.data.native.CreatedEntities).toEqual([{ table: 'opportunity', id: second }]);
});

it.each([
  ['OnExternalCreated', 'created'],
  ['OnExternalUpdated', 'updated'],
  ['OnExternalDeleted', 'deleted'],
])('the data event %s of a virtual table is that change', async (MessageName, kind) => {
  const [event] = await all({
    ...operation,
    MessageName,
    PrimaryEntityName: 'mserp_custgroupentity',
    PrimaryEntityId: first,
    InputParameters: [{ key: 'Target', value: entity('mserp_custgroupentity', first, {}) }],
  });
  expect(event?.type).toBe(`io.signalbox.record.${kind}.v1`);
});

describe('what Power Automate was triggered with', () => {
  const row = { accountid: first, name: 'A', modifiedon: '2026-03-01T09:30:00Z', ItemInternalId: first };

  it.each([
    ['Create', 'created'],
    ['Update', 'updated'],
  ])('%s is told as such', async (SdkMessage, kind) => {
    const [event] = await all({ body: { ...row, SdkMessage } });
    expect(event).toMatchObject({ type: `io.signalbox.account.${kind}.v1`, subject: `account/${first}` });
    expect(event?.data.record.name).toBe('A');
  });

  it('a row that is gone has the time of its message', async () => {
    const gone = { accountid: first, SdkMessage: 'Delete' };
    const [event] = await all({ headers: { Date: 'Sun, 01 Mar 2026 09:30:00 GMT' }, body: gone });
    expect(event).toMatchObject({ type: 'io.signalbox.account.deleted.v1', time: '2026-03-01T09:30:00.000Z' });
    await expect(all(gone)).rejects.toMatchObject({ message: expect.stringContaining('with its Date') as string });
  });
});

it.each([['an Entity by itself', entity('account', first, { name: 'A' }), /without its context/]])(
  '%s is refused by name',
  (_, payload, what) => {
    expect(() => readNatives(payload)).toThrow(what);
  },
);

it.each([
  [true, 'created'],
  [false, 'updated'],
])('a row that an alternate key names is the one that Upsert answered with (made: %s)', async (RecordCreated, kind) => {
  const [event] = await all({
    ...operation,
    MessageName: 'Upsert',
    PrimaryEntityName: 'account',
    InputParameters: [{ key: 'Target', value: entity('account', nobody, { name: 'A' }) }],
    OutputParameters: [
      { key: 'RecordCreated', value: RecordCreated },
      { key: 'Target', value: { LogicalName: 'account', Id: first } },
    ],
  });
  expect(event).toMatchObject({ type: `io.signalbox.account.${kind}.v1`, subject: `account/${first}` });
});

it('UpsertMultiple tells for each row whether it was made', async () => {
  const answer = (id: string, RecordCreated: boolean) => ({
    ResponseName: 'Upsert',
    Results: [
      { key: 'RecordCreated', value: RecordCreated },
      { key: 'Target', value: { LogicalName: 'account', Id: id } },
    ],
  });
  const events = await all({
    ...operation,
    MessageName: 'UpsertMultiple',
    PrimaryEntityName: 'account',
    InputParameters: [
      {
        key: 'Targets',
        value: { Entities: [entity('account', nobody, { name: 'a' }), entity('account', nobody, { name: 'b' })] },
      },
    ],
    OutputParameters: [{ key: 'Results', value: [answer(first, true), answer(second, false)] }],
  });
  expect(events.map(({ type, subject }) => [type, subject])).toEqual([
    ['io.signalbox.account.created.v1', `account/${first}`],
    ['io.signalbox.account.updated.v1', `account/${second}`],
  ]);
});

it('a Target of plain columns is read', async () => {
  const [event] = await all({
    ...operation,
    MessageName: 'Create',
    PrimaryEntityName: 'account',
    PrimaryEntityId: first,
    InputParameters: { Target: { name: 'A', telephone1: '123' } },
  });
  expect(event?.data.record).toMatchObject({ id: first, name: 'A', phone: '123' });
  expect(event?.data.change.gap).toBeUndefined();
});

it('a business event of Finance and Operations is published, without what is empty in it', async () => {
  const told = {
    BusinessEventId: 'CustPaid',
    BusinessEventLegalEntity: 'USMF',
    EventId: '9D3F4C56-0E3F-4D57-8A55-5B0E6F0A4D0F',
    EventTime: '/Date(1772357400000)/',
    EventTimeIso8601: '2026-03-01T09:30:00.1234567Z',
    InitiatingUserAADObjectId: '{00000000-0000-0000-0000-000000000000}',
    ContextRecordSubject: '',
    DueDate: '/Date(-2208988800000)/',
    PaidOn: '/Date(1772323200000)/',
    Amount: 12.5,
    Lines: [{ ItemId: 'A', Quantity: 0 }],
    ParentContextRecordSubjects: null,
  };
  const [event] = await all([{ eventType: 'CustPaid', data: told }]);
  expect(event).toMatchObject({ type: 'io.signalbox.record.published.v1', time: '2026-03-01T09:30:00.123Z' });
  expect(event?.data.change.by).toBeUndefined();
  expect(event?.data.record).toMatchObject({
    nativeType: 'CustPaid',
    attributes: {
      BusinessEventLegalEntity: 'USMF',
      PaidOn: '2026-03-01T00:00:00Z',
      Amount: 12.5,
      Lines: [{ ItemId: 'A', Quantity: 0 }],
    },
  });
  expect(Object.keys(event?.data.record.attributes ?? {})).toHaveLength(4);
});

it('what a custom action was given says of which table its references are, on every level', async () => {
  const team = { LogicalName: 'team', Id: second, Name: 'East' };
  const [event] = await all({
    ...operation,
    MessageName: 'acme_Share',
    PrimaryEntityName: 'none',
    InputParameters: [
      { key: 'About', value: { LogicalName: 'lead', Id: first } },
      { key: 'Access', value: { AccessMask: 1, Principal: team } },
    ],
  });
  expect(event?.data.record.attributes).toEqual({
    About: first,
    Abouttype: 'lead',
    Access: { AccessMask: 1, Principal: second, Principalname: 'East', Principaltype: 'team' },
  });
});

it('a status of -1 is the default of the state, and no status', async () => {
  const [event] = await all({
    ...operation,
    MessageName: 'SetState',
    PrimaryEntityName: 'incident',
    InputParameters: [
      { key: 'EntityMoniker', value: { LogicalName: 'incident', Id: first } },
      { key: 'State', value: { Value: 1 } },
      { key: 'Status', value: { Value: -1 } },
    ],
  });
  expect(event?.data.change.fields).toEqual(['isClosed']);
  expect(event?.data.record).not.toHaveProperty('status');
});

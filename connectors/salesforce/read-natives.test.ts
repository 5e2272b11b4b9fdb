import fc from 'fast-check';
import { validateEvent } from '../../canonical-schema/validate';
import { type NormaliseContext, Unmappable } from '../contract';
import { parseEventSchema } from './event-schema';
import { callClient } from './native';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

const context: NormaliseContext = { tenant: 'acme', connection: 'sales', org: 'o', mapping: {} };
const avsc = JSON.stringify({
  type: 'record',
  name: 'Payment__e',
  fields: [
    { name: 'CreatedDate', type: 'long', doc: 'CreatedDate:DateTime' },
    { name: 'Note__c', type: ['null', 'string'] },
  ],
});
const payload = parseEventSchema('s-1', avsc).type.toBuffer({ CreatedDate: 1_704_164_645_000n, Note__c: 'hi' });
const base64 = payload.toString('base64');
const schemas = (id: string): string | undefined => (id === 's-1' ? avsc : undefined);
const raw = { id: 'e-1', schemaId: 's-1', payload: base64 };

const codeOf = (value: unknown): string => {
  try {
    readNatives(value, schemas);
    return 'no refusal';
  } catch (error) {
    expect(error).toBeInstanceOf(Unmappable);
    return (error as Unmappable).code;
  }
};

describe('readNatives', () => {
  it.each([
    ['a FetchResponse', { events: [{ event: raw, replayId: 'AAAA' }], rpcId: 'r' }],
    ['a list of its events', [{ event: raw, replayId: 'AAAA' }]],
    ['one of its events', { event: raw, replayId: 'AAAA' }],
    ['a ProducerEvent', raw],
    [
      'the same in the words of .NET',
      { Event: { Id: 'e-1', SchemaId: 's-1', Payload: [...payload] }, ReplayId: [0, 0, 0] },
    ],
    [
      'the same as Node writes it',
      { event: { ...raw, payload: payload.toJSON() }, replayId: Buffer.alloc(3).toJSON() },
    ],
    [
      'the same as protobuf for Python writes it',
      { event: { id: 'e-1', schema_id: 's-1', payload: base64 }, replay_id: 'AAAA' },
    ],
  ])('takes %s', (_, value) => {
    const natives = readNatives(value, schemas);
    expect(natives).toMatchObject([
      {
        kind: 'pubsub',
        eventId: 'e-1',
        schemaName: 'Payment__e',
        fields: { CreatedDate: 1_704_164_645_000, Note__c: 'hi' },
      },
    ]);
  });

  it.each([
    ['a bare payload', base64, 'SBX_SALESFORCE_BARE_PAYLOAD'],
    ['an unknown schema', { ...raw, schemaId: 's-2' }, 'SBX_SALESFORCE_SCHEMA_UNKNOWN'],
    ['bytes of another schema', { ...raw, payload: 'AAAAAAAAAAAAAAAA' }, 'SBX_SALESFORCE_AVRO'],
    ['an event without an id', { schemaId: 's-1', payload: base64 }, 'SBX_SALESFORCE_EVENT_ID'],
    ['a dumped schema', { Schema: { Fields: [] } }, 'SBX_SALESFORCE_SCHEMA_DUMP'],
    ['a Tooling query', { size: 0, entityTypeName: 'Flow', records: [] }, 'SBX_SALESFORCE_METADATA'],
    [
      'a PushTopic message that does not say what happened',
      { channel: '/topic/T', data: { event: {}, sobject: { Id: '001' } } },
      'SBX_SALESFORCE_PUSH_TOPIC',
    ],
    [
      'a PushTopic message about a custom object',
      { channel: '/topic/T', data: { event: { type: 'created' }, sobject: { Id: 'a0B000000000001AAA' } } },
      'SBX_SALESFORCE_PUSH_TOPIC',
    ],
    ['any other object', { some: 'thing' }, 'SBX_SALESFORCE_PAYLOAD'],
    ['a number', 7, 'SBX_SALESFORCE_PAYLOAD'],
  ])('refuses %s by name', (_, value, code) => {
    expect(codeOf(value)).toBe(code);
  });

  it('names the file that an unknown schema is to be put into', () => {
    expect(() => readNatives({ ...raw, schemaId: 's-2' }, schemas)).toThrow(/s-2/);
  });

  it('goes on past what it cannot read in a list, and refuses that when it is normalised', async () => {
    const natives = readNatives([raw, { some: 'thing' }, raw], schemas);
    expect(natives.map(({ kind }) => kind)).toEqual(['pubsub', 'unreadable', 'pubsub']);
    await expect(normalise(natives[1]!, context)).rejects.toMatchObject({ code: 'SBX_SALESFORCE_PAYLOAD' });
  });

  it('takes the records of a query', async () => {
    const record = {
      attributes: { type: 'Lead' },
      Id: '00Q000000000001EAA',
      LastModifiedDate: '2024-01-01T00:00:00.000+0000',
    };
    const [native] = readNatives({ totalSize: 1, done: true, records: [record] }, schemas);
    expect((await normalise(native!, context))[0]?.type).toBe('io.signalbox.lead.observed.v1');
  });
});

/** JSON that is near enough to the real thing to get far. */
const scalar = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'Lead',
    'Task',
    'Thing__c',
    'UPDATE',
    'GAP_OVERFLOW',
    '0x12',
    '2-0x01',
    '2024-01-01T00:00:00Z',
    '',
    '__proto__',
  ),
  fc.constantFrom(`x;client=${callClient}`),
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
);
const loose = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }));
const bag = (...names: string[]): fc.Arbitrary<object> =>
  fc.record(Object.fromEntries(names.map((name) => [name, loose])), { requiredKeys: [] });
const headers = fc.oneof(
  bag(
    'entityName',
    'recordIds',
    'changeType',
    'changeOrigin',
    'transactionKey',
    'sequenceNumber',
    'commitTimestamp',
    'commitNumber',
    'commitUser',
    'changedFields',
    'nulledFields',
    'diffFields',
  ),
  fc.record({
    entityName: fc.constantFrom('Lead', 'Account', 'Task', 'Thing__c', 'toString', '__proto__'),
    recordIds: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
    changeType: fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'GAP_UPDATE', 'GAP_OVERFLOW'),
    transactionKey: fc.string({ minLength: 1 }),
    sequenceNumber: fc.nat(),
    commitTimestamp: fc.nat(),
    commitUser: loose,
    changedFields: loose,
    nulledFields: loose,
    diffFields: loose,
  }),
);
const bodies = fc
  .tuple(
    headers,
    bag(
      'Name',
      'Address',
      'Email',
      'AnnualRevenue',
      'NumberOfEmployees',
      'CreatedDate',
      'CountryCode',
      'WhoId',
      'ActivityDate',
      'Id',
      'X__c',
      '__proto__',
      'constructor',
    ),
  )
  .map(([ChangeEventHeader, fields]) => ({ ChangeEventHeader, ...fields }));
const payloads = fc.oneof(
  fc.jsonValue(),
  bodies,
  fc.record({
    channel: loose,
    data: fc.record({ payload: fc.oneof(bodies, loose), event: bag('EventUuid', 'createdDate') }),
  }),
  bag('attributes', 'Id', 'SystemModstamp', 'IsDeleted', 'Name'),
  bag('event', 'id', 'schemaId', 'payload', 'replayId'),
);

describe('anything', () => {
  it('becomes valid events or a refusal by name, the same ones every time (C11, C13)', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, async (value) => {
        const before = JSON.stringify(value);
        const run = async (): Promise<unknown> => {
          try {
            const natives = readNatives(value, schemas);
            const made = await Promise.all(natives.map((native) => normalise(native, context).catch(refused)));
            for (const event of made.flat()) if (typeof event !== 'string') expect(validateEvent(event)).toEqual([]);
            return made;
          } catch (error) {
            return refused(error);
          }
        };
        expect(await run()).toEqual(await run());
        expect(JSON.stringify(value)).toBe(before);
      }),
      { numRuns: 1500 },
    );
  });

  it('that is handed over as a native is refused by name or valid too', async () => {
    const natives = fc.oneof(
      fc.jsonValue(),
      bag('kind', 'header', 'fields', 'payload', 'nativeType'),
      fc.record({
        kind: fc.constant('pubsub'),
        header: fc.oneof(headers, loose),
        fields: loose,
        changedFields: loose,
        dateTypes: loose,
      }),
      fc.record({ kind: fc.constant('json'), payload: fc.oneof(bodies, loose), channel: loose }),
      fc.record({ kind: fc.constant('record'), nativeType: loose, fields: loose }),
    );
    await fc.assert(
      fc.asyncProperty(natives, async (native) => {
        const made = await normalise(native as never, context).catch(refused);
        if (typeof made !== 'string') for (const event of made) expect(validateEvent(event)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });
});

function refused(error: unknown): string {
  if (error instanceof Unmappable) return error.code;
  throw error;
}

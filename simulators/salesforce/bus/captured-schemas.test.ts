import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'avsc';
import { ObjectType } from '../org/object-type';
import { standardObjects } from '../org/standard-objects';
import { SchemaRegistry } from './avro-types';
import { ChangeEncoder, type ChangeHeader } from './change-encoder';
import { changeEventSchema, platformEventSchema } from './event-schema';

const folder = join(__dirname, '..', '..', '..', '..', 'shared', 'fixtures', 'salesforce', 'avro');
const withCaptures = existsSync(folder) ? describe : describe.skip;

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly doc?: string;
  readonly default?: unknown;
}
interface RecordSchema {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** A schema in which the order of members does not matter. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const captured = (file: string): RecordSchema => JSON.parse(readFileSync(join(folder, file), 'utf8')) as RecordSchema;
const made = (name: string): RecordSchema =>
  plain(changeEventSchema(new ObjectType(standardObjects.find((object) => object.name === name)!))) as RecordSchema;
const fieldOf = (schema: RecordSchema, name: string): Field => schema.fields.find((field) => field.name === name)!;
/** The schema with records replaced by their names, so that first use and reference compare alike. */
const shape = (type: unknown): unknown => {
  if (Array.isArray(type)) return type.map(shape);
  return typeof type === 'object' && type !== null && 'name' in type ? type.name : type;
};

withCaptures('against the captured schemas', () => {
  it.each([
    'AccountChangeEvent.head-2026-08.avsc',
    'AccountChangeEvent.2026-07.avsc',
    'ContactChangeEvent.head-2026-08.avsc',
  ])('the header is the one of %s', (file) => {
    expect(made('Lead').fields[0]).toEqual(captured(file).fields[0]);
  });

  it.each([
    ['Account', 'AccountChangeEvent.head-2026-08.avsc'],
    ['Contact', 'ContactChangeEvent.head-2026-08.avsc'],
  ])('every field of %s that is also captured has its type, doc and default, in the captured order', (name, file) => {
    const ours = made(name);
    const theirs = captured(file);
    const shared = ours.fields
      .filter((field) => fieldOf(theirs, field.name) as Field | undefined)
      .map((field) => field.name);
    expect(shared.length).toBeGreaterThan(20);
    expect(shared).toEqual(theirs.fields.map((field) => field.name).filter((field) => shared.includes(field)));
    for (const field of shared) {
      const [one, other] = [fieldOf(ours, field), fieldOf(theirs, field)];
      expect([field, one.doc, one.default, shape(one.type)]).toEqual([
        field,
        other.doc,
        other.default,
        shape(other.type),
      ]);
    }
  });

  it('compound records have the captured parts', () => {
    const theirs = captured('AccountChangeEvent.head-2026-08.avsc');
    const ours = made('Account');
    for (const name of ['BillingAddress', 'ShippingAddress', 'Name'])
      expect(fieldOf(ours, name).type).toEqual(fieldOf(theirs, name).type);
    const contact = captured('ContactChangeEvent.head-2026-08.avsc');
    expect(fieldOf(made('Contact'), 'Name').type).toEqual(fieldOf(contact, 'Name').type);
  });

  it('every custom field type has the captured Avro type and doc', () => {
    const theirs = captured('Some_Custom_Object__ChangeEvent.avsc');
    const fields = [
      { name: 'Custom_Checkobx__c', type: 'boolean' },
      { name: 'EZ_Money__c', type: 'currency' },
      { name: 'Birthday__c', type: 'date' },
      { name: 'Some_DateTime__c', type: 'datetime' },
      { name: 'Email_Wemail__c', type: 'email' },
      { name: 'LocalDegrees__c', type: 'location' },
      { name: 'LocalDecimal__c', type: 'location' },
      { name: 'Numero__c', type: 'double' },
      { name: 'Percento__c', type: 'percent' },
      { name: 'TellyPhone__c', type: 'phone' },
      { name: 'PickleSingle__c', type: 'picklist' },
      { name: 'PickleMulit__c', type: 'multipicklist' },
      { name: 'Texty__c', type: 'string' },
      { name: 'Rich_Text__c', type: 'html' },
      { name: 'Encrypt__c', type: 'encryptedstring' },
      { name: 'Timey__c', type: 'time' },
      { name: 'Linky__c', type: 'url' },
      { name: 'GUID__c', type: 'string' },
    ] as const;
    const ours = plain(
      changeEventSchema(new ObjectType({ name: 'Some_Custom_Object__c', keyPrefix: 'a01', fields })),
    ) as RecordSchema;
    const withoutIds = (schema: RecordSchema) =>
      // Records by name: this capture is older, its header lacks SNAPSHOT and its Location has a part that is gone since.
      schema.fields.map((field) => ({
        ...field,
        type: shape(field.type),
        doc: field.doc?.replace(/:00N\w{12}$/, ':00N'),
      }));
    expect(withoutIds(ours)).toEqual(withoutIds(theirs));
    expect(ours.name).toBe(theirs.name);
    for (const field of ours.fields.slice(7)) expect(field.doc).toMatch(/:00N\w{12}$/);
  });

  it('a platform event has the captured system fields', () => {
    const theirs = captured('CM_Test_Event_Two__e.avsc');
    const ours = plain(
      platformEventSchema({ name: theirs.name, fields: [{ name: 'Message__c', type: 'string' }] }),
    ) as RecordSchema;
    expect(ours.fields.slice(0, 2)).toEqual(theirs.fields.slice(0, 2));
    expect(ours.fields[2]?.type).toEqual(theirs.fields[2]?.type);
    const stored = new SchemaRegistry().add(ours, true);
    expect(JSON.parse(stored.json)).toMatchObject({ uuid: stored.id });
  });
});

const header: ChangeHeader = {
  entityName: 'Lead',
  recordIds: ['00QSb0000000001IAA'],
  changeType: 'UPDATE',
  changeOrigin: '',
  transactionKey: '',
  sequenceNumber: 1,
  commitTimestamp: 0n,
  commitNumber: 0n,
  commitUser: '',
};

it('a lead conversion has the bitmap that the Change Data Capture guide prints for it', () => {
  const encoder = new ChangeEncoder(new ObjectType(standardObjects[0]!), new SchemaRegistry());
  const after = {
    Status: 'Closed - Converted',
    IsConverted: true,
    ConvertedDate: '2024-04-26',
    ConvertedAccountId: '0015f00002JUX1JAAX',
    ConvertedContactId: '0035f00002EztxDAAR',
    ConvertedOpportunityId: '0065f00000UloqVAAR',
    LastModifiedDate: 1_714_153_780_000,
  };
  const payload = encoder.encodeUpdate(header, {}, after);
  const body = encoder.schema.type.fromBuffer(payload) as {
    ChangeEventHeader: { changedFields: string[] };
    ConvertedDate: bigint;
  };
  expect(body.ChangeEventHeader.changedFields).toEqual(['0x08F81000']);
  expect(body.ConvertedDate).toBe(1_714_089_600_000n);
});

it('a schema is the same Avro to any reader, and its id depends on nothing but the fields', () => {
  const registry = new SchemaRegistry();
  for (const definition of standardObjects) {
    const { schema } = new ChangeEncoder(new ObjectType(definition), registry);
    expect(schema.id).toMatch(/^[\w-]{22}$/);
    expect(Type.forSchema(JSON.parse(schema.json) as Parameters<typeof Type.forSchema>[0]).name).toMatch(
      /^com\.sforce\.eventbus\.\w+ChangeEvent$/,
    );
    expect(new ChangeEncoder(new ObjectType(definition), new SchemaRegistry()).schema.id).toBe(schema.id);
  }
});

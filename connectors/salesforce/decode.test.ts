import { Type, types } from 'avsc';
import { Unmappable } from '../contract';
import { decodeBitmaps } from './bitmap';
import { decodeEvent } from './decode';
import { parseEventSchema } from './event-schema';

const nullable = (type: unknown): object => ({ type: ['null', type], default: null });
const address = {
  type: 'record',
  name: 'Address',
  fields: ['Street', 'City'].map((name) => ({ name, ...nullable('string') })),
};
const list = { type: { type: 'array', items: 'string' } };
const headerSchema = {
  type: 'record',
  name: 'ChangeEventHeader',
  fields: [
    { name: 'entityName', type: 'string' },
    { name: 'recordIds', ...list },
    { name: 'changeType', type: { type: 'enum', name: 'ChangeType', symbols: ['CREATE', 'UPDATE'] } },
    { name: 'changeOrigin', type: 'string' },
    { name: 'transactionKey', type: 'string' },
    { name: 'sequenceNumber', type: 'int' },
    { name: 'commitTimestamp', type: 'long' },
    { name: 'commitNumber', type: 'long' },
    { name: 'commitUser', type: 'string' },
    { name: 'nulledFields', ...list },
    { name: 'diffFields', ...list },
    { name: 'changedFields', ...list },
  ],
};
const filler = Array.from({ length: 70 }, (_, i) => ({ name: `F${i}__c`, ...nullable('string') }));
const document = {
  type: 'record',
  name: 'AccountChangeEvent',
  fields: [
    { name: 'ChangeEventHeader', type: headerSchema },
    { name: 'Name', type: ['null', 'string', { ...address, name: 'PersonName' }], default: null },
    { name: 'BillingAddress', ...nullable(address), doc: 'Data:Address' },
    { name: 'ShippingAddress', ...nullable('Address'), doc: 'Data:Address' },
    { name: 'CloseDate', ...nullable('long'), doc: 'Data:DateOnly' },
    { name: 'Born__c', ...nullable('long'), doc: 'Data:Birthday:00N' },
    { name: 'Big__c', ...nullable('long') },
    { name: 'Ratio__c', ...nullable('double'), doc: 'Data:Double:00N' },
    ...filler,
  ],
};
const schema = parseEventSchema('schema-1', JSON.stringify(document));

const header = {
  entityName: 'Account',
  recordIds: ['001000000000001AAA'],
  changeType: 'UPDATE',
  changeOrigin: '',
  transactionKey: 't',
  sequenceNumber: 1,
  commitTimestamp: 1_700_000_000_000n,
  commitNumber: 1_720_911_231_762_341_890n,
  commitUser: '',
  nulledFields: [] as string[],
  diffFields: [] as string[],
  changedFields: [] as string[],
};
const nothing = Object.fromEntries(document.fields.map(({ name }) => [name, null]));

const encode = (fields: object, over: object = {}): Buffer =>
  schema.type.toBuffer({ ...nothing, ...fields, ChangeEventHeader: { ...header, ...over } });
const decode = (payload: Buffer): ReturnType<typeof decodeEvent> => decodeEvent({ id: 'e-1', payload }, schema);

describe('decodeEvent', () => {
  it('keeps 64-bit numbers exact, dates as ms and the header as JSON', () => {
    const native = decode(encode({ CloseDate: 1_653_955_200_000n, Big__c: 9_007_199_254_740_993n }));
    expect(native.header).toMatchObject({ commitNumber: '1720911231762341890', commitTimestamp: 1_700_000_000_000 });
    expect(native.fields).toEqual({ CloseDate: 1_653_955_200_000, Big__c: '9007199254740993' });
    expect(native.dateTypes).toEqual({ CloseDate: 'DateOnly', Born__c: 'DateOnly' });
    expect(JSON.parse(JSON.stringify(native))).toEqual(native);
  });

  it('writes what JSON has no number for as a text', () => {
    expect(decode(encode({ Ratio__c: Number.NaN })).fields).toEqual({ Ratio__c: 'NaN' });
    expect(decode(encode({ Ratio__c: Number.NEGATIVE_INFINITY })).fields).toEqual({ Ratio__c: '-Infinity' });
  });

  it('reads a field of 1 MB', () => {
    const text = 'x'.repeat(1 << 20);
    expect(decode(encode({ F0__c: text })).fields.F0__c).toBe(text);
  });

  it.each([
    ['truncated bytes', (bytes: Buffer) => bytes.subarray(0, -5)],
    ['trailing bytes', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0])])],
    ['no bytes', () => Buffer.alloc(0)],
  ])('refuses %s, naming event and schema', (_, spoil) => {
    expect(() => decode(spoil(encode({})))).toThrow(Unmappable);
    expect(() => decode(spoil(encode({})))).toThrow(/e-1.*schema-1/);
  });

  it('refuses a bitmap with bits that the schema does not have', () => {
    expect(() => decode(encode({}, { changedFields: [`0x1${'0'.repeat(30)}`] }))).toThrow(/names field 120/);
  });
});

describe('decodeBitmaps', () => {
  it('counts from the lowest bit, past 64 and with leading zeros', () => {
    expect(decodeBitmaps(['0x02'], schema)).toEqual(['Name']);
    expect(decodeBitmaps([`0x000${(1n << 70n).toString(16)}`], schema)).toEqual([document.fields[70]!.name]);
    expect(decodeBitmaps(['0x0', '0x'], schema)).toEqual([]);
  });

  it('names the parts of compound fields, also when no plain bitmap comes first', () => {
    expect(decodeBitmaps(['3-0x03'], schema)).toEqual(['ShippingAddress.Street', 'ShippingAddress.City']);
    expect(decodeBitmaps(['0x10', '2-0x2'], schema)).toEqual(['CloseDate', 'BillingAddress.City']);
  });

  it('takes the record branch of a union with several', () => {
    expect(decodeBitmaps(['1-0x2'], schema)).toEqual(['Name.City']);
  });

  it('leaves names that were decoded before', () => {
    expect(decodeBitmaps(['Name', 'BillingAddress.City'], schema)).toEqual(['Name', 'BillingAddress.City']);
  });
});

describe('parseEventSchema', () => {
  it.each(['', '{}', '"string"', '{"type":"record"}'])('refuses %j by name', (text) => {
    expect(() => parseEventSchema('s', text)).toThrow(
      expect.objectContaining({ code: 'SBX_SALESFORCE_SCHEMA' }) as Error,
    );
  });

  it('leaves the schema types of other users of the library alone', () => {
    expect(Type.forSchema('long')).toBeInstanceOf(types.LongType);
    expect(Type.forSchema('long').fromBuffer(Buffer.from([2]))).toBe(1);
  });
});

import type { FieldDefinition, FieldType, Value } from './definitions';

type Extra = Omit<FieldDefinition, 'name' | 'type'>;

/** A field of any type; the functions below are shorthands for the common ones. */
export const field = (name: string, type: FieldType, extra: Extra = {}): FieldDefinition => ({ name, type, ...extra });

/** Text of at most `length` characters. */
export const text = (name: string, length = 255, extra: Extra = {}): FieldDefinition =>
  field(name, 'string', { length, ...extra });

/** Several fields of one type without further properties. */
export const all = (type: FieldType, ...names: readonly string[]): FieldDefinition[] =>
  names.map((name) => field(name, type));

/** A picklist that takes values outside of its list too, as unrestricted ones do through the API. */
export const picklist = (name: string, values: readonly string[], extra: Extra = {}): FieldDefinition =>
  field(name, 'picklist', { values, ...extra });

/** A checkbox; never null, false where not given. */
export const checkbox = (name: string, standard: Value = false, extra: Extra = {}): FieldDefinition =>
  field(name, 'boolean', { default: standard, ...extra });

/** A lookup. */
export const lookup = (name: string, referenceTo: readonly string[], extra: Extra = {}): FieldDefinition =>
  field(name, 'reference', { referenceTo, ...extra });

/** Salutation, FirstName, LastName and the compound Name made of them. */
export const personName = (): FieldDefinition[] => [
  field('Name', 'personname', { readOnly: true }),
  picklist('Salutation', ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.'], { compound: 'Name', part: 'Salutation' }),
  text('FirstName', 40, { compound: 'Name', part: 'FirstName' }),
  text('LastName', 80, { compound: 'Name', part: 'LastName', required: true }),
];

/** An address compound and its ten parts; `prefix` is empty for Lead, else `Billing`, `Mailing` and so on. */
export const address = (prefix: string): FieldDefinition[] => {
  const compound = `${prefix}Address`;
  const part = (name: string, type: FieldType, extra: Extra = {}): FieldDefinition =>
    field(prefix + name, type, { compound, part: name, ...extra });
  return [
    field(compound, 'address', { readOnly: true }),
    part('Street', 'textarea', { length: 255 }),
    part('City', 'string', { length: 40 }),
    part('State', 'string', { length: 80 }),
    part('PostalCode', 'string', { length: 20 }),
    part('Country', 'string', { length: 80 }),
    part('StateCode', 'string', { length: 10 }),
    part('CountryCode', 'string', { length: 10 }),
    part('Latitude', 'double'),
    part('Longitude', 'double'),
    part('GeocodeAccuracy', 'picklist'),
  ];
};

/** Who made and last changed a record, and when; in this order in every captured schema. */
export const audit = (): FieldDefinition[] => [
  field('CreatedDate', 'datetime', { readOnly: true, eventDoc: 'CreatedDate:DateTime' }),
  lookup('CreatedById', ['User'], { readOnly: true }),
  field('LastModifiedDate', 'datetime', { readOnly: true }),
  lookup('LastModifiedById', ['User'], { readOnly: true }),
];

/** Fields that every object has and no change event carries. */
export const systemFields = (): FieldDefinition[] => [
  field('Id', 'id', { readOnly: true, inEvents: false }),
  checkbox('IsDeleted', false, { readOnly: true, inEvents: false }),
  field('SystemModstamp', 'datetime', { readOnly: true, inEvents: false }),
];

/** The owner: a user, of some objects also a queue (a group). */
export const owner = (...others: readonly 'Group'[]): FieldDefinition => lookup('OwnerId', ['User', ...others]);

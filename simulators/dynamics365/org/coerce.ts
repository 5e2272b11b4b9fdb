import type { AttributeDefinition, Value } from './definitions';
import { badPayload, Refusal } from './refusal';
import type { TableType } from './table-type';

const guidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A GUID in lower case without braces, or undefined. */
export const parseGuid = (text: unknown): string | undefined => {
  if (typeof text !== 'string') return undefined;
  const bare = text.replace(/^\{(.*)\}$/, '$1');
  return guidForm.test(bare) ? bare.toLowerCase() : undefined;
};

const edm: Readonly<Partial<Record<AttributeDefinition['type'], string>>> = {
  Integer: 'Edm.Int32',
  BigInt: 'Edm.Int64',
  Double: 'Edm.Double',
  Decimal: 'Edm.Decimal',
  Money: 'Edm.Decimal',
  Boolean: 'Edm.Boolean',
  DateTime: 'Edm.DateTimeOffset',
  DateOnly: 'Edm.Date',
  Picklist: 'Edm.Int32',
  State: 'Edm.Int32',
  Status: 'Edm.Int32',
  Uniqueidentifier: 'Edm.Guid',
};

/** The EDM type of a column. */
const edmType = (attribute: AttributeDefinition): string => edm[attribute.type] ?? 'Edm.String';

const unreadable = (type: TableType, attribute: AttributeDefinition, raw: unknown): Refusal =>
  badPayload(
    type.set,
    `Cannot convert the literal '${String(raw)}' to the expected type '${edmType(attribute)}' of '${attribute.name}'.`,
  );

const text = (type: TableType, attribute: AttributeDefinition, raw: unknown): string => {
  if (typeof raw !== 'string') throw unreadable(type, attribute, raw);
  const most = attribute.maxLength ?? (attribute.type === 'Memo' ? 2000 : 100);
  if (raw.length <= most) return raw;
  const message = `A validation error occurred.  The length of the '${attribute.name}' attribute of the '${type.name}' entity exceeded the maximum allowed length of '${most}'.`;
  throw new Refusal(400, '0x80044331', message);
};

const outside = (type: TableType, attribute: AttributeDefinition, value: number, accepted: string): Refusal =>
  new Refusal(
    400,
    '0x8004431a',
    `A validation error occurred. The value ${value} of '${attribute.name}' on record of type '${type.name}' is outside the valid range. Accepted Values: ${accepted}`,
  );

const numeric = (type: TableType, attribute: AttributeDefinition, raw: unknown): number => {
  if (typeof raw !== 'number' || !Number.isFinite(raw)) throw unreadable(type, attribute, raw);
  const isWhole = attribute.type === 'Integer' || attribute.type === 'BigInt';
  if (isWhole && !Number.isInteger(raw)) throw unreadable(type, attribute, raw);
  const { min = -Infinity, max = Infinity } = attribute;
  if (raw >= min && raw <= max) return raw;
  throw outside(type, attribute, raw, `${min} to ${max}`);
};

const choice = (type: TableType, attribute: AttributeDefinition, raw: unknown): number => {
  if (typeof raw !== 'number' || !Number.isInteger(raw)) throw unreadable(type, attribute, raw);
  const accepted = type.options(attribute).map(({ value }) => value);
  if (accepted.includes(raw)) return raw;
  throw outside(type, attribute, raw, accepted.join(','));
};

const choices = (type: TableType, attribute: AttributeDefinition, raw: unknown): readonly number[] => {
  if (typeof raw !== 'string') throw unreadable(type, attribute, raw);
  return raw.split(',').map((part) => choice(type, attribute, Number(part)));
};

const moment = (type: TableType, attribute: AttributeDefinition, raw: unknown): number => {
  const at = typeof raw === 'string' && /^\d{4}-\d{2}-\d{2}/.test(raw) ? Date.parse(raw) : NaN;
  if (Number.isNaN(at)) throw unreadable(type, attribute, raw);
  return Math.floor(at / 1000) * 1000;
};

const day = (type: TableType, attribute: AttributeDefinition, raw: unknown): string => {
  if (typeof raw !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(raw)) throw unreadable(type, attribute, raw);
  return raw;
};

const guid = (type: TableType, attribute: AttributeDefinition, raw: unknown): string => {
  const id = parseGuid(raw);
  if (id === undefined) throw unreadable(type, attribute, raw);
  return id;
};

const flag = (type: TableType, attribute: AttributeDefinition, raw: unknown): boolean => {
  if (typeof raw !== 'boolean') throw unreadable(type, attribute, raw);
  return raw;
};

type Reading = (type: TableType, attribute: AttributeDefinition, raw: unknown) => Value;

const readings: Readonly<Record<AttributeDefinition['type'], Reading | undefined>> = {
  String: text,
  Memo: text,
  EntityName: text,
  Integer: numeric,
  BigInt: numeric,
  Double: numeric,
  Decimal: numeric,
  Money: numeric,
  Boolean: flag,
  DateTime: moment,
  DateOnly: day,
  Picklist: choice,
  MultiSelectPicklist: choices,
  State: choice,
  Status: choice,
  Uniqueidentifier: guid,
  Lookup: undefined,
  Customer: undefined,
  Owner: undefined,
};

/** A JSON value as the column stores it. @throws Refusal where it does not fit */
export const coerce = (type: TableType, attribute: AttributeDefinition, raw: unknown): Value => {
  if (raw === null) return null;
  const reading = readings[attribute.type];
  if (reading === undefined) throw unreadable(type, attribute, raw);
  return reading(type, attribute, raw);
};

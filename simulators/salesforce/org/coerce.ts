import type { FieldDefinition, FieldType, Value } from './definitions';
import { parseId } from './ids';
import { Refusal } from './refusal';

const refuse = (code: string, message: string, field: FieldDefinition): never => {
  throw new Refusal(400, code, message, [field.name]);
};

/** The parser of the real service answers a wrong JSON type before any field rule applies, without naming the field. */
const wrongJson = (target: string, value: unknown): never => {
  const kind = typeof value === 'string' ? 'VALUE_STRING' : Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT';
  throw new Refusal(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${target} from ${kind} value ${JSON.stringify(value)} or request may be missing a required field`,
  );
};

const toText = (field: FieldDefinition, value: unknown): Value => {
  if (typeof value === 'object') return wrongJson('string', value);
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).trim();
  const limit = field.length ?? (field.type === 'textarea' || field.type === 'html' ? 32_768 : 255);
  if (text.length > limit) {
    const shown = text.length > 200 ? `${text.slice(0, 200)}...` : text;
    return refuse(
      'STRING_TOO_LONG',
      `${field.label ?? field.name}: data value too large: ${shown} (max length=${limit})`,
      field,
    );
  }
  return text === '' ? null : text;
};

const toNumber = (field: FieldDefinition, value: unknown): Value => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number))
    return wrongJson(field.type === 'int' ? 'int' : 'double', value);
  const limit = field.type === 'int' ? 2_147_483_647 : 1e18;
  if (Math.abs(number) > limit) {
    return refuse(
      'NUMBER_OUTSIDE_VALID_RANGE',
      `${field.name}: value outside of valid range on numeric field: ${number}`,
      field,
    );
  }
  if (field.type === 'int' && !Number.isInteger(number)) return wrongJson('int', value);
  return number;
};

const toBoolean = (_field: FieldDefinition, value: unknown): Value => {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return wrongJson('boolean', value);
};

const toDate = (_field: FieldDefinition, value: unknown): Value => {
  const day = typeof value === 'string' ? /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(value)?.[1] : undefined;
  // Salesforce knows years 1700 to 4000.
  const known = day !== undefined && day >= '1700' && day < '4001' && !Number.isNaN(Date.parse(day));
  return known && new Date(day).toISOString().startsWith(day) ? day : wrongJson('date', value);
};

const toDatetime = (_field: FieldDefinition, value: unknown): Value => {
  const at =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)
      ? Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
      : NaN;
  if (Number.isNaN(at) || at < Date.UTC(1700, 0) || at >= Date.UTC(4001, 0)) return wrongJson('datetime', value);
  return Math.floor(at / 1000) * 1000;
};

const toTime = (_field: FieldDefinition, value: unknown): Value => {
  const match =
    typeof value === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?Z?$/.exec(value) : null;
  if (match === null) return wrongJson('time', value);
  const [, hours = '', minutes = '', seconds = '00', millis = ''] = match;
  return `${hours}:${minutes}:${seconds}.${millis.padEnd(3, '0')}Z`;
};

const toPicklist = (field: FieldDefinition, value: unknown): Value => {
  const chosen = toText(field, value);
  if (chosen === null || field.restricted !== true) return chosen;
  const items = field.type === 'multipicklist' ? String(chosen).split(';') : [String(chosen)];
  const bad = items.find((item) => !(field.values ?? []).includes(item));
  if (bad === undefined) return chosen;
  return refuse(
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    `${field.label ?? field.name}: bad value for restricted picklist field: ${bad}`,
    field,
  );
};

const toReference = (field: FieldDefinition, value: unknown): Value => {
  const id = parseId(value);
  return (
    id ?? refuse('MALFORMED_ID', `${field.label ?? field.name}: id value of incorrect type: ${String(value)}`, field)
  );
};

const toEmail = (field: FieldDefinition, value: unknown): Value => {
  const email = toText({ ...field, length: field.length ?? 80 }, value);
  if (email === null || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(email))) return email;
  return refuse(
    'INVALID_EMAIL_ADDRESS',
    `${field.label ?? field.name}: invalid email address: ${String(email)}`,
    field,
  );
};

const byType: Partial<Record<FieldType, (field: FieldDefinition, value: unknown) => Value>> = {
  boolean: toBoolean,
  int: toNumber,
  double: toNumber,
  currency: toNumber,
  percent: toNumber,
  date: toDate,
  datetime: toDatetime,
  time: toTime,
  picklist: toPicklist,
  multipicklist: toPicklist,
  reference: toReference,
  email: toEmail,
};

/**
 * Turns a value of a request body into a stored one.
 * @throws Refusal with the code and the field the real service names.
 */
export const coerce = (field: FieldDefinition, value: unknown): Value => {
  if (value === null || value === undefined) {
    // A checkbox has no null: the real service refuses it.
    return field.type === 'boolean'
      ? refuse('INVALID_TYPE_ON_FIELD_IN_RECORD', `${field.name}: value not of required type: null`, field)
      : null;
  }
  return (byType[field.type] ?? toText)(field, value);
};

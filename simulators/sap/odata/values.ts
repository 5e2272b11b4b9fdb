import type { Kind, Property } from '../model/entity-type';
import { badRequest } from './odata-error';

/** A value as it is stored: instants are epoch milliseconds, decimals, times and GUIDs text. */
export type Value = string | number | boolean | null;

/** The values of a row by property. */
export type Values = Record<string, Value>;

const jsonDate = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/;
const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;
const guidText = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const instant = (given: unknown): number | undefined => {
  if (typeof given !== 'string') return undefined;
  const [, milliseconds] = jsonDate.exec(given) ?? [];
  if (milliseconds !== undefined) return Number(milliseconds);
  if (!isoDate.test(given)) return undefined;
  const parsed = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(given) ? given : `${given}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
};

const decimal = (given: unknown, scale: number): string | undefined => {
  const text = typeof given === 'number' ? String(given) : given;
  if (typeof text !== 'string' || !/^-?\d+(\.\d+)?$/.test(text)) return undefined;
  const [whole = '', fraction = ''] = text.split('.');
  return scale === 0 ? whole : `${whole}.${fraction.slice(0, scale).padEnd(scale, '0')}`;
};

const text = (given: unknown, { maxLength, localised }: Property): string | undefined => {
  const content =
    localised && typeof given === 'object' && given !== null ? (given as { content?: unknown }).content : given;
  return typeof content === 'string' && content.length <= (maxLength ?? Infinity) ? content : undefined;
};

const readers: Readonly<Record<Kind, (given: unknown, property: Property) => Value | undefined>> = {
  String: text,
  Boolean: (given) => (typeof given === 'boolean' ? given : undefined),
  Int32: (given) => (/^-?\d{1,10}$/.test(String(given)) ? Number(given) : undefined),
  Decimal: (given, { scale }) => decimal(given, scale ?? 0),
  DateTime: instant,
  DateTimeOffset: instant,
  Time: (given) => (typeof given === 'string' && /^PT(\d+H)?(\d+M)?(\d+S)?$/.test(given) ? given : undefined),
  Guid: (given) => (typeof given === 'string' && guidText.test(given) ? given.toLowerCase() : undefined),
  Binary: (given) => (typeof given === 'string' ? given : undefined),
};

/** Reads a value of the JSON form. @throws ODataError where it does not fit the property */
export const readValue = (property: Property, given: unknown): Value => {
  if (given === null) return null;
  const value = readers[property.kind](given, property);
  if (value !== undefined) return value;
  throw badRequest(`Property '${property.name}' has invalid value '${JSON.stringify(given)}'`, property.name);
};

/** What a property holds before anybody sets it: SAP's initial value. */
export const initialValue = ({ kind, scale }: Property): Value => {
  if (kind === 'String') return '';
  if (kind === 'Boolean') return false;
  if (kind === 'Int32') return 0;
  if (kind === 'Decimal') return decimal('0', scale ?? 0) ?? '0';
  return null;
};

/** How a service writes values. */
export interface ValueStyle {
  /** GUIDs in upper case, as C4C has them. */
  readonly upperGuids: boolean;
  /** `/Date(0+0000)/` for DateTimeOffset, as S/4 has them. */
  readonly offsets: boolean;
}

/** Writes a value in the JSON form. */
export const writeValue = (style: ValueStyle, { kind }: Property, value: Value): Value => {
  if (value === null) return null;
  if (kind === 'DateTime') return `/Date(${String(value)})/`;
  if (kind === 'DateTimeOffset') return `/Date(${String(value)}${style.offsets ? '+0000' : ''})/`;
  if (kind === 'Guid') return style.upperGuids ? String(value).toUpperCase() : value;
  return value;
};

import type { EntityName } from '../../../canonical-schema/entity';
import { isoFromMillis, isoFromText } from '../../../canonical-schema/time';
import { objectOf, textOf } from '../json';

/** How a canonical field holds its value, or is made of a native one. */
export type Kind =
  | 'text'
  | 'id'
  /** A UUID, and nothing else, as the key of the record that it names. */
  | 'uuid'
  | 'decimal'
  /** Not negative. */
  | 'count'
  /** `X`, true. */
  | 'boolean'
  | 'date'
  | 'instant'
  /** A day as the instant of its midnight. */
  | 'midnight'
  | 'currency'
  | 'countryCode'
  | 'direction'
  /** True for a status code or word of an end. */
  | 'closed'
  /** The same as `{entity, id}`. */
  | Readonly<Partial<Record<EntityName, 'id' | 'uuid'>>>;

const odataInstant = /^\/Date\((-?\d{1,16})(?:[+-]\d{1,4})?\)\/$/;
const sapTimestamp = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?$/;
const sapDay = /^(\d{4})(\d\d)(\d\d)$/;

/**
 * RFC 3339 UTC with milliseconds, of any form that SAP writes instants in: `/Date(ms)/`, ISO with a zone or without one (UTC, as
 * Edm.DateTime and time stamps are), YYYYMMDDhhmmss. Undefined for initial values (`00000000000000`) and what is none.
 */
export function instantOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const millis = odataInstant.exec(text)?.[1];
  if (millis !== undefined) return isoFromMillis(millis);
  const compact = sapTimestamp.exec(text);
  if (compact !== null) {
    const [, year, month, day, hour, minute, second] = compact;
    return isoFromText(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  }
  return isoFromText(text) ?? isoFromText(`${text}Z`);
}

/** `YYYY-MM-DD`, of a day in any of SAP's forms or of an instant; undefined for initial ones. */
export function dayOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const [, year, month, day] = sapDay.exec(text) ?? [];
  const iso = day === undefined ? text : `${year}-${month}-${day}`;
  return instantOf(/^\d{4}-\d\d-\d\d$/.test(iso) ? `${iso}T00:00:00Z` : iso)?.slice(0, 10);
}

/** Sub-second digits of an instant's text, to the nanosecond; `0` where it has none. */
export function nanosOf(value: unknown): string {
  const fraction = /[.,](\d+)/.exec(textOf(value) ?? '')?.[1];
  const millis = odataInstant.exec(textOf(value) ?? '')?.[1]?.slice(-3);
  return (fraction ?? millis ?? '').slice(0, 9).padEnd(9, '0');
}

/** A text; of a localised one (`{content, languageCode}`) what it says. Numbers as their digits. */
function plainText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return decimalText(value);
  return textOf(value) ?? textOf(objectOf(value)?.content);
}

/** A key: `0000000000` and a UUID of zeros are initial, not somebody's. */
function idOf(value: unknown): string | undefined {
  const text = plainText(value);
  return text === undefined || /^[0-]+$/.test(text) ? undefined : text;
}

/** Sales and Service Cloud V2 has UUIDs for keys. Cloud for Customer's are without dashes, in capitals, and so are they as keys. */
function uuidOf(value: unknown): string | undefined {
  const id = idOf(value);
  if (id === undefined || !/^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i.test(id)) return undefined;
  return /[a-f]/.test(id) ? id : id.replaceAll('-', '').toUpperCase();
}

const canonicalDecimal = /^-?\d{1,30}(\.\d{1,18})?$/;

/** A decimal as text: SAP puts the sign of a negative number behind it, and blanks around it. */
function decimalOf(value: unknown): string | undefined {
  const text = plainText(value);
  if (text === undefined) return undefined;
  const [, digits] = /^\+?([\d.]+)-$/.exec(text) ?? [];
  const signed = digits === undefined ? text : `-${digits}`;
  return canonicalDecimal.test(signed) ? signed : undefined;
}

/** Without exponent: the shortest text that names the double. */
function decimalText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [, sign = '', first = '', rest = '', exponent = ''] = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(String(value)) ?? [];
  return exponent === '' ? String(value) : `${sign}0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`;
}

function countOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'X' || value === 'true' ? true : value === 'false' ? false : undefined;
}

/** C4C's codes 1 (outbound) and 2 (inbound), or the word. */
function directionOf(value: unknown): 'inbound' | 'outbound' | undefined {
  const text = plainText(value)?.toLowerCase();
  if (text === '2' || text === 'inbound') return 'inbound';
  return text === '1' || text === 'outbound' ? 'outbound' : undefined;
}

/** C4C's life cycle codes 3 (completed) and 4 (cancelled), or the words of either cloud. */
function closedOf(value: unknown): boolean | undefined {
  const text = plainText(value)?.toLowerCase();
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return text === '3' || text === '4';
  return /^(completed?|closed|cancell?ed|done|confirmed)$/.test(text);
}

const converters: Readonly<Record<Extract<Kind, string>, (value: unknown) => unknown>> = {
  text: plainText,
  id: idOf,
  uuid: uuidOf,
  decimal: decimalOf,
  count: countOf,
  boolean: booleanOf,
  date: dayOf,
  instant: instantOf,
  midnight: (value) => instantOf(dayOf(value)?.concat('T00:00:00Z')),
  currency: (value) => (typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : undefined),
  countryCode: (value) => (typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : undefined),
  direction: directionOf,
  closed: closedOf,
};

/** The value as the canonical field holds it; undefined where it cannot be: it then stays with the native fields. */
export function convert(kind: Kind, value: unknown): unknown {
  if (typeof kind === 'string') return converters[kind](value);
  const [[entity, idKind] = ['record', 'id' as const]] = Object.entries(kind);
  const id = converters[idKind](value);
  return id === undefined ? undefined : { entity, id };
}

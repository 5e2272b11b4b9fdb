import type { DateType } from '../native';
import type { EntityName } from '../../../canonical-schema/entity';
import { dayOf, instantOf, timeOfDayOf } from './dates';

/** How a canonical field holds its value, or is made of a native one. */
export type Kind =
  | 'text'
  | 'id'
  /** An id as `{entity, id}`. */
  | 'relation'
  | 'decimal'
  /** Not negative. */
  | 'count'
  /** Minutes as seconds. */
  | 'minutes'
  | 'boolean'
  /** True for inbound. */
  | 'direction'
  | 'date'
  | 'instant'
  /** A day as the instant of its midnight. */
  | 'midnight'
  | 'currency'
  | 'countryCode';

type Convert = (value: unknown) => unknown;

const converters: Readonly<Record<Kind, Convert>> = {
  text: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
  id: (value) => (typeof value === 'string' && value !== '' ? fullId(value) : undefined),
  relation: relationOf,
  decimal: decimalOf,
  count: countOf,
  minutes: (value) => {
    const minutes = countOf(value);
    return minutes === undefined ? undefined : minutes * 60;
  },
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  direction: (value) => (typeof value === 'boolean' ? (value ? 'inbound' : 'outbound') : undefined),
  date: dayOf,
  instant: instantOf,
  midnight: (value) => instantOf(dayOf(value)?.concat('T00:00:00Z')),
  currency: (value) => (typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : undefined),
  countryCode: (value) => (typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : undefined),
};

/** The value as the canonical field holds it; undefined where it cannot be: it then stays with the native fields. */
export function convert(kind: Kind, value: unknown): unknown {
  return converters[kind](value);
}

const dateConverters: Readonly<Record<DateType, Convert>> = {
  DateTime: instantOf,
  DateOnly: dayOf,
  TimeOnly: timeOfDayOf,
};

/** A date as the REST API writes it, whichever way it came; as it came where it is none (year 0, out of range). */
export function restDate(type: DateType, value: unknown): unknown {
  // A native out of a file may name a type that there is not.
  return Object.hasOwn(dateConverters, type) ? (dateConverters[type](value) ?? value) : value;
}

const idLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 18-character form of a 15-character id: three letters say which of the 15 are capitals. Others as they are. */
export function fullId(id: string): string {
  if (!/^[A-Za-z0-9]{15}$/.test(id)) return id;
  const suffix = [0, 5, 10].map((from) => {
    let bits = 0;
    for (let i = 0; i < 5; i++) if (/[A-Z]/.test(id.charAt(from + i))) bits |= 1 << i;
    return idLetters.charAt(bits);
  });
  return id + suffix.join('');
}

/** Key prefixes of the standard objects' ids, the same in every org. */
const entityByPrefix: Readonly<Record<string, EntityName>> = {
  '001': 'account',
  '003': 'contact',
  '006': 'opportunity',
  '00Q': 'lead',
  '00T': 'task',
  '00U': 'interaction',
  '02i': 'asset',
  '02s': 'interaction',
  '500': 'case',
  '801': 'order',
};

/** A reference that may point to several objects says in its first three characters to which. */
function relationOf(value: unknown): { entity: EntityName; id: string } | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const prefix = value.slice(0, 3);
  const entity = Object.hasOwn(entityByPrefix, prefix) ? entityByPrefix[prefix] : undefined;
  return { entity: entity ?? 'record', id: fullId(value) };
}

/** A whole number, not negative; SOAP writes it as text. */
function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : undefined;
}

const canonicalDecimal = /^-?\d{1,30}(\.\d{1,18})?$/;

/**
 * A decimal as text, without exponent: whole numbers exactly, others as the shortest text that names the double, or to 15
 * digits where that shows the double's own noise (0.1 + 0.2).
 */
function decimalOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isFinite(value) ? decimalText(value) : value;
  return typeof text === 'string' && canonicalDecimal.test(text) ? text : undefined;
}

function decimalText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const shortest = String(value);
  const digits = shortest.replace(/e.*$/, '').replace(/^-?0*\.?0*|\./g, '').length;
  return withoutExponent(digits > 15 ? String(Number(value.toPrecision(15))) : shortest);
}

/** `1.5e-7` as `0.00000015`. Only small numbers get here with an exponent: large doubles are whole. */
function withoutExponent(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', first = '', rest = '', exponent = '0'] = match;
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`;
}

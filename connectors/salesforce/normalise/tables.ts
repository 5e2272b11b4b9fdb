import type { DateType } from '../native';
import { anyObject, standardObjects, type Table } from './standard-objects';
import type { Kind } from './values';

/** The table of a standard object; for any other the one that makes it a `record`. */
export function tableOf(nativeType: string): Table {
  return Object.hasOwn(standardObjects, nativeType) ? (standardObjects[nativeType] ?? anyObject) : anyObject;
}

/** A part of an address, by the REST field's name without the address' prefix. */
const addressParts = new Map<string, readonly [part: string, kind: Kind]>([
  ['Street', ['street', 'text']],
  ['City', ['city', 'text']],
  ['State', ['state', 'text']],
  ['PostalCode', ['postalCode', 'text']],
  ['Country', ['country', 'text']],
  ['CountryCode', ['countryCode', 'countryCode']],
  ['Latitude', ['latitude', 'decimal']],
  ['Longitude', ['longitude', 'decimal']],
]);

/** Where a native field goes, by the built-in tables. */
export interface Place {
  /** Canonical field. */
  readonly field: string;
  /** Its part, where the field is an address. */
  readonly part?: string;
  readonly kind: Kind;
}

/** The place of a native field; undefined where it stays native. */
export function placeOf(table: Table, native: string): Place | undefined {
  const rule = Object.hasOwn(table.fields, native) ? table.fields[native] : undefined;
  if (rule !== undefined) return { field: rule[0], kind: rule[1] };
  for (const [prefix, field] of Object.entries(table.addresses ?? {})) {
    const part = native.startsWith(prefix) ? addressParts.get(native.slice(prefix.length)) : undefined;
    if (part !== undefined) return { field, part: part[0], kind: part[1] };
  }
  return undefined;
}

/** The canonical address that a compound field is as a whole, as an event names it that empties it. */
export function addressOf(table: Table, native: string): string | undefined {
  return Object.entries(table.addresses ?? {}).find(([prefix]) => native === `${prefix}Address`)?.[1];
}

const dateTypeOf: Partial<Record<Kind, DateType>> = { date: 'DateOnly', midnight: 'DateOnly', instant: 'DateTime' };

/** Date fields of the standard objects, for events whose schema does not say. Custom fields end in `__c`, so none is hit. */
export const standardDates: ReadonlyMap<string, DateType> = new Map<string, DateType>([
  ['SystemModstamp', 'DateTime'],
  ['CreatedDate', 'DateTime'],
  ['LastModifiedDate', 'DateTime'],
  ...Object.values(standardObjects).flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([name, [, kind]]): [string, DateType][] =>
      dateTypeOf[kind] === undefined ? [] : [[name, dateTypeOf[kind]]],
    ),
  ),
]);

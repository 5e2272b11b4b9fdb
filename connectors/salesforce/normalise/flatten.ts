import type { DateType, Fields } from '../native';
import { objectOf } from '../../kit/json';
import { standardDates } from './tables';
import { restDate } from './values';

const nameParts = new Set(['Salutation', 'FirstName', 'MiddleName', 'LastName', 'InformalName', 'Suffix']);
const addressField = /^(.*)Address$/;
const addressParts = new Set([
  'Street',
  'City',
  'State',
  'PostalCode',
  'Country',
  'StateCode',
  'CountryCode',
  'Latitude',
  'Longitude',
  'GeocodeAccuracy',
]);

/**
 * Body fields under the names and in the form of the REST API, however they came: the parts of Name and of addresses as
 * fields of their own, dates as text. So one mapping holds for events, messages and records.
 * @param isWhole all fields are told, so that a name can be put together from its parts
 */
export function flatten(fields: Fields, dateTypes: Readonly<Record<string, DateType>>, isWhole: boolean): Fields {
  const flat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const parts = objectOf(value);
    const names = parts === undefined ? undefined : Object.keys(parts).map((part) => flatName(name, capital(part)));
    if (parts === undefined || names === undefined || names.includes(undefined)) {
      flat[name] = dated(name, value, dateTypes);
      continue;
    }
    Object.values(parts).forEach((part, index) => (flat[names[index] ?? name] ??= part));
    if (name === 'Name' && isWhole) flat.Name = fullName(flat);
  }
  return flat;
}

/** The field that holds a part of a compound by itself: `BillingAddress.Street` is BillingStreet. Others: undefined. */
function flatName(compound: string, part: string): string | undefined {
  if (compound === 'Name') return nameParts.has(part) ? part : undefined;
  const prefix = addressField.exec(compound)?.[1];
  return prefix !== undefined && addressParts.has(part) ? prefix + part : undefined;
}

/** A changed field under its REST name. */
export function flatFieldName(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : (flatName(name.slice(0, dot), name.slice(dot + 1)) ?? name);
}

/** As Salesforce composes it. */
function fullName(flat: Fields): string | undefined {
  const parts = ['FirstName', 'MiddleName', 'LastName', 'Suffix'].map((part) => flat[part]);
  const name = parts.filter((part) => typeof part === 'string' && part !== '').join(' ');
  return name === '' ? undefined : name;
}

function dated(name: string, value: unknown, dateTypes: Readonly<Record<string, DateType>>): unknown {
  const type = Object.hasOwn(dateTypes, name) ? dateTypes[name] : standardDates.get(name);
  return type === undefined ? value : restDate(type, value);
}

/** REST writes the parts of an address in lower case, events with a capital. */
function capital(part: string): string {
  return part.charAt(0).toUpperCase() + part.slice(1);
}

import { firstText, type Fields } from '../json';
import { cloudObjects } from './objects-cloud';
import { anyObject, s4Objects } from './objects-s4';
import { idocObjects } from './objects-idoc';
import type { Table } from './table';

const known = new Map<string, Table>(
  [...s4Objects, ...cloudObjects, ...idocObjects].flatMap((table) =>
    [table.nativeType.toLowerCase(), ...(table.aliases ?? [])].map((name): [string, Table] => [name, table]),
  ),
);

/** The table of an object by any of its names; undefined for one that has none. */
export function knownTable(name: string): Table | undefined {
  return known.get(name.toLowerCase());
}

/** The table of an object by any of its names; for an unknown one that which makes it a `record` under its own name. */
export function tableOf(name: string): Table {
  return knownTable(name) ?? { ...anyObject, nativeType: name };
}

/** The key of a record. Of an unknown object: the field named like it, or the only one that ends like a key. */
export function keyOf(table: Table, fields: Fields): string | undefined {
  const own = firstText(fields, [...table.keys, table.nativeType, `${table.nativeType}ID`, `${table.nativeType}UUID`]);
  if (own !== undefined) return own;
  const [only, ...others] = Object.keys(fields).filter((name) => /(id|uuid|number)$/i.test(name));
  return only === undefined || others.length > 0 ? undefined : firstText(fields, [only]);
}

/** True where the fields say no more than which record is meant. */
export function isKeyOnly(table: Table, fields: Fields): boolean {
  const names = Object.keys(fields);
  const keys = new Set([...table.keys, 'entity-id', 'displayId']);
  return names.every((name) => keys.has(name)) || (names.length === 1 && keyOf(table, fields) !== undefined);
}

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

/**
 * The key of a record. Of an unknown object: the field named like it, behind that of what it is an item of, or the only one that
 * ends like a key.
 */
export function keyOf(table: Table, fields: Fields): string | undefined {
  const parts = partsOf(table, fields);
  const told = parts.flatMap((name) => firstText(fields, [name]) ?? []);
  if (parts.length > 0 && told.length === parts.length) return told.join('/');
  const names = ['', 'ID', 'UUID', 'Code', 'Uid'].map((ending) => `${table.nativeType}${ending}`);
  const own = firstText(fields, [...table.keys, ...names]);
  if (own !== undefined) return own;
  const [only, ...others] = Object.keys(fields).filter((name) => /(id|uuid|number)$/i.test(name));
  return only === undefined || others.length > 0 ? undefined : firstText(fields, [only]);
}

/** Fields that are the key together; none where one is it alone. `PurchaseRequisitionItem` is an item of a `PurchaseRequisition`. */
function partsOf({ parts, nativeType }: Table, fields: Fields): readonly string[] {
  if (parts !== undefined || knownTable(nativeType) !== undefined) return parts ?? [];
  const isAbove = (name: string): boolean =>
    nativeType.startsWith(name) && /^(Item|ScheduleLine)/.test(nativeType.slice(name.length));
  const above = Object.keys(fields).filter(isAbove);
  return above.length === 0 ? [] : [...above.toSorted((a, b) => a.length - b.length), nativeType];
}

/** True where the fields say no more than which record is meant. */
export function isKeyOnly(table: Table, fields: Fields): boolean {
  const names = Object.keys(fields);
  const keys = new Set([...table.keys, ...partsOf(table, fields), 'entity-id', 'displayId']);
  return names.every((name) => keys.has(name)) || (names.length === 1 && keyOf(table, fields) !== undefined);
}

import type { Reference, Value } from '../org/definitions';
import type { Org } from '../org/org';
import { Refusal } from '../org/refusal';
import type { Row } from '../org/table';
import type { TableType } from '../org/table-type';
import type { Comparable, Read } from './filter';
import { attributeOf } from './render';

/** The property does not exist, or not in this spelling. */
export const noSuchProperty = (type: TableType, name: string): Refusal =>
  new Refusal(400, '0x0', `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${type.name}'.`);

const isReference = (value: Value): value is Reference =>
  typeof value === 'object' && value !== null && 'table' in value;

const plain = (value: Value): Comparable => {
  if (isReference(value)) return value.id;
  return typeof value === 'object' && value !== null ? value.join(',') : value;
};

/** Checks that a path names a property of the table, or of one that a lookup of it leads to. @throws Refusal */
export const checkProperty = (org: Org, type: TableType, path: string): void => {
  const [name = '', further] = path.split('/');
  if (further === undefined) {
    if (attributeOf(type, name) === undefined) throw noSuchProperty(type, name);
    return;
  }
  const navigation = type.navigation(name);
  if (navigation === undefined) throw noSuchProperty(type, name);
  for (const table of navigation.tables) checkProperty(org, org.table(table).type, further);
};

const readDirect = (type: TableType, row: Row, name: string): Comparable => {
  const attribute = attributeOf(type, name);
  if (attribute === undefined) throw noSuchProperty(type, name);
  return name === 'versionnumber' ? row.version : plain(row.values[attribute.name] ?? null);
};

/** Reads properties of a row for filters and orders. @throws Refusal, on reading, where one does not exist */
export const reader =
  (org: Org, type: TableType, row: Row): Read =>
  (path) => {
    const [name = '', further] = path.split('/');
    if (further === undefined) return readDirect(type, row, name);
    const navigation = type.navigation(name);
    if (navigation === undefined) throw noSuchProperty(type, name);
    const value = row.values[navigation.attribute.name] ?? null;
    if (!isReference(value) || !navigation.tables.includes(value.table)) return null;
    const target = org.table(value.table);
    const found = target.get(value.id);
    return found === undefined ? null : readDirect(target.type, found, further);
  };

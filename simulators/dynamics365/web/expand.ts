import type { Org } from '../org/org';
import { Refusal } from '../org/refusal';
import type { Row, Table } from '../org/table';
import type { TableType } from '../org/table-type';
import type { Annotations } from './annotations';
import { checkProperty } from './properties';
import { renderRow, type Shown } from './render';

/** A navigation property to show with the row, and what of it. */
interface Expansion {
  readonly navigation: string;
  readonly select?: readonly string[];
}

/** Reads `a($select=x,y),b`. @throws Refusal for options that are not simulated */
const readExpansions = (text: string): readonly Expansion[] => {
  const parts = text.match(/\w+(?:\([^)]*\))?/g) ?? [];
  return parts.map((part) => {
    const [, navigation = '', options] = /^(\w+)(?:\((.*)\))?$/.exec(part) ?? [];
    if (options === undefined || options === '') return { navigation };
    const [, select] = /^\$select=([\w,]+)$/.exec(options) ?? [];
    if (select === undefined) throw new Refusal(501, '0x80060888', `$expand with '${options}' is not simulated.`);
    return { navigation, select: select.split(',') };
  });
};

/** A collection-valued navigation property: the table whose lookup leads here, and the lookup. */
export const collectionOf = (
  org: Org,
  type: TableType,
  name: string,
): { readonly table: Table; readonly lookup: string } | undefined => {
  for (const table of org.tables) {
    for (const { name: lookup, targets = [] } of table.type.attributes) {
      if (targets.some((target) => target.table === type.name && target.collection === name)) return { table, lookup };
    }
  }
  return undefined;
};

/** The rows of a collection-valued navigation property. */
export const rowsAbout = (table: Table, lookup: string, id: string): readonly Row[] =>
  [...table.rows.values()].filter(({ values }) => {
    const value = values[lookup] ?? null;
    return typeof value === 'object' && value !== null && 'id' in value && value.id === id;
  });

const single = (org: Org, type: TableType, row: Row, expansion: Expansion, annotations: Annotations): unknown => {
  const navigation = type.navigation(expansion.navigation);
  const value = navigation === undefined ? null : (row.values[navigation.attribute.name] ?? null);
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  if (navigation?.tables.includes(value.table) !== true) return null;
  const target = org.table(value.table);
  const found = target.get(value.id);
  return found === undefined ? null : renderRow(org, target.type, found, annotations, expansion.select);
};

/** What `$expand` adds to each row. @throws Refusal where a navigation property does not exist */
export const expander = (
  org: Org,
  type: TableType,
  text: string | null,
  annotations: Annotations,
): ((row: Row) => Shown) => {
  const expansions = text === null ? [] : readExpansions(text);
  const shows = expansions.map((expansion): ((row: Row) => unknown) => {
    const { navigation: name, select = [] } = expansion;
    const tables = type.navigation(name)?.tables;
    if (tables !== undefined) {
      for (const table of tables) for (const property of select) checkProperty(org, org.table(table).type, property);
      return (row) => single(org, type, row, expansion, annotations);
    }
    const collection = collectionOf(org, type, name);
    if (collection === undefined) throw noSuchNavigation(type, name);
    const { table, lookup } = collection;
    for (const property of select) checkProperty(org, table.type, property);
    return (row) =>
      rowsAbout(table, lookup, row.id).map((found) => renderRow(org, table.type, found, annotations, expansion.select));
  });
  return (row) => Object.fromEntries(expansions.map(({ navigation }, index) => [navigation, shows[index]?.(row)]));
};

const noSuchNavigation = (type: TableType, name: string): Refusal =>
  new Refusal(400, '0x0', `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${type.name}'.`);

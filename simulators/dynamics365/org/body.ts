import { coerce } from './coerce';
import type { Reference, Values } from './definitions';
import { parseKey, rowOf, describeKey } from './keys';
import { badPayload, noSuchRow, Refusal } from './refusal';
import type { Table } from './table';
import type { TableType } from './table-type';

/** A request body for one row: column names or navigation properties to JSON values. */
export type RowBody = Readonly<Record<string, unknown>>;

/** Where the table of an entity set is found. */
interface EntitySets {
  bySet(set: string): Table | undefined;
}

/** The row a URL names: `/leads(…)`, `leads(…)` or absolute. @throws Refusal where there is no such table or row */
export const parseReference = (org: EntitySets, uri: string): Reference => {
  const path = decodeURIComponent(uri.replace(/^.*\/api\/data\/v[\d.]+\//, '').replace(/^\//, ''));
  const [, set = '', key = ''] = /^(\w+)\((.*)\)$/.exec(path) ?? [];
  const table = org.bySet(set);
  if (table === undefined) throw new Refusal(400, '0x80060888', `Resource not found for the segment '${set || path}'.`);
  const parsed = parseKey(table, key);
  const row = rowOf(table, parsed);
  if (row === undefined) throw noSuchRow(table.type.name, describeKey(parsed));
  return { table: table.type.name, id: row.id };
};

const undeclared = (type: TableType, name: string): Refusal =>
  badPayload(
    type.set,
    `An undeclared property '${name}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`,
  );

const bind = (org: EntitySets, type: TableType, name: string, raw: unknown): Values => {
  const navigation = type.navigation(name);
  if (navigation === undefined) throw undeclared(type, name);
  const { attribute, tables } = navigation;
  if (raw === null) return { [attribute.name]: null };
  if (typeof raw !== 'string') throw badPayload(type.set, `'${name}@odata.bind' must be the URL of a row.`);
  const reference = parseReference(org, raw);
  if (tables.includes(reference.table)) return { [attribute.name]: reference };
  throw badPayload(type.set, `'${name}' of '${type.name}' does not lead to '${reference.table}'.`);
};

const invalidProperty = (type: TableType, name: string): Refusal =>
  new Refusal(
    400,
    '0x0',
    `An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property '${name}' was found in entity 'Microsoft.Dynamics.CRM.${type.name}'. ---> Microsoft.OData.ODataException: Does not support untyped value in non-open type.`,
  );

/** A property that is no plain column: null clears a lookup by either name, anything else is refused. */
const readOther = (type: TableType, name: string, raw: unknown): Values => {
  const lookup = type.navigation(name)?.attribute ?? type.attribute(name);
  if (lookup !== undefined && raw === null) return { [lookup.name]: null };
  if (type.navigation(name) !== undefined) {
    throw new Refusal(501, '0x80060888', `Creating '${name}' together with its row (deep insert) is not simulated.`);
  }
  if (lookup !== undefined || /^_.*_value$/.test(name)) {
    const message =
      'CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.';
    throw new Refusal(400, '0x80048d19', message);
  }
  throw invalidProperty(type, name);
};

const readProperty = (org: EntitySets, type: TableType, name: string, raw: unknown): Values => {
  const bound = /^([^@]+)@odata\.bind$/.exec(name)?.[1];
  if (bound !== undefined) return bind(org, type, bound, raw);
  if (name.includes('@')) return {};
  const attribute = type.attribute(name);
  if (attribute === undefined || attribute.targets !== undefined) return readOther(type, name, raw);
  return attribute.readOnly === true ? {} : { [name]: coerce(type, attribute, raw) };
};

/** The columns a body sets, read-only ones left out. @throws Refusal where a property does not exist or does not fit */
export const readBody = (org: EntitySets, type: TableType, body: RowBody): Values =>
  Object.assign({}, ...Object.entries(body).map(([name, raw]) => readProperty(org, type, name, raw))) as Values;

import type { AttributeDefinition, Reference, Value } from '../org/definitions';
import { formatted } from '../org/formatted';
import type { Org } from '../org/org';
import type { Row } from '../org/table';
import type { TableType } from '../org/table-type';
import { formattedValue, lookupLogicalName, navigationProperty, type Annotations } from './annotations';

/** A row as JSON. */
export type Shown = Record<string, unknown>;

const isReference = (value: Value): value is Reference =>
  typeof value === 'object' && value !== null && 'table' in value;

/** The property of a column in the Web API: `_ownerid_value` for lookups. */
const propertyOf = ({ name, targets }: AttributeDefinition): string =>
  targets === undefined ? name : `_${name}_value`;

/** The column behind a property, if it is one. */
export const attributeOf = (type: TableType, property: string): AttributeDefinition | undefined => {
  const lookup = /^_(.+)_value$/.exec(property)?.[1];
  const attribute = type.attribute(lookup ?? property);
  if (attribute?.secret === true) return undefined;
  return attribute !== undefined && propertyOf(attribute) === property ? attribute : undefined;
};

/** The ETag of a row. */
export const etagOf = (row: Row): string => `W/"${row.version}"`;

/** The column's value in JSON. */
export const jsonValue = (attribute: AttributeDefinition, row: Row): unknown => {
  if (attribute.name === 'versionnumber') return row.version;
  const value = row.values[attribute.name] ?? null;
  if (isReference(value)) return value.id;
  if (attribute.type === 'DateTime' && typeof value === 'number') {
    return new Date(value).toISOString().replace('.000', '');
  }
  return typeof value === 'object' && value !== null ? value.join(',') : value;
};

const annotate = (
  org: Org,
  type: TableType,
  attribute: AttributeDefinition,
  row: Row,
  annotations: Annotations,
): Shown => {
  const value = attribute.name === 'versionnumber' ? row.version : (row.values[attribute.name] ?? null);
  const property = propertyOf(attribute);
  const shown: Shown = {};
  const label = formatted(type, attribute, value, (to) => org.nameOf(to));
  if (label !== undefined && annotations.wants(formattedValue)) shown[`${property}@${formattedValue}`] = label;
  if (!isReference(value)) return shown;
  const navigation = attribute.targets?.find(({ table }) => table === value.table)?.navigation;
  if (annotations.wants(lookupLogicalName)) shown[`${property}@${lookupLogicalName}`] = value.table;
  if (annotations.wants(navigationProperty)) shown[`${property}@${navigationProperty}`] = navigation;
  return shown;
};

/**
 * A row as the Web API shows it.
 * @param select properties to show in this order, the id always among them; all columns where absent
 */
export const renderRow = (
  org: Org,
  type: TableType,
  row: Row,
  annotations: Annotations,
  select?: readonly string[],
): Shown => {
  const wanted = select === undefined ? undefined : [...new Set([...select, type.id])];
  const attributes = wanted?.flatMap((property) => attributeOf(type, property) ?? []) ?? type.attributes;
  const shown: Shown = { '@odata.etag': etagOf(row) };
  for (const attribute of attributes) {
    if (attribute.secret === true) continue;
    if (annotations.isAny) Object.assign(shown, annotate(org, type, attribute, row, annotations));
    shown[propertyOf(attribute)] = jsonValue(attribute, row);
  }
  return shown;
};

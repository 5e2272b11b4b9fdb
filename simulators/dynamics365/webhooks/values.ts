import type { AttributeDefinition, Reference, Value, Values } from '../org/definitions';
import { formatted } from '../org/formatted';
import type { TableType } from '../org/table-type';
import type { Parameter, Parameters } from '../org/transaction';

/** One entry of a collection: the contract serialiser writes collections as lists of pairs. */
export interface Pair {
  readonly key: string;
  readonly value: unknown;
}

const contracts = 'http://schemas.microsoft.com/xrm/2011/Contracts';

const typed = (name: string, members: object): object => ({ __type: `${name}:${contracts}`, ...members });

const isReference = (value: Value): value is Reference =>
  typeof value === 'object' && value !== null && 'table' in value;

/** A reference without its type, as `OwningExtension` has it. */
export const bareReference = ({ table, id }: Reference, name: string | null = null): object => ({
  Id: id,
  KeyAttributes: [],
  LogicalName: table,
  Name: name,
  RowVersion: null,
});

const option = (value: number): object => typed('OptionSetValue', { Value: value });

const dated = (at: number): string => `/Date(${at})/`;

const number = (type: AttributeDefinition['type'], value: number): unknown => {
  if (type === 'Picklist' || type === 'State' || type === 'Status') return option(value);
  if (type === 'Money') return typed('Money', { Value: value });
  return type === 'DateTime' ? dated(value) : value;
};

const attributeValue = ({ type }: AttributeDefinition, value: Value, name: string | null): unknown => {
  if (value === null || typeof value === 'boolean') return value;
  if (isReference(value)) return typed('EntityReference', bareReference(value, name));
  if (typeof value === 'number') return number(type, value);
  if (typeof value === 'string') return type === 'DateOnly' ? dated(Date.parse(value)) : value;
  return value.map(option);
};

/** Moments are formatted as text with the user's offset here, UTC at the simulator. */
const formattedValue = (type: TableType, attribute: AttributeDefinition, value: Value): string | undefined => {
  if (attribute.type === 'DateTime' && typeof value === 'number') {
    return new Date(value).toISOString().replace('.000Z', '-00:00');
  }
  return isReference(value) ? undefined : formatted(type, attribute, value, () => null);
};

interface EntityForm {
  readonly isFormatted: boolean;
  /** Names of referenced rows; null everywhere where absent. */
  readonly nameOf?: (to: Reference) => string | null;
}

/** A row as contexts have it, without the type that parameters carry and images do not. */
export const entityBody = (type: TableType, id: string, values: Readonly<Values>, form: EntityForm): object => {
  const attributes: Pair[] = [];
  const labels: Pair[] = [];
  for (const [key, value] of Object.entries(values)) {
    const attribute = type.attribute(key);
    if (attribute === undefined) continue;
    const name = isReference(value) ? (form.nameOf?.(value) ?? null) : null;
    attributes.push({ key, value: attributeValue(attribute, value, name) });
    const label = form.isFormatted ? formattedValue(type, attribute, value) : undefined;
    if (label !== undefined) labels.push({ key, value: label });
  }
  return {
    Attributes: attributes,
    EntityState: null,
    FormattedValues: labels,
    Id: id,
    KeyAttributes: [],
    LogicalName: type.name,
    RelatedEntities: [],
    RowVersion: null,
  };
};

const parameterValue = (parameter: Parameter, isFormatted: boolean): unknown => {
  switch (parameter.kind) {
    case 'entity':
      return typed('Entity', entityBody(parameter.type, parameter.id, parameter.values, { isFormatted }));
    case 'reference':
      return typed('EntityReference', bareReference(parameter.reference));
    case 'references':
      return parameter.references.map((reference) => typed('EntityReference', bareReference(reference)));
    case 'relationship':
      return typed('Relationship', { PrimaryEntityRole: null, SchemaName: parameter.name });
    case 'choice':
      return option(parameter.value);
    case 'plain':
      return parameter.value;
  }
};

/** Parameters as a context lists them. */
export const parameterPairs = (parameters: Parameters, isFormatted: boolean): readonly Pair[] =>
  Object.entries(parameters).map(([key, parameter]) => ({ key, value: parameterValue(parameter, isFormatted) }));

import { createHash } from 'node:crypto';
import { parseGuid } from '../org/coerce';
import type { AttributeDefinition } from '../org/definitions';
import { Refusal } from '../org/refusal';
import type { Table } from '../org/table';
import type { TableType } from '../org/table-type';
import { notFound, type Answer, type Segment, type WebCall } from './call';
import { parseFilter, type Comparable } from './filter';

type Definition = Readonly<Record<string, unknown>>;

/** Definitions keep their id from start to start, as an organisation's do. */
const idOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
};

const labelled = (text: string): Definition => {
  const label = {
    Label: text,
    LanguageCode: 1033,
    IsManaged: true,
    MetadataId: idOf(`label ${text}`),
    HasChanged: null,
  };
  return { LocalizedLabels: [label], UserLocalizedLabel: label };
};

const tableDefinition = ({ type }: Table): Definition => ({
  MetadataId: idOf(type.name),
  LogicalName: type.name,
  SchemaName: type.definition.label ?? type.name.charAt(0).toUpperCase() + type.name.slice(1),
  EntitySetName: type.set,
  LogicalCollectionName: type.set,
  PrimaryIdAttribute: type.id,
  PrimaryNameAttribute: type.primaryName,
  ObjectTypeCode: type.definition.typeCode ?? null,
  IsActivity: type.definition.isActivity ?? false,
  IsCustomEntity: type.name.includes('_'),
  IsOptimisticConcurrencyEnabled: true,
  ChangeTrackingEnabled: type.definition.isSystem !== true,
  OwnershipType: type.definition.isOwned === false ? 'OrganizationOwned' : 'UserOwned',
  DisplayName: labelled(type.definition.label ?? type.name),
});

/** Type names of the metadata where they are not the column's own. */
const attributeTypes: Readonly<Partial<Record<AttributeDefinition['type'], string>>> = {
  DateOnly: 'DateTime',
  MultiSelectPicklist: 'Virtual',
};

const castOf = ({ type }: AttributeDefinition): string => {
  if (type === 'DateOnly') return 'DateTime';
  return type === 'Customer' || type === 'Owner' ? 'Lookup' : type;
};

const optionSet = (type: TableType, attribute: AttributeDefinition): Definition => ({
  MetadataId: idOf(`${type.name}.${attribute.name} options`),
  Name: `${type.name}_${attribute.name}`,
  Options: type.options(attribute).map(({ value, label }) => {
    const state = attribute.type === 'Status' ? { State: type.stateOf(value)?.value } : {};
    return { Value: value, Label: labelled(label), ...state };
  }),
});

const attributeDefinition = (type: TableType, attribute: AttributeDefinition): Definition => {
  const { name, maxLength, targets, readOnly } = attribute;
  const metadataType = attributeTypes[attribute.type] ?? attribute.type;
  return {
    '@odata.type': `#Microsoft.Dynamics.CRM.${castOf(attribute)}AttributeMetadata`,
    MetadataId: idOf(`${type.name}.${name}`),
    EntityLogicalName: type.name,
    LogicalName: name,
    SchemaName: name,
    AttributeType: metadataType,
    AttributeTypeName: { Value: `${attribute.type === 'DateOnly' ? 'DateTime' : attribute.type}Type` },
    IsPrimaryId: name === type.id,
    IsPrimaryName: name === type.primaryName,
    IsCustomAttribute: name.includes('_'),
    IsValidForCreate: readOnly !== true,
    IsValidForUpdate: readOnly !== true && name !== type.id,
    IsValidForRead: attribute.secret !== true,
    RequiredLevel: { Value: attribute.required === true ? 'SystemRequired' : 'None' },
    DisplayName: labelled(attribute.label ?? name),
    ...(maxLength === undefined ? {} : { MaxLength: maxLength }),
    ...(targets === undefined ? {} : { Targets: [...new Set(targets.map(({ table }) => table))] }),
    ...(attribute.type === 'DateOnly' ? { Format: 'DateOnly' } : {}),
    ...(type.options(attribute).length > 0 ? { OptionSet: optionSet(type, attribute) } : {}),
  };
};

const relationships = ({ type }: Table, call: WebCall): readonly Definition[] =>
  type.attributes.flatMap(({ name, targets = [] }) =>
    targets.map(({ table, navigation, collection }) => ({
      MetadataId: idOf(`${type.name}.${name}.${table}.${navigation}`),
      SchemaName: collection ?? `${type.name}_${navigation}`,
      RelationshipType: 'OneToManyRelationship',
      ReferencingEntity: type.name,
      ReferencingAttribute: name,
      ReferencingEntityNavigationPropertyName: navigation,
      ReferencedEntity: table,
      ReferencedAttribute: call.context.org.table(table).type.id,
      ReferencedEntityNavigationPropertyName: collection ?? null,
    })),
  );

const keys = ({ type }: Table): readonly Definition[] =>
  Object.entries(type.keys).map(([name, columns]) => ({
    MetadataId: idOf(`${type.name} key ${name}`),
    LogicalName: name,
    SchemaName: name,
    EntityLogicalName: type.name,
    KeyAttributes: columns,
    EntityKeyIndexStatus: 'Active',
  }));

const at = (definition: Definition, path: string): Comparable => {
  let value: unknown = definition;
  for (const name of path.split('/')) value = (value as Definition | null | undefined)?.[name] ?? null;
  return typeof value === 'object' ? null : (value as Comparable);
};

const selected = (call: WebCall, definition: Definition): Definition => {
  const select = call.query.get('$select');
  if (select === null) return definition;
  const kept = [
    ...select.split(','),
    ...(call.query.get('$expand') ?? '').split(',').map((part) => part.split('(')[0]),
  ];
  const wanted = new Set([...kept, '@odata.type', 'MetadataId']);
  return Object.fromEntries(Object.entries(definition).filter(([name]) => wanted.has(name)));
};

const list = (call: WebCall, name: string, definitions: readonly Definition[]): Answer => {
  const filter = call.query.get('$filter');
  const fits = filter === null ? undefined : parseFilter(filter, call.query);
  const wanted = definitions.filter((definition) => fits?.((path) => at(definition, path)) ?? true);
  const context = `${call.context.root}/$metadata#${name}`;
  return { status: 200, body: { '@odata.context': context, value: wanted.map((one) => selected(call, one)) } };
};

const one = (call: WebCall, name: string, definition: Definition): Answer => ({
  status: 200,
  body: { '@odata.context': `${call.context.root}/$metadata#${name}/$entity`, ...selected(call, definition) },
});

/** `LogicalName='lead'` or a MetadataId. */
const named = (definitions: readonly Definition[], key: string): Definition => {
  const logical = /^LogicalName='([^']*)'$/.exec(key)?.[1];
  const id = parseGuid(key);
  const found = definitions.find(({ LogicalName, MetadataId }) => LogicalName === logical || MetadataId === id);
  if (found !== undefined) return found;
  throw new Refusal(404, '0x80060888', `Could not find an entity definition with ${key}.`);
};

const attributes = (call: WebCall, { type }: Table, segment: Segment, cast: string | undefined): Answer => {
  const wanted = type.attributes.map((attribute) => attributeDefinition(type, attribute));
  const ofType = wanted.filter(
    (definition) => cast === undefined || definition['@odata.type'] === `#${cast.replace(/^#/, '')}`,
  );
  const context = `EntityDefinitions('${type.name}')/Attributes`;
  return segment.key === undefined ? list(call, context, ofType) : one(call, context, named(ofType, segment.key));
};

/** Answers below `EntityDefinitions`: tables, their columns, keys and lookups. Reading only. @throws Refusal */
export const readMetadata = (call: WebCall): Answer => {
  const [root, part, cast] = call.segments;
  const { org } = call.context;
  const definitions = org.tables.map(tableDefinition);
  if (root?.key === undefined) return list(call, 'EntityDefinitions', definitions);
  const definition = named(definitions, root.key);
  if (part === undefined) return one(call, 'EntityDefinitions', definition);
  const table = org.table(String(definition['LogicalName']));
  switch (part.name) {
    case 'Attributes':
      return attributes(call, table, part, cast?.name);
    case 'Keys':
      return list(call, 'EntityDefinitions/Keys', keys(table));
    case 'ManyToOneRelationships':
      return list(call, 'EntityDefinitions/ManyToOneRelationships', relationships(table, call));
    default:
      throw notFound(part.name);
  }
};

import { type EntityName, entityNames } from './entity';
import { type SchemaDocument, schemas } from './generated/schemas';

/** Names of an entity's own fields, in the schema's order, `attributes` included. */
export function entityFields(entity: EntityName): readonly string[] {
  return Object.keys(propertiesOf(schemas[entity]));
}

/** Every type that an event about a record can have: each entity with each kind of change. */
export function eventTypes(): readonly string[] {
  return entityNames.flatMap((entity) => propertiesOf(schemas[`${entity}Event`]).type?.enum as readonly string[]);
}

function propertiesOf(schema: SchemaDocument): Readonly<Record<string, SchemaDocument>> {
  return schema.properties as Readonly<Record<string, SchemaDocument>>;
}

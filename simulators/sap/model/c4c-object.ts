import { properties, type EntityType, type Navigation } from './entity-type';

/** What every business object has. */
const common = `
  ObjectID String(70) key readonly
  UUID Guid readonly
  ID String(35) readonly
  CreatedBy String(480) readonly
  CreationDateTime DateTimeOffset readonly
  ChangedBy String(480) readonly
  LastChangeDateTime DateTimeOffset readonly
  EntityLastChangedOn DateTimeOffset readonly
  ETag DateTimeOffset readonly
`;

/** The navigation to what lies below an object. */
export const children = (name: string, to: string): Navigation => ({
  name,
  to,
  many: true,
  on: [['ObjectID', 'ParentObjectID']],
});

/** A business object with the common properties. */
export const object = (
  set: string,
  name: string,
  own: string,
  navigations: readonly Navigation[] = [],
  deletable = true,
): EntityType => ({ set, name, etag: true, deletable, properties: properties(common + own), navigations });

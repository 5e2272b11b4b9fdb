import { entityNames } from '../../../canonical-schema/entity';
import type { Mapping } from '../../contract';
import type { MappedRecord } from '../../kit/canonical-event';
import { type FieldKind, fitToEntity, kindsOf } from '../../kit/entity-kinds';
import { textOf } from '../../kit/json';
import { compileMapping } from '../../kit/mapping';
import type { Fields, NativeType } from '../native';
import { keptNative, resources } from './resources';
import { instantOf } from './text';

/**
 * Maps a resource: the built-in places first, the tenant's expressions over them. Expressions stand under the entity's name or
 * Graph's own of the type (`microsoft.graph.message`); `entity` under the latter says as which entity the resource counts.
 * Rejects with Unmappable for one that fails.
 */
export async function mapRecord(
  nativeType: NativeType,
  resource: Fields,
  mapping: Mapping,
): Promise<Pick<MappedRecord, 'entity' | 'fields' | 'attributes' | 'native'>> {
  const native = membersOf(resource);
  const table = resources[nativeType];
  const typeName = `microsoft.graph.${nativeType}`;
  const compiled = compileMapping(mapping);
  const { entity: named, ...ownValues } = await compiled.evaluate(typeName, native);
  const entity = entityNames.find((name) => name === named) ?? table.entity;
  const values = { ...(await compiled.evaluate(entity, native)), ...ownValues };
  const isPlaced = (field: string): boolean => entity === table.entity || kindsOf(entity).has(field);
  const builtIn: Record<string, unknown> = {};
  const used = new Set<string>();
  for (const [name, value] of Object.entries(native)) {
    for (const { field, make } of placesOf(nativeType, name)) {
      const made = isPlaced(field) ? make(value, native) : undefined;
      if (made === undefined) continue;
      if (!keptNative.has(name)) used.add(name);
      builtIn[field] = joined(builtIn[field], made);
    }
  }
  const { fields, attributes } = fitToEntity(entity, values, fitted);
  const unused = Object.fromEntries(Object.entries(native).filter(([name]) => !used.has(name)));
  const constants = entity === table.entity ? table.constants : {};
  return {
    entity,
    fields: { ...constants, ...builtIn, ...fields },
    attributes: entity === 'record' ? { ...unused, ...attributes } : attributes,
    native: entity === 'record' ? {} : unused,
  };
}

/** Members with a value; what the protocol says of them left out. */
function membersOf(resource: Fields): Fields {
  const isTold = (name: string, value: unknown): boolean =>
    value !== null &&
    value !== undefined &&
    name !== 'id' &&
    !name.includes('@') &&
    name !== 'singleValueExtendedProperties';
  return Object.fromEntries(Object.entries(resource).filter(([name, value]) => isTold(name, value)));
}

function placesOf(nativeType: NativeType, name: string): (typeof resources)[NativeType]['members'][string] {
  const { members } = resources[nativeType];
  return Object.hasOwn(members, name) ? (members[name] ?? []) : [];
}

/** Participants come by their roles. */
function joined(known: unknown, made: unknown): unknown {
  return Array.isArray(known) && Array.isArray(made) ? [...(known as unknown[]), ...(made as unknown[])] : made;
}

/** How texts must look; a relation cannot be made of one. */
const texts: Readonly<Record<'text' | 'date' | 'currency' | 'decimal', RegExp>> = {
  text: /./s,
  date: /^\d{4}-\d\d-\d\d$/,
  currency: /^[A-Z]{3}$/,
  decimal: /^-?\d{1,30}(\.\d{1,18})?$/,
};

/** A value that a tenant's expression made, as the field holds it; undefined where it does not fit. */
function fitted(kind: FieldKind, value: unknown): unknown {
  switch (kind) {
    case 'relation':
      return undefined;
    case 'instant':
      return instantOf(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'count':
      return isCount(value) ? value : undefined;
    default:
      return fittedText(kind, value);
  }
}

function fittedText(kind: keyof typeof texts, value: unknown): string | undefined {
  const text = typeof value === 'number' && kind === 'decimal' ? String(value) : (textOf(value) ?? '');
  return texts[kind].test(text) ? text : undefined;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

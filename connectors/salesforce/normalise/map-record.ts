import { type EntityName, entityNames } from '../../../canonical-schema/entity';
import type { Mapping } from '../../contract';
import type { MappedRecord } from '../../kit/canonical-event';
import { compileMapping } from '../../kit/mapping';
import type { Fields } from '../native';
import { fitToEntity, kindsOf } from '../../kit/entity-kinds';
import type { Table } from './standard-objects';
import type { Told } from './told';
import { addressOf, placeOf, tableOf } from './tables';
import { convert } from './values';

/**
 * Maps native fields: the built-in table first, the tenant's expressions over it. Expressions stand under the entity's name
 * or the native type's own; `entity` under the latter says as which entity a custom object counts.
 * A text that is only told as a diff stays native: it is not the field's value.
 * Rejects with Unmappable for an expression that fails.
 */
export async function mapRecord(
  { id, nativeType, fields: all, diff }: Pick<Told, 'nativeType' | 'fields' | 'diff'> & { readonly id: string },
  mapping: Mapping,
): Promise<MappedRecord> {
  const isDiff = (name: string): boolean => diff.includes(name);
  const native = select(all, (name) => !isDiff(name));
  const table = tableOf(nativeType);
  const compiled = compileMapping(mapping);
  const { entity: named, ...ownValues } = await compiled.evaluate(nativeType, { Id: id, ...native });
  const entity = entityNames.find((name) => name === named) ?? table.entity;
  const values = { ...(await compiled.evaluate(entity, { Id: id, ...native })), ...ownValues };
  const builtIn = mapBuiltIn(table, native, entity);
  const { fields, attributes } = fitToEntity(entity, values, convert);
  const targets = compiled.targets(entity, nativeType);
  // An expression that computes something from a field does not tell the field's value: that stays native.
  const isBare = (target: string, name: string): boolean =>
    [nativeType, entity].some((key) => mapping[key]?.[target]?.trim() === name);
  const isUsed = (name: string): boolean =>
    builtIn.used.has(name) ||
    (targets.get(name) ?? []).some((target) => isBare(target, name) && values[target] !== undefined);
  const isRecord = entity === 'record';
  const namesBy = (place: (field: string) => string | undefined) => (field: string) => {
    const own = (targets.get(field) ?? []).map((target) =>
      kindsOf(entity).has(target) ? target : `attributes.${target}`,
    );
    const names = [...[place(field) ?? []].flat(), ...own];
    return names.length === 0 ? [field] : names;
  };
  return {
    entity,
    fields: { ...table.constants, ...builtIn.fields, ...fields },
    attributes: isRecord ? { ...select(native, (name) => !isUsed(name)), ...attributes } : attributes,
    native: select(all, (name) => isDiff(name) || !(isRecord || isUsed(name))),
    namesOf: namesBy((field) => placeOf(table, field)?.field ?? addressOf(table, field)),
    pathsOf: namesBy((field) => {
      const place = placeOf(table, field);
      if (place === undefined) return addressOf(table, field);
      return place.part === undefined ? place.field : `${place.field}.${place.part}`;
    }),
  };
}

function select(fields: Fields, isWanted: (name: string) => boolean): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => isWanted(name)));
}

/** @param entity another one than the table's where the tenant said so: then only the fields that both have */
function mapBuiltIn(table: Table, native: Fields, entity: EntityName): { fields: Fields; used: ReadonlySet<string> } {
  const isPlaced = (field: string): boolean => entity === table.entity || kindsOf(entity).has(field);
  const fields: Record<string, unknown> = {};
  const used = new Set<string>();
  for (const [name, value] of Object.entries(native)) {
    const place = placeOf(table, name);
    const converted = place === undefined ? undefined : convert(place.kind, value);
    if (place === undefined || converted === undefined || !isPlaced(place.field)) continue;
    used.add(name);
    const { field, part } = place;
    fields[field] = part === undefined ? converted : { ...(fields[field] as Fields | undefined), [part]: converted };
  }
  return { fields, used };
}

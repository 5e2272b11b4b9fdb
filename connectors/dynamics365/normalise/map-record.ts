import type { EntityName } from '../../../canonical-schema/entity';
import type { Mapping } from '../../contract';
import type { MappedRecord } from '../../kit/canonical-event';
import { compileMapping } from '../../kit/mapping';
import type { Fields } from '../native';
import { fitToEntity, kindsOf } from '../../kit/entity-kinds';
import type { Table } from './standard-tables';
import { idColumnOf, type Place, placesOf, tableOf } from './tables';
import { convert, entityNamed, fitted, isWhole } from './values';

/**
 * Maps native fields: the built-in table first, the tenant's expressions over it. Expressions stand under the entity's name or
 * the table's own; `entity` under the latter says as which entity a custom table counts. Null is an empty column.
 * Rejects with Unmappable for an expression that fails.
 */
export async function mapRecord(
  { nativeType, recordId, fields: told }: { nativeType: string; recordId: string; fields: Fields },
  mapping: Mapping,
): Promise<MappedRecord> {
  const idColumn = idColumnOf(nativeType);
  const native = select(told, (name, value) => value !== null && value !== undefined && name !== idColumn);
  const table = tableOf(nativeType);
  const compiled = compileMapping(mapping);
  const input = { ...native, [idColumn]: recordId };
  const { entity: named, ...ownValues } = await compiled.evaluate(nativeType, input);
  const entity = entityNamed(named) ?? table.entity;
  const values = { ...(await compiled.evaluate(entity, input)), ...ownValues };
  const builtIn = mapBuiltIn(table, native, { entity, nativeType });
  const { fields, attributes } = fitToEntity(entity, values, fitted);
  const targets = compiled.targets(entity, nativeType);
  // An expression that computes something from a field does not tell the field's value: that stays native.
  const isBare = (target: string, name: string): boolean =>
    [nativeType, entity].some((key) => mapping[key]?.[target]?.trim() === name);
  const isUsed = (name: string): boolean =>
    builtIn.used.has(name) ||
    (targets.get(name) ?? []).some((target) => isBare(target, name) && values[target] !== undefined);
  const unused = select(native, (name) => !isUsed(name));
  const isRecord = entity === 'record';
  const namesBy = (nameOf: (place: Place) => string) => (field: string) => {
    const own = (targets.get(field) ?? []).map((target) =>
      kindsOf(entity).has(target) ? target : `attributes.${target}`,
    );
    const names = [...placesIn(table, nativeType, field).map(nameOf), ...own];
    return names.length === 0 ? [field] : [...new Set(names)];
  };
  return {
    entity,
    fields: { ...table.constants, ...builtIn.fields, ...fields },
    attributes: isRecord ? { ...unused, ...attributes } : attributes,
    native: isRecord ? {} : unused,
    namesOf: namesBy(({ field }) => field),
    pathsOf: namesBy(({ field, part }) => (part === undefined ? field : `${field}.${part}`)),
  };
}

function select(fields: Fields, isWanted: (name: string, value: unknown) => boolean): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => isWanted(name, value)));
}

/** The primary name of a custom table is called `<prefix>_name` unless somebody called it otherwise. */
function placesIn(table: Table, nativeType: string, field: string): readonly Place[] {
  if (table.entity !== 'record') return placesOf(table, field);
  const prefix = /^([a-z0-9]+)_/.exec(nativeType)?.[1];
  const isName = field === 'name' || (prefix !== undefined && field === `${prefix}_name`);
  return isName ? [{ field: 'name', rule: 'text' }] : placesOf(table, field);
}

/** @param as the entity: another one than the table's where the tenant said so, then only the fields that both have */
function mapBuiltIn(
  table: Table,
  native: Fields,
  as: { readonly entity: EntityName; readonly nativeType: string },
): { fields: Fields; used: ReadonlySet<string> } {
  const isPlaced = (field: string): boolean => as.entity === table.entity || kindsOf(as.entity).has(field);
  const fields: Record<string, unknown> = {};
  const used = new Set<string>();
  for (const name of Object.keys(native)) {
    for (const place of placesIn(table, as.nativeType, name)) {
      const value = convert(place.rule, name, native);
      if (value === undefined || !isPlaced(place.field)) continue;
      if (isWhole(place.rule)) used.add(name);
      fields[place.field] = joined(fields[place.field], place.part === undefined ? value : { [place.part]: value });
    }
  }
  return { fields, used };
}

/** The parts of an address come one by one, the participants of an activity by their roles. */
function joined(known: unknown, value: unknown): unknown {
  if (Array.isArray(known) && Array.isArray(value)) return [...(known as unknown[]), ...(value as unknown[])];
  const isObject = (one: unknown): one is object => typeof one === 'object' && one !== null;
  return isObject(known) && isObject(value) ? { ...known, ...value } : value;
}

import { type EntityName, entityNames } from '../../../canonical-schema/entity';
import type { Mapping } from '../../contract';
import { fitToEntity, kindsOf } from '../../kit/entity-kinds';
import type { MappedRecord } from '../../kit/canonical-event';
import { compileMapping } from '../../kit/mapping';
import type { Fields } from '../json';
import { leavesOf, valueAt, withoutPaths } from './paths';
import type { Table } from './table';
import type { Told } from './told';
import { convert, type Kind } from './values';

/**
 * Maps native fields: the built-in table first, the tenant's expressions over it. Expressions stand under the entity's name
 * or the native type's own; `entity` under the latter says as which entity an object counts.
 * Rejects with Unmappable for an expression that fails.
 */
export async function mapRecord({ table, id, fields }: Told, mapping: Mapping): Promise<MappedRecord> {
  const compiled = compileMapping(mapping);
  const { nativeType } = table;
  const { entity: named, ...ownValues } = await compiled.evaluate(nativeType, fields);
  const entity = entityNames.find((name) => name === named) ?? table.entity;
  const values = { ...(await compiled.evaluate(entity, fields)), ...ownValues };
  const builtIn = mapBuiltIn(table, fields, entity);
  const own = fitToEntity(entity, values, (kind, value) => (kind === 'relation' ? undefined : convert(kind, value)));
  const targets = compiled.targets(entity, nativeType);
  // An expression that computes something from a field does not tell the field's value: that stays native.
  const bare = bareTargets(mapping, [entity, nativeType]);
  const told = [...bare].flatMap(([path, names]) => (names.some((name) => values[name] !== undefined) ? [path] : []));
  const rest = withoutPaths(fields, new Set([...builtIn.used, ...told, ...keyPaths(table, fields, id)]));
  const isRecord = entity === 'record';
  const names = (place: (target: string) => string) => (path: string) => {
    const all = [
      ...table.rules.filter(([, , ...sources]) => sources.includes(path)).map(([target]) => place(target)),
      ...[...(targets.get(path) ?? []), ...(bare.get(path) ?? [])].map((target) =>
        kindsOf(entity).has(target) ? target : `attributes.${target}`,
      ),
    ];
    return all.length > 0 ? [...new Set(all)] : [path];
  };
  return {
    entity,
    fields: { ...(entity === table.entity ? table.constants : {}), ...builtIn.fields, ...own.fields },
    attributes: isRecord ? { ...rest, ...own.attributes } : own.attributes,
    native: isRecord ? {} : rest,
    namesOf: names((target) => target.split('.')[0] ?? target),
    pathsOf: names((target) => target),
  };
}

/** Fields that hold nothing but the record's key. */
function keyPaths({ keys, nativeType }: Table, fields: Fields, id: string): readonly string[] {
  return [...keys, nativeType].filter((path) => valueAt(fields, path) === id);
}

/** @param entity another one than the table's where the tenant said so: then only the fields that both have */
function mapBuiltIn(table: Table, native: Fields, entity: EntityName): { fields: Fields; used: readonly string[] } {
  const fields: Record<string, unknown> = {};
  const used: string[] = [];
  for (const [target, kind, ...sources] of table.rules) {
    const [field = target, part] = target.split('.');
    if (part === undefined && fields[field] !== undefined) continue;
    if (entity !== table.entity && !kindsOf(entity).has(field)) continue;
    const found = valueOf(kind, sources, native);
    if (found === undefined) continue;
    // What one rule has taken, another may take, too: a status tells the state and whether it is the end.
    if (convertsWhole(kind)) used.push(found.source);
    const whole = fields[field] as Fields | undefined;
    fields[field] = part === undefined ? found.value : { ...whole, [part]: found.value };
  }
  return { fields, used };
}

/** A yes or no keeps less than the native value says. */
function convertsWhole(kind: Kind): boolean {
  return kind !== 'closed' && kind !== 'direction';
}

function valueOf(
  kind: Kind,
  sources: readonly string[],
  native: Fields,
): { readonly source: string; readonly value: unknown } | undefined {
  for (const source of sources) {
    const value = convert(kind, valueAt(native, source));
    if (value !== undefined) return { source, value };
  }
  return undefined;
}

/** The tenant's targets by the path that their expression is, and nothing more. */
function bareTargets(mapping: Mapping, keys: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>();
  for (const [target, expression] of keys.flatMap((key) => Object.entries(mapping[key] ?? {}))) {
    const path = expression.trim();
    targets.set(path, [...(targets.get(path) ?? []), target]);
  }
  return targets;
}

/** Paths whose value differs between two images of a record, without what says when and by whom it was changed. */
export function differing(before: Fields, after: Fields): readonly string[] {
  const old = leavesOf(before);
  const now = leavesOf(after);
  const paths = [...new Set([...now.keys(), ...old.keys()])].filter((path) => !path.startsWith('adminData.'));
  return paths.filter((path) => JSON.stringify(old.get(path)) !== JSON.stringify(now.get(path)));
}

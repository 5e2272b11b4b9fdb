import { type EntityName, entityNames } from '../../canonical-schema/entity';
import { schemas } from '../../canonical-schema/generated/schemas';

/** How a plain field holds its value. */
export type FieldKind = 'text' | 'relation' | 'decimal' | 'count' | 'boolean' | 'date' | 'instant' | 'currency';

interface Property {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly properties?: object;
}

const byFormat: Readonly<Record<string, FieldKind>> = { 'date-time': 'instant', date: 'date' };
const byType: Readonly<Record<string, FieldKind>> = { string: 'text', integer: 'count', boolean: 'boolean' };
/** A pattern is known by what it takes. A task's `due` is a day or an instant; Salesforce keeps the day. */
const bySample: readonly (readonly [sample: string, kind: FieldKind])[] = [
  ['-1.5', 'decimal'],
  ['EUR', 'currency'],
  ['2025-03-01', 'date'],
];

/** Not for a mapping to set: they are what the record is. */
const identity = new Set(['id', 'nativeType', 'attributes']);

function kindOf({ type = '', format, pattern, enum: values, properties = {} }: Property): FieldKind | undefined {
  if (type === 'object') return Object.keys(properties).join() === 'entity,id' ? 'relation' : undefined;
  if (format !== undefined) return byFormat[format];
  if (pattern !== undefined) return bySample.find(([sample]) => new RegExp(pattern).test(sample))?.[1];
  return values === undefined ? byType[type] : undefined;
}

const kinds = new Map(
  entityNames.map((entity) => [
    entity,
    new Map(
      Object.entries(schemas[entity].properties as Readonly<Record<string, Property>>).flatMap(
        ([field, property]): [string, FieldKind][] => {
          const kind = identity.has(field) ? undefined : kindOf(property);
          return kind === undefined ? [] : [[field, kind]];
        },
      ),
    ),
  ]),
);

/** How an entity's plain fields hold their values, as its schema says; addresses, lists and closed choices left out. */
export function kindsOf(entity: EntityName): ReadonlyMap<string, FieldKind> {
  return kinds.get(entity) ?? new Map<string, FieldKind>();
}

/**
 * A tenant's values: in the entity's field of that name where they fit it, else in the attributes.
 * @param convert a value as the kind holds it; undefined where it is none
 */
export function fitToEntity(
  entity: EntityName,
  values: Readonly<Record<string, unknown>>,
  convert: (kind: FieldKind, value: unknown) => unknown,
): { readonly fields: Readonly<Record<string, unknown>>; readonly attributes: Readonly<Record<string, unknown>> } {
  const fields: Record<string, unknown> = {};
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    const kind = kindsOf(entity).get(name);
    const converted = kind === undefined ? undefined : convert(kind, value);
    if (converted === undefined) attributes[name] = value;
    else fields[name] = converted;
  }
  return { fields, attributes };
}

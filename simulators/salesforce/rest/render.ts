import { isCompound, type FieldDefinition, type Value } from '../org/definitions';
import type { ObjectType, Values } from '../org/object-type';

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** `2024-05-01T10:00:00.000+0000`, the one datetime form of the REST API. */
const renderDatetime = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

const compoundValue = (type: ObjectType, field: FieldDefinition, values: Values): unknown => {
  const parts = [...(type.compounds.get(field.name) ?? [])].map(
    ([part, name]) => [part, values[name] ?? null] as const,
  );
  if (parts.every(([, value]) => value === null)) return null;
  if (field.type === 'personname') {
    const name = parts.filter(([part, value]) => part !== 'Salutation' && value !== null).map(([, value]) => value);
    return name.join(' ');
  }
  return Object.fromEntries(parts.map(([part, value]) => [lowerFirst(part), value]));
};

/** A field's value as text or number for comparisons: compounds assembled, the rest as stored. */
export const storedValue = (type: ObjectType, field: FieldDefinition, values: Values): Value => {
  if (!isCompound(field)) return values[field.name] ?? null;
  const value = compoundValue(type, field, values);
  return typeof value === 'string' ? value : null;
};

/** A field's value as the REST API writes it. */
export const renderValue = (type: ObjectType, field: FieldDefinition, values: Values): unknown => {
  if (isCompound(field)) return compoundValue(type, field, values);
  const value = values[field.name] ?? null;
  return field.type === 'datetime' && typeof value === 'number' ? renderDatetime(value) : value;
};

/** A record with the given fields (all where absent), with `attributes` first. */
export const renderRecord = (
  type: ObjectType,
  values: Values,
  dataPath: string,
  fields: readonly FieldDefinition[] = type.fields,
): Record<string, unknown> => {
  const record: Record<string, unknown> = {
    attributes: { type: type.name, url: `${dataPath}/sobjects/${type.name}/${String(values['Id'])}` },
  };
  for (const field of fields) record[field.name] = renderValue(type, field, values);
  return record;
};

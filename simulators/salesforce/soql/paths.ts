import type { FieldDefinition, Value } from '../org/definitions';
import { ObjectType, type Values } from '../org/object-type';
import type { Org } from '../org/org';
import { Refusal } from '../org/refusal';
import type { Row, Table } from '../org/table';
import { storedValue } from '../rest/render';

/** A field path made ready: the references to follow, then the field. */
export interface ResolvedPath {
  readonly steps: readonly { readonly name: string; readonly field: FieldDefinition }[];
  readonly type: ObjectType;
  readonly field: FieldDefinition;
}

const noColumn = (name: string, type: ObjectType): Refusal =>
  new Refusal(
    400,
    'INVALID_FIELD',
    `No such column '${name}' on entity '${type.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

/** `Who.Type` and its like: fields of whatever object a polymorphic reference points to. */
const typeField: FieldDefinition = { name: 'Type', type: 'string' };

/** Finds the field a path such as `Owner.Name` names. @throws Refusal INVALID_FIELD */
export const resolvePath = (org: Org, type: ObjectType, path: string): ResolvedPath => {
  const names = path.split('.');
  // `Lead.Name` inside a query on Lead is `Name`.
  if (names.length > 1 && names[0]?.toLowerCase() === type.name.toLowerCase()) names.shift();
  const last = names.pop() ?? '';
  let current = type;
  const steps = names.map((name) => {
    const field = current.fields.find(
      (candidate) =>
        candidate.type === 'reference' && ObjectType.relationshipName(candidate).toLowerCase() === name.toLowerCase(),
    );
    if (field === undefined) {
      throw new Refusal(400, 'INVALID_FIELD', `Didn't understand relationship '${name}' in field path.`);
    }
    const target = org.find(field.referenceTo?.[0] ?? '');
    if (target !== undefined) current = target.type;
    return { name: ObjectType.relationshipName(field), field };
  });
  const field = steps.length > 0 && last.toLowerCase() === 'type' ? typeField : current.field(last);
  if (field === undefined) throw noColumn(last, current);
  return { steps, type: current, field };
};

/** The record a path's references lead to. */
export const follow = (
  org: Org,
  path: ResolvedPath,
  values: Values,
): { type: ObjectType; values: Values } | undefined => {
  let current: { type: ObjectType; values: Values } | undefined = { type: path.type, values };
  for (const { field } of path.steps) {
    const id: Value = current?.values[field.name] ?? null;
    if (typeof id !== 'string') return undefined;
    const table: Table | undefined = org.tableOfId(id);
    const row: Row | undefined = table?.get(id);
    current = table === undefined || row === undefined ? undefined : { type: table.type, values: row.values };
  }
  return current;
};

/** A path's value for comparisons and ordering. */
export const valueAt = (org: Org, path: ResolvedPath, values: Values): Value => {
  if (path.steps.length === 0) return storedValue(path.type, path.field, values);
  const found = follow(org, path, values);
  if (found === undefined) return null;
  if (path.field === typeField) return found.type.name;
  const field = found.type.field(path.field.name);
  return field === undefined ? null : storedValue(found.type, field, found.values);
};

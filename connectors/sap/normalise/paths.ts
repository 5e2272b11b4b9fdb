import { type Fields, objectOf, ownOf } from '../json';

/** Fields that OData adds about the row itself, and links to what was not read along. */
const isAboutRow = (name: string, value: unknown): boolean =>
  name === '__metadata' || name.startsWith('@odata.') || objectOf(objectOf(value)?.__deferred) !== undefined;

/** Fields without OData's own, on every level. */
export function plainFields(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
      if (isAboutRow(name, value)) return [];
      const inner = objectOf(value);
      return [[name, inner === undefined ? value : plainFields(inner)]];
    }),
  );
}

/** The value at a path: a field of that very name, or one within another. */
export function valueAt(fields: Fields, path: string): unknown {
  const own = ownOf(fields, path);
  if (own !== undefined) return own;
  const dot = path.indexOf('.');
  const inner = dot < 0 ? undefined : objectOf(ownOf(fields, path.slice(0, dot)));
  return inner === undefined ? undefined : valueAt(inner, path.slice(dot + 1));
}

/** Paths of the values that are no objects; a localised text counts as one value. */
export function leavesOf(fields: Fields, prefix = ''): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  for (const [name, value] of Object.entries(fields)) {
    const inner = objectOf(value);
    if (inner === undefined || 'content' in inner) leaves.set(prefix + name, value);
    else for (const [path, leaf] of leavesOf(inner, `${prefix}${name}.`)) leaves.set(path, leaf);
  }
  return leaves;
}

/** The fields without those at the paths, and without objects that are empty then; blanks and nulls left out, being unknown. */
export function withoutPaths(fields: Fields, paths: ReadonlySet<string>, prefix = ''): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
      const path = prefix + name;
      if (paths.has(path) || isBlank(value)) return [];
      const inner = objectOf(value);
      if (inner === undefined) return [[name, value]];
      const rest = withoutPaths(inner, paths, `${path}.`);
      return Object.keys(rest).length === 0 ? [] : [[name, rest]];
    }),
  );
}

/** SAP writes what it does not know as an empty text. */
function isBlank(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

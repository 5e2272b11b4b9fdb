export const text = { type: 'string', minLength: 1 } as const;
export const number = { type: 'number' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
export const pair = { type: 'array', items: number, minItems: 2, maxItems: 2 } as const;
/** Keys, dot by dot. */
export const path = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$' } as const;

/** An object with these keys and no other, all of them required but the optional ones. */
export const strictObject = <P extends Record<string, unknown>>(properties: P, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  additionalProperties: false,
});

/**
 * The same schema, in which each part that stands in several places (as one object) is defined once and referred to: the
 * compiler writes a function for it instead of its code at every place.
 */
export function definedOnce(schema: object): object {
  const places = new Map<object, number>();
  const count = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const before = places.get(part) ?? 0;
    places.set(part, before + 1);
    if (before === 0) Object.values(part).forEach(count);
  };
  count(schema);
  const names = new Map([...places].filter(isWorthIt).map(([part], at) => [part, `part${at}`] as const));
  const written = (part: unknown, isDefinition = false): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    const name = names.get(part);
    if (name !== undefined && !isDefinition) return { $ref: `#/$defs/${name}` };
    if (Array.isArray(part)) return part.map((one) => written(one));
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, written(value)]));
  };
  const definitions = [...names].map(([part, name]) => [name, written(part, true)] as const);
  return { ...(written(schema) as object), $defs: Object.fromEntries(definitions) };
}

/** A schema of an object or a choice: what is smaller is as short where it stands. */
function isWorthIt([part, times]: readonly [object, number]): boolean {
  return (
    times > 1 &&
    'type' in part &&
    typeof part.type === 'string' &&
    ('properties' in part || 'oneOf' in part || 'items' in part)
  );
}

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

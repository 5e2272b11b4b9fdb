import { count, pair, path, strictObject, text } from '../schema-parts';

const name = { type: 'string', pattern: '^[a-z][A-Za-z0-9]*$' } as const;
const hours = { type: 'number', exclusiveMinimum: 0 } as const;
const natural = { type: 'integer', minimum: 1 } as const;
const unusable = { enum: ['abstain', 'refuse'] } as const;

const told = strictObject(
  {
    ...{ name, column: text, path, label: text },
    kind: { enum: ['number', 'text'] },
    range: pair,
    missing: { enum: ['unknown', 'abstain', 'refuse'] },
    invalid: unusable,
    outOfRange: unusable,
  },
  ['range'],
);

const value = {
  type: 'object',
  required: ['by'],
  discriminator: { propertyName: 'by' },
  oneOf: [
    strictObject({ name, by: { const: 'count' }, withinHours: hours }),
    strictObject({ name, by: { const: 'sum' }, of: name, withinHours: hours }),
    strictObject({ name, by: { const: 'hoursSince' } }),
    strictObject({ name, by: { const: 'last' }, of: name, back: count }),
    strictObject({ name, by: { const: 'had' }, of: name, value: text }),
    strictObject({ name, by: { const: 'deviation' }, of: name }),
    strictObject({ name, by: { const: 'rate' }, hours }),
    strictObject({ name, by: { const: 'rhythm' }, of: name, what: name, hours: natural, learnDays: natural }),
  ],
};

/** JSON Schema of a manifest's `history`; `History` is its type. */
export const historySchema = strictObject(
  {
    series: strictObject({
      column: text,
      paths: { type: 'array', items: path, minItems: 1 },
      label: text,
      missing: unusable,
    }),
    peers: strictObject({ column: text, path }),
    time: strictObject({ column: text, invalid: unusable, outOfOrder: unusable }),
    told: { type: 'array', items: told },
    most: { type: 'integer', minimum: 1 },
    values: { type: 'array', items: value, minItems: 1 },
  },
  ['peers'],
);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Action, ActionResult } from './action';
import { entityFields, eventTypes } from './catalog';
import type { Decision } from './decision';
import { type EntityName, entityNames } from './entity';
import type { Change, ChangeKind, Provenance } from './event';
import { schemas, type SchemaDocument, type SchemaName } from './generated/schemas';
import type * as generated from './generated/types';
import { dataSchemaOf, eventType, predictionDataSchema } from './identity';

const names = Object.keys(schemas) as SchemaName[];

/** The hand-written types and the schemas say the same: this does not compile when they drift apart. */
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
type Agreed<A, B> = [Writable<A>] extends [Writable<B>]
  ? [Writable<B>] extends [Writable<A>]
    ? true
    : 'narrower'
  : 'wider';
const agreements: {
  action: Agreed<Action, generated.Action>;
  result: Agreed<ActionResult, generated.ActionResult>;
  decision: Agreed<Decision, generated.Decision>;
  change: Agreed<Change, generated.RecordChange['change']>;
  provenance: Agreed<Provenance, generated.RecordChange['provenance']>;
  entities: Agreed<EntityName, keyof generated.Entities>;
} = { action: true, result: true, decision: true, change: true, provenance: true, entities: true };

interface Property {
  readonly place: string;
  readonly schema: SchemaDocument;
}

/** Every named property, alternative and list item of a schema, however deep. */
function propertiesOf(schema: SchemaDocument, place: string): Property[] {
  const parts = Object.entries({
    ...(schema.properties as object | undefined),
    ...(schema.patternProperties as object | undefined),
    ...Object.fromEntries(((schema.oneOf ?? []) as object[]).entries()),
  }) as [string, SchemaDocument][];
  const items = schema.items as SchemaDocument | undefined;
  return [
    ...parts.flatMap(([name, part]) => [
      { place: `${place}/${name}`, schema: part },
      ...propertiesOf(part, `${place}/${name}`),
    ]),
    ...(items === undefined ? [] : propertiesOf(items, `${place}/*`)),
  ];
}

const properties = names.flatMap((name) => propertiesOf(schemas[name], name));

describe('the schemas', () => {
  test('compile in strict mode, each against the others', () => {
    const ajv = new Ajv2020({
      strict: true,
      strictRequired: false,
      allowMatchingProperties: true,
      allowUnionTypes: true,
      discriminator: true,
    });
    addFormats(ajv);
    for (const name of names) ajv.addSchema(schemas[name]);
    for (const name of names) expect(ajv.getSchema(schemas[name].$id as string)).toBeInstanceOf(Function);
    expect(names).toHaveLength(7 - 1 + entityNames.length * 3 + 1);
  });

  test('have ids of their own, which events name', () => {
    const ids = names.map((name) => schemas[name].$id);
    expect(new Set(ids).size).toBe(names.length);
    for (const entity of entityNames) expect(schemas[`${entity}Change`].$id).toBe(dataSchemaOf(entity));
    expect(schemas.prediction.$id).toBe(predictionDataSchema);
  });

  test('are titled and described, with every one of their properties', () => {
    expect(properties.length).toBeGreaterThan(500);
    const bare = [...properties, ...names.map((name) => ({ place: name, schema: schemas[name] }))].filter(
      ({ schema }) => {
        const isReference = typeof schema.$ref === 'string';
        return !isReference && !(textIn(schema.title) && textIn(schema.description));
      },
    );
    expect(bare.map(({ place }) => place)).toEqual([]);
  });

  test('name the unit of every number, amount, time and day', () => {
    const units =
      /Currency units|Per cent|Count of|Seconds|Milliseconds|Log-odds|0 to 1|Ordinal|WGS 84|`unit`|RFC 3339/;
    const measured = properties.filter(({ schema }) => {
      const isDecimal = String(schema.pattern).startsWith('^-?[0-9]');
      return isDecimal || schema.type === 'number' || schema.type === 'integer' || /^date/.test(String(schema.format));
    });
    expect(measured.length).toBeGreaterThan(80);
    expect(measured.filter(({ schema }) => !units.test(String(schema.description))).map(({ place }) => place)).toEqual(
      [],
    );
  });

  test('hold no money or quantity as a binary fraction, and no empty text, in any record', () => {
    const ofRecords = entityNames.flatMap((entity) => propertiesOf(schemas[entity], entity));
    expect(ofRecords.filter(({ schema }) => schema.type === 'number')).toEqual([]);
    const isNeverEmpty = (schema: SchemaDocument): boolean =>
      ['minLength', 'enum', 'pattern', 'format'].some((keyword) => schema[keyword] !== undefined);
    const texts = ofRecords.filter(({ schema }) => schema.type === 'string');
    expect(texts.filter(({ schema }) => !isNeverEmpty(schema)).map(({ place }) => place)).toEqual([]);
  });

  test('require nothing of a record but its id and native type, and close it but for attributes', () => {
    for (const entity of entityNames) {
      expect(schemas[entity].required).toEqual(['id', 'nativeType']);
      expect(schemas[entity].additionalProperties).toBe(false);
      expect(entityFields(entity)).toContain('attributes');
    }
  });

  test('require only what they define', () => {
    const places = [...properties, ...names.map((name) => ({ place: name, schema: schemas[name] }))];
    const undefinedNames = places.flatMap(({ place, schema }) => {
      if (schema.properties === undefined || schema.allOf !== undefined) return [];
      return ((schema.required ?? []) as string[])
        .filter((name) => !(name in (schema.properties as object)))
        .map((name) => `${place}/${name}`);
    });
    expect(undefinedNames).toEqual([]);
  });

  test('say what the hand-written types say', () => {
    expect(Object.values(agreements)).toEqual(Array(6).fill(true));
  });

  test('are few enough lines each to be read', () => {
    const folder = join(__dirname, 'schemas');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    expect(files).toHaveLength(7 + entityNames.length);
    for (const file of files)
      expect(readFileSync(join(folder, file), 'utf8').split('\n').length).toBeLessThanOrEqual(300);
  });
});

describe('the catalogue', () => {
  test('lists the event types of every entity with every kind of change', () => {
    const kinds: Record<ChangeKind, true> = {
      ...{ created: true, updated: true, deleted: true, undeleted: true },
      ...{ observed: true, published: true, overflowed: true },
    };
    const expected = entityNames.flatMap((entity) =>
      (Object.keys(kinds) as ChangeKind[]).map((kind) => eventType(entity, kind)),
    );
    expect([...eventTypes()].sort()).toEqual(expected.sort());
  });

  test("lists an entity's own fields", () => {
    expect(entityFields('lead')).toEqual(expect.arrayContaining(['name', 'employees', 'isConverted', 'address']));
    expect(entityFields('lead')).not.toContain('stage');
  });
});

function textIn(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '../../../connectors/contract';
import type { Clause } from '../subject';

/** The words that connections share: one meaning, whatever the CRM. */
const commonWords = [
  'connector',
  'baseUrl',
  'auth',
  'subscribe',
  'start',
  'maxInFlight',
  'onGap',
  'reconcile',
  'requestsPerSecond',
  'mapping',
];

const soundsSecret = /secret|password|privatekey|token|apikey/i;

interface Property {
  readonly path: string;
  readonly name: string;
  readonly schema: JsonSchema;
}

/** All properties of a schema, through its branches and lists. */
function propertiesOf(schema: JsonSchema, path = ''): readonly Property[] {
  const own = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, inner]) => {
    const place = `${path}/${name}`;
    return [{ path: place, name, schema: inner }, ...propertiesOf(inner, place)];
  });
  const branches = ['oneOf', 'anyOf', 'allOf'].flatMap((key) => (schema[key] ?? []) as JsonSchema[]);
  return [...own, ...branches.flatMap((branch) => propertiesOf(branch, path))];
}

/** Objects that take any key. */
function openObjects(schema: JsonSchema, path = ''): readonly string[] {
  const isOpen = schema.properties !== undefined && schema.additionalProperties !== false;
  const inner = propertiesOf(schema, path).filter((property) => property.schema.properties !== undefined);
  const branches = propertiesOf(schema, path).flatMap((property) =>
    ((property.schema.oneOf ?? []) as JsonSchema[]).map((branch) => ({ path: property.path, schema: branch })),
  );
  const nested = [...inner, ...branches].filter(
    ({ schema: one }) => one.properties !== undefined && one.additionalProperties !== false,
  );
  return [...(isOpen ? [path === '' ? '/' : path] : []), ...nested.map((one) => one.path)];
}

export const C21: Clause = {
  title: 'the configuration refuses unknown keys, describes every field, marks secrets; its examples are valid',
  check: async (subject) => {
    const { configSchema } = subject.connector;
    // `strictTypes: false`: a branch may leave the type to its parent.
    const ajv = new Ajv2020({
      allErrors: true,
      strict: true,
      strictTypes: false,
      strictRequired: false,
      keywords: ['x-secret'],
    });
    addFormats(ajv);
    const validate = ajv.compile(configSchema);
    const crm = await subject.start();
    try {
      assert.ok(validate(crm.config), ajv.errorsText(validate.errors));
      assert.ok(!validate({ ...crm.config, notAWordOfThisConnector: 1 }), 'an unknown key is taken');
    } finally {
      await crm.stop();
    }
    assert.deepEqual(openObjects(configSchema), [], 'objects that take any key');
    const properties = propertiesOf(configSchema);
    const undescribed = properties.filter(({ schema }) => typeof schema.description !== 'string');
    assert.deepEqual(
      undescribed.map(({ path }) => path),
      [],
      'fields without a description',
    );
    const unmarked = properties.filter(({ name, schema }) => soundsSecret.test(name) && schema['x-secret'] !== true);
    assert.deepEqual(
      unmarked.map(({ path }) => path),
      [],
      'secrets that are not marked x-secret',
    );
    assert.ok(subject.readmeExamples.length > 0, 'no example in the README');
    for (const example of subject.readmeExamples) assert.ok(validate(example), ajv.errorsText(validate.errors));
  },
};

export const C22: Clause = {
  title: 'the configuration uses the common words',
  // eslint-disable-next-line @typescript-eslint/require-await -- a violation must reject, not throw
  check: async ({ connector, ownWords }) => {
    const words = Object.keys(connector.configSchema.properties ?? {});
    const strange = words.filter((word) => !commonWords.includes(word) && !Object.hasOwn(ownWords, word));
    assert.deepEqual(
      strange,
      [],
      `words that other connectors do not have: use ${commonWords.join(', ')}, or give the reason`,
    );
    const idle = Object.keys(ownWords).filter((word) => !words.includes(word));
    assert.deepEqual(idle, [], 'reasons for words that are not there');
    assert.ok(words.includes('baseUrl'), 'where the CRM answers is called baseUrl');
  },
};

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { default as addFormats } from 'ajv-formats';
import type { AnyConnector, JsonSchema } from '../connectors/contract';
import { durationMs } from './duration';
import { referencePattern } from './secrets';
import base from './tenant.schema.json';

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

const annotations = ['title', 'description', 'examples', 'default', 'deprecated'];

/**
 * A connector's schema describes resolved values; in the file a text may be a reference instead, and a secret (marked
 * `x-secret`) must be one.
 */
const asWritten = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(asWritten);
  if (!isNode(schema)) return schema;
  if (schema.type !== 'string') {
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, asWritten(value)]));
  }
  const about = Object.fromEntries(Object.entries(schema).filter(([key]) => annotations.includes(key)));
  if (schema['x-secret'] === true) return { ...about, type: 'string', 'x-secret': true, pattern: referencePattern };
  if ('const' in schema || Object.keys(schema).every((key) => key === 'type' || annotations.includes(key)))
    return schema;
  const rules = Object.fromEntries(Object.entries(schema).filter(([key]) => !annotations.includes(key)));
  // A fault is told in the words of the part that it is in.
  return { ...about, type: 'string', if: { pattern: referencePattern }, else: { ...about, ...rules } };
};

/** Settings that are the same for every connector. Only which streams there are, the connector knows better. */
const common = new Set(Object.keys(base.$defs.connection.properties).filter((key) => key !== 'subscribe'));

/** The part of a connector's schema that goes into a connection: its own settings, open for the common ones. */
const settings = ({ name, configSchema }: AnyConnector): Node => {
  const { properties, required } = configSchema;
  const own = (keys: readonly unknown[]) => keys.filter((key) => !common.has(String(key)));
  const open = Object.entries(configSchema).filter(
    ([key]) => !['$schema', 'additionalProperties', 'unevaluatedProperties'].includes(key),
  );
  return {
    ...(asWritten(Object.fromEntries(open)) as Node),
    $id: `https://signalbox.io/schemas/connectors/${name}.schema.json`,
    properties: asWritten(Object.fromEntries(Object.entries(properties ?? {}).filter(([key]) => !common.has(key)))),
    required: own(Array.isArray(required) ? required : []),
  };
};

/**
 * The JSON Schema (2020-12) of a whole tenant file, for editors and for `loadTenant`: the common part, with each
 * connector's own settings under the connections that name it.
 */
export const tenantSchema = (connectors: readonly AnyConnector[]): JsonSchema => {
  const { connection } = base.$defs;
  const embedded = connectors.map((connector) => [connector, settings(connector)] as const);
  return {
    ...base,
    $defs: {
      ...base.$defs,
      ...Object.fromEntries(embedded.map(([{ name }, schema]) => [`connector-${name}`, schema])),
      connection: {
        ...connection,
        properties: {
          ...connection.properties,
          connector: { ...connection.properties.connector, enum: connectors.map(({ name }) => name) },
        },
        allOf: embedded.map(([{ name }, { $id }]) => ({
          if: { required: ['connector'], properties: { connector: { const: name } } },
          then: { $ref: $id },
        })),
        unevaluatedProperties: false,
      },
    },
  };
};

const newAjv = (options: { readonly useDefaults: boolean }): Ajv2020 => {
  // To make the code shorter takes as long as to write it, and it runs for a handful of files.
  const code = { optimize: false };
  // Nor are the schemas checked each time: they are this program's own, and tests do.
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateSchema: false, code, ...options });
  addFormats(ajv);
  ajv.addFormat('signalbox-duration', (text: string) => durationMs(text) !== undefined);
  return ajv;
};

const tenantSchemas = new WeakMap<readonly AnyConnector[], ValidateFunction>();

/** Checks a tenant file as it is written, references in place. Compiled once for each list of connectors. */
export const compileTenantSchema = (connectors: readonly AnyConnector[]): ValidateFunction => {
  const compiled = tenantSchemas.get(connectors) ?? newAjv({ useDefaults: false }).compile(tenantSchema(connectors));
  tenantSchemas.set(connectors, compiled);
  return compiled;
};

const tenantDefaults = new WeakMap<readonly AnyConnector[], ValidateFunction>();

/** A copy of a valid tenant document with every default filled in, so that what is left out and what is written out are one. */
export const withDefaults = (document: unknown, connectors: readonly AnyConnector[]): unknown => {
  const fill = tenantDefaults.get(connectors) ?? newAjv({ useDefaults: true }).compile(tenantSchema(connectors));
  tenantDefaults.set(connectors, fill);
  const copy = structuredClone(document);
  fill(copy);
  return copy;
};

const configSchemas = new WeakMap<AnyConnector, ValidateFunction>();

/** Checks a connection's resolved configuration and fills in the connector's defaults. Compiled once for each connector. */
export const compileConfigSchema = (connector: AnyConnector): ValidateFunction => {
  const compiled = configSchemas.get(connector) ?? newAjv({ useDefaults: true }).compile(connector.configSchema);
  configSchemas.set(connector, compiled);
  return compiled;
};

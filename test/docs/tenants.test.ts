import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import salesforce from '../../connectors/salesforce/config.schema.json';
import tenant from '../../tenants/tenant.schema.json';
import { projectRoot } from './project';

interface Schema {
  readonly $ref?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

const definitions = tenant.$defs as unknown as Readonly<Record<string, Schema>>;

function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return { ...definitions[schema.$ref.split('/').at(-1) ?? ''], ...schema };
}

/** `path: default` of every setting below a schema, as the page's tables have them. */
function settings(schema: Schema, prefix: string): readonly string[] {
  const { properties = {}, required = [], oneOf = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, written]) => {
    const setting = resolved(written);
    const path = `${prefix}${name}`;
    const fallback = setting.default === undefined ? '-' : `\`${JSON.stringify(setting.default)}\``;
    return [`${path}: ${required.includes(name) ? 'required' : fallback}`, ...below(setting, path)];
  });
  return [...own, ...oneOf.flatMap((choice) => settings(choice, prefix))];
}

function below(setting: Schema, path: string): readonly string[] {
  const each = typeof setting.additionalProperties === 'object' ? resolved(setting.additionalProperties) : {};
  return [
    ...settings(setting, `${path}.`),
    ...settings(each, `${path}.*.`),
    ...(setting.items === undefined ? [] : settings(resolved(setting.items), `${path}[].`)),
    ...(each.items === undefined ? [] : settings(resolved(each.items), `${path}.*[].`)),
  ];
}

const page = readFileSync(join(projectRoot, 'docs', 'tenants.md'), 'utf8');
/** What depends on the way to log in is required with it; `kind` and the connector's name are in the example. */
const described = [...page.matchAll(/^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|/gm)].map(
  ([, key = '', fallback = '']) => `${key}: ${fallback.trim().replace(/^required with `.*`$/, 'required')}`,
);
const inSchemas = [
  ...settings(tenant as unknown as Schema, ''),
  ...settings(salesforce as unknown as Schema, 'connections.*.'),
].filter((setting) => !setting.startsWith('connections.*.auth.kind:'));

/** A connector's schema repeats the common settings. Of two ways to say one setting, the one of the tenant's schema counts. */
function unique(all: readonly string[]): readonly string[] {
  const byKey = new Map<string, string>();
  for (const setting of all) {
    const key = setting.slice(0, setting.indexOf(':'));
    if (!byKey.has(key)) byKey.set(key, setting);
  }
  return [...byKey.values()].sort();
}

test('the page of the tenant file has every setting of the schemas with its default, and no other', () => {
  expect(unique(described)).toEqual(unique(inSchemas));
  expect(described.length).toBeGreaterThan(40);
});

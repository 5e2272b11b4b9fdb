import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { entityNames } from '../canonical-schema/entity';
import { acme, options } from './broken-example.fixture';
import { compileTenantSchema, tenantSchema } from './schema';
import base from './tenant.schema.json';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly $defs?: Readonly<Record<string, Node>>;
  readonly $ref?: string;
  readonly [key: string]: unknown;
}

const propertiesIn = (node: unknown, path = ''): readonly (readonly [string, Node])[] => {
  if (typeof node !== 'object' || node === null) return [];
  const own = Object.entries((node as Node).properties ?? {}).map(
    ([name, value]) => [`${path}/${name}`, value] as const,
  );
  return [...own, ...Object.entries(node).flatMap(([key, value]) => propertiesIn(value, `${path}/${key}`))];
};

describe('the schema of a tenant file', () => {
  test.each(propertiesIn(base).map(([path, node]) => [path, node] as const))(
    'tells what %s is, with an example',
    (_, node) => {
      expect(node.description).toEqual(expect.any(String));
      expect(node.examples).toEqual(expect.any(Array));
    },
  );

  test('is JSON Schema 2020-12 without a word that means nothing', () => {
    const ajv = new Ajv2020({
      strict: true,
      strictTypes: false,
      strictRequired: false,
      formats: { 'signalbox-duration': true },
    });
    ajv.addKeyword('x-secret');
    expect(() => ajv.compile(base)).not.toThrow();
  });

  test('knows the canonical entities', () => {
    expect(base.$defs.entity.enum).toEqual([...entityNames]);
  });

  test('as a whole takes the example as it is written, references in place', () => {
    const validate = compileTenantSchema(options.connectors);
    expect([validate(parse(acme)), validate.errors]).toEqual([true, null]);
  });

  test('as a whole names the connectors and refuses what neither side knows', () => {
    const validate = compileTenantSchema(options.connectors);
    const tenant = parse(acme) as { connections: { sales: Record<string, unknown> } };
    tenant.connections.sales.colour = 'blue';
    expect(validate(tenant)).toBe(false);
    tenant.connections.sales = { connector: 'siebel', subscribe: ['x'] };
    expect(validate(tenant)).toBe(false);
  });

  test('as a whole wants references for secrets, and takes them for other texts', () => {
    const validate = compileTenantSchema(options.connectors);
    expect(validate(parse(acme.replace('env:SF_PRIVATE_KEY', '-----BEGIN')))).toBe(false);
    expect(validate(parse(acme.replace('https://acme.my.salesforce.com', 'env:SF_URL')))).toBe(true);
    expect(validate(parse(acme.replace('https://acme.my.salesforce.com', 'acme')))).toBe(false);
  });

  test('is itself JSON, for editors', () => {
    expect(JSON.parse(JSON.stringify(tenantSchema(options.connectors)))).toMatchObject({ $id: base.$id });
    expect(readFileSync(require.resolve('./tenant.schema.json'), 'utf8')).toContain('json-schema.org/draft/2020-12');
  });
});

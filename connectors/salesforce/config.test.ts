import Ajv from 'ajv/dist/2020';
import { fullFormats } from 'ajv-formats/dist/formats';
import { configSchema, settingsOf } from './config';

const ajv = new Ajv({ allErrors: true, strict: true, formats: fullFormats });
ajv.addVocabulary(['x-secret']);
const validate = ajv.compile(configSchema);

const auth = { kind: 'client-credentials', clientId: 'c', clientSecret: 's' } as const;
const minimal = { connector: 'salesforce', baseUrl: 'https://acme.my.salesforce.com', auth };

/** Every property of a schema with its path. */
function* propertiesOf(schema: object, path = ''): Generator<[string, Record<string, unknown>]> {
  for (const [key, value] of Object.entries(schema)) {
    if (typeof value !== 'object' || value === null) continue;
    if (key === 'properties') {
      for (const [name, property] of Object.entries(value as object))
        yield [`${path}/${name}`, property as Record<string, unknown>];
    }
    yield* propertiesOf(value as object, `${path}/${key}`);
  }
}

describe('configSchema', () => {
  it('takes the least and rejects unknown keys anywhere', () => {
    expect(validate(minimal)).toBe(true);
    expect(validate({ ...minimal, baseURL: 'x' })).toBe(false);
    expect(validate({ ...minimal, auth: { ...auth, username: 'x' } })).toBe(false);
    expect(validate({ ...minimal, subscribe: ['LeadChangeEvent'] })).toBe(false);
  });

  it('describes every field and marks the secrets', () => {
    const properties = [...propertiesOf(configSchema)];
    expect(properties.filter(([, { description }]) => typeof description !== 'string')).toEqual([]);
    const secrets = properties
      .filter(([, property]) => property['x-secret'] === true)
      .map(([path]) => path.split('/').pop());
    expect(new Set(secrets)).toEqual(new Set(['clientId', 'privateKey', 'clientSecret', 'key']));
  });
});

describe('settingsOf', () => {
  it('logs in where each grant is taken', () => {
    const jwt = { kind: 'jwt-bearer', clientId: 'c', username: 'u', privateKey: 'k' } as const;
    const loginOf = (baseUrl: string, kind: typeof jwt | typeof auth): string =>
      settingsOf({ baseUrl, auth: kind }).loginUrl;
    expect(loginOf('https://acme.my.salesforce.com/', jwt)).toBe('https://login.salesforce.com');
    expect(loginOf('https://acme--dev.sandbox.my.salesforce.com', jwt)).toBe('https://test.salesforce.com');
    expect(loginOf('https://acme.my.salesforce.com/', auth)).toBe('https://acme.my.salesforce.com');
  });

  it('has the defaults that the schema names', () => {
    const settings: Readonly<Record<string, unknown>> = { ...settingsOf(minimal) };
    const named = Object.entries(configSchema.properties as Record<string, { default?: unknown }>);
    for (const [name, { default: value }] of named)
      if (name in settings && value !== undefined) expect(settings[name]).toEqual(value);
    expect(settings.silenceMs).toBe(300_000);
  });
});

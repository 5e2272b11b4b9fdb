import type { CanonicalRecord } from '../canonical-schema/entity';
import { acme, faultsOf, load } from './broken-example.fixture';
import { normaliseKey } from './identity-key';

const rules = `
identity:
  secret: env:IDENTITY_SECRET
  country: DE
  rules:
    email:
      kind: email
      match:
        - { entity: lead, key: record.email, shared: true }
        - { entity: contact, key: '[record.email, record.attributes.secondEmail]' }
    phone:
      kind: phone
      match:
        - { entity: lead, key: record.phone }
    customer:
      kind: externalId
      match:
        - { connection: sales, entity: account, key: record.number }
        - { entity: order, key: record.accountId }
`;
const env = { SF_CLIENT_ID: 'id', SF_PRIVATE_KEY: 'key', IDENTITY_SECRET: 'a-secret-of-more-than-32-characters' };
const file = acme + rules;
const record = (fields: Readonly<Record<string, unknown>>): CanonicalRecord => ({
  id: '1',
  nativeType: 'X',
  ...fields,
});

const identityOf = (text = file, secret = env.IDENTITY_SECRET) => {
  const { identity } = load(text, { env: { ...env, IDENTITY_SECRET: secret } });
  if (identity === undefined) throw new Error('no identity was read');
  return identity;
};

describe('a key is the same however it is written', () => {
  test.each([
    ['email', ' Maria.Lopez@Bluewater.EXAMPLE ', 'maria.lopez@bluewater.example'],
    ['email', 'info@bücher.example', 'info@xn--bcher-kva.example'],
    ['phone', '030 901820', '+4930901820'],
    ['phone', '+49 (30) 90 18 20', '+4930901820'],
    ['phone', '0049 30 901820', '+4930901820'],
    ['phone', '030 901820 ext. 12', '+4930901820;ext=12'],
    ['phone', '+1 415 555 2671', '+14155552671'],
    ['taxNumber', 'de 123.456.789', 'DE123456789'],
    ['externalId', ' 0000100023 ', '0000100023'],
    ['externalId', 100023, '100023'],
  ] as const)('%s %j', (kind, written, key) => {
    expect(normaliseKey(kind, written, 'DE')).toBe(key);
  });

  test.each([
    ['email', 'unknown'],
    ['email', 'a@b'],
    ['email', 'a b@c.example'],
    ['phone', '12'],
    ['phone', 'none'],
    ['taxNumber', 'n/a'],
    ['taxNumber', 'unknown'],
    ['externalId', '  '],
    ['externalId', true],
    ['externalId', undefined],
  ] as const)('%s %j is none', (kind, written) => {
    expect(normaliseKey(kind, written, 'DE')).toBeUndefined();
  });
});

describe("a record's keys", () => {
  test('a lead and a contact with the same address have the same key, which does not tell the address', async () => {
    const identity = identityOf();
    const lead = await identity.keysOf('sales', 'lead', record({ email: 'Maria@Bluewater.example' }));
    const contact = await identity.keysOf('erp', 'contact', record({ email: 'maria@bluewater.example' }));
    expect(lead).toEqual({ own: [], shared: [expect.stringMatching(/^email:[\w-]{22}$/)] });
    expect(contact).toEqual({ own: lead.shared, shared: [] });
  });

  test('every address of a list counts, and what is not heard by a rule has none', async () => {
    const identity = identityOf();
    const two = record({ email: 'a@b.example', attributes: { secondEmail: 'c@d.example' } });
    expect((await identity.keysOf('sales', 'contact', two)).own).toHaveLength(2);
    expect(await identity.keysOf('erp', 'account', record({ number: '7' }))).toEqual({ own: [], shared: [] });
    expect(await identity.keysOf('sales', 'lead', record({}))).toEqual({ own: [], shared: [] });
  });

  test('another tenant, rule or secret gives another key', async () => {
    const lead = record({ email: 'a@b.example' });
    const keys = await Promise.all(
      [
        identityOf(),
        identityOf(file.replace('tenant: acme', 'tenant: other')),
        identityOf(file.replace('    email:\n', '    mail:\n')),
        identityOf(file, 'another-secret-of-more-than-32-characters'),
      ].map(async (identity) => (await identity.keysOf('sales', 'lead', lead)).shared[0]?.split(':')[1]),
    );
    expect(new Set(keys).size).toBe(4);
  });
});

describe('validate tells what is wrong with the rules, where, and the fix', () => {
  test.each([
    ['country: DE', 'country: XX', 'identity.country', /no country's code/, /ISO 3166/],
    ['  country: DE\n', '', 'identity.rules.phone.kind', /which country/, /country: DE/],
    ['kind: phone', 'kind: fax', 'identity.rules.phone.kind', /fax/, /phone/],
    ['key: record.phone', 'key: record.fone', 'identity.rules.phone.match[0].key', /no field "fone"/, /"phone"/],
    ['key: record.phone', 'key: phone', 'identity.rules.phone.match[0].key', /no "phone" here/, /record\.phone/],
    ['key: record.phone', "key: 'record.phone +'", 'identity.rules.phone.match[0].key', /not JSONata/, /./],
    [
      'connection: sales, entity: account',
      'connection: sale, entity: account',
      'identity.rules.customer.match[0].connection',
      /no connection "sale"/,
      /"sales"/,
    ],
    ['env:IDENTITY_SECRET', 'env:NOWHERE', 'identity.secret', /NOWHERE is not set/, /export NOWHERE/],
    ['secret: env:IDENTITY_SECRET', 'secret: "0123456789"', 'identity.secret', /./, /env:/],
  ])('%s -> %s', (from, to, path, message, fix) => {
    const [fault, ...more] = faultsOf(file.replace(from, to), { env });
    expect(more).toEqual([]);
    expect(fault).toMatchObject({
      path,
      message: expect.stringMatching(message) as string,
      fix: expect.stringMatching(fix) as string,
    });
    expect(fault?.line).toBeGreaterThan(acme.split('\n').length - 1);
  });

  test('a short secret is refused and not told', () => {
    const [fault] = faultsOf(file, { env: { ...env, IDENTITY_SECRET: 'too-short' } });
    expect(fault).toMatchObject({ path: 'identity.secret' });
    expect(JSON.stringify(fault)).not.toContain('too-short');
  });
});

describe('validate tells what is wrong with related values', () => {
  const related = `    related:
      overdue: { connection: sales, entity: order, count: "record.status != 'C' and record.startDate < asOf" }
    bands:`;
  const withRelated = file.replace('    bands:', related);
  const useCase = 'useCases.lead-scoring';

  test('nothing where all is right, in templates and when, too', () => {
    const asked = withRelated.replace("record.status != 'Closed'", 'related.overdue > 0');
    expect(faultsOf(asked.replace('{{record.name}}', '{{related.overdue}}'), { env })).toEqual([]);
  });

  test.each([
    [
      'connection: sales, entity: order',
      'connection: erp, entity: order',
      'related.overdue.connection',
      /"erp"/,
      /sales/,
    ],
    ['count: ', 'sum: record.amount, count: ', 'related.overdue', /one thing only/, /count, sum, daysSince/],
    ['and record.startDate', 'and record.start', 'related.overdue.count', /no field "start"/, /startDate/],
    ['< asOf', '< now', 'related.overdue.count', /no "now" here/, /./],
    ["record.status != 'Closed'", 'related.overdu > 0', 'when', /no related value "overdu"/, /"overdue"/],
    ["won: 'record.isConverted'", "won: 'related.overdue = 0'", 'outcome.won', /no "related" here/, /./],
  ])('%s -> %s', (from, to, path, message, fix) => {
    expect(withRelated).toContain(from);
    expect(faultsOf(withRelated.replace(from, to), { env })).toMatchObject([
      {
        path: `${useCase}.${path}`,
        message: expect.stringMatching(message) as string,
        fix: expect.stringMatching(fix) as string,
      },
    ]);
  });

  test('without rules there is no customer to know anything of', () => {
    expect(faultsOf(acme.replace('    bands:', related), { env })).toMatchObject([
      { path: `${useCase}.related`, message: expect.stringContaining('nothing says') as string },
    ]);
  });

  test('another value is another policy; a use case without keeps its own', () => {
    const policyOf = (text: string) => load(text, { env }).useCases['lead-scoring']?.policy;
    expect(policyOf(file)).toBe(policyOf(acme));
    expect(policyOf(withRelated)).not.toBe(policyOf(file));
    expect(policyOf(withRelated)).not.toBe(policyOf(withRelated.replace("'C'", "'D'")));
  });
});

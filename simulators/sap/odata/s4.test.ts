import { ask, basic, startLandscape, type Landscape, type Read } from '../test-support/client';

let landscape: Landscape;

beforeAll(async () => {
  landscape = await startLandscape({ pageSize: 3 });
});
afterAll(() => landscape.sap.stop());

type Entity = Record<string, unknown> & { readonly __metadata: Readonly<Record<string, string>> };

const entityOf = ({ json }: Read): Entity => (json as { d: Entity }).d;
const rowsOf = ({ json }: Read): readonly Entity[] => (json as { d: { results: Entity[] } }).d.results;
const post = (body: object, path = 'A_BusinessPartner') => landscape.partners.ask(path, { method: 'POST', body });
const person = (LastName: string, more: object = {}) => post({ BusinessPartnerCategory: '1', LastName, ...more });
const error = ({ json }: Read) => (json as { error: { code: string; message: { lang: string; value: string } } }).error;

it('creates with those below it, reads, changes and shows who did it', async () => {
  const { partners, sap } = landscape;
  const created = await person('Lopez', {
    FirstName: 'Ada',
    to_BusinessPartnerAddress: { results: [{ Country: 'DE', to_EmailAddress: [{ EmailAddress: 'ada@x.example' }] }] },
  });
  expect(created.status).toBe(201);
  const entity = entityOf(created);
  expect(entity['BusinessPartner']).toMatch(/^\d{7}$/);
  expect(entity['BusinessPartnerFullName']).toBe('Ada Lopez');
  expect(entity['CreationDate']).toMatch(/^\/Date\(\d+\)\/$/);
  expect(entity['CreationTime']).toMatch(/^PT\d\dH\d\dM\d\dS$/);
  expect([entity['LastChangeDate'], entity['LastChangedByUser']]).toEqual([null, '']);
  expect(created.headers.get('location')).toBe(entity.__metadata['uri']);
  expect(entity.__metadata['etag']).toBe(created.headers.get('etag'));
  expect(entity['to_BusinessPartnerRole']).toEqual({
    __deferred: { uri: `${entity.__metadata['uri'] ?? ''}/to_BusinessPartnerRole` },
  });
  const path = `A_BusinessPartner('${String(entity['BusinessPartner'])}')`;
  const changed = await partners.ask(path, {
    method: 'PATCH',
    body: { FirstName: 'Eva' },
    headers: { 'if-match': entity.__metadata['etag'] ?? '' },
  });
  expect([changed.status, changed.text]).toEqual([204, '']);
  const select =
    'FirstName,LastChangedByUser,to_BusinessPartnerAddress/Country,to_BusinessPartnerAddress/to_EmailAddress';
  const read = await partners.ask(`${path}?$expand=to_BusinessPartnerAddress/to_EmailAddress&$select=${select}`);
  expect(entityOf(read)).toMatchObject({
    FirstName: 'Eva',
    LastChangedByUser: sap.users.api.name,
    to_BusinessPartnerAddress: {
      results: [{ Country: 'DE', to_EmailAddress: { results: [{ EmailAddress: 'ada@x.example' }] } }],
    },
  });
  expect(entityOf(read)).not.toHaveProperty('LastName');
});

it('demands If-Match: 428 without, 412 when a person was faster, 204 with the right one or *', async () => {
  const { partners, sap } = landscape;
  const entity = entityOf(await person('Day'));
  const id = String(entity['BusinessPartner']);
  const change = (headers: Record<string, string>, method = 'PATCH') =>
    partners.ask(`A_BusinessPartner('${id}')`, { method, body: { SearchTerm1: 'X' }, headers });
  const missing = await change({});
  expect(missing.status).toBe(428);
  sap.admin.update('A_BusinessPartner', id, { LastName: 'Night' });
  const stale = await change({ 'if-match': entity.__metadata['etag'] ?? '' });
  expect([stale.status, error(stale).message.lang]).toEqual([412, 'en']);
  const fresh = entityOf(await partners.ask(`A_BusinessPartner('${id}')`));
  expect(fresh).toMatchObject({ LastName: 'Night', SearchTerm1: '', LastChangedByUser: sap.users.person.name });
  expect((await change({ 'if-match': fresh.__metadata['etag'] ?? '' })).status).toBe(204);
  expect((await change({ 'if-match': '*' }, 'MERGE')).status).toBe(204);
});

it('refuses with the gateway’s error body', async () => {
  const { partners } = landscape;
  const unknown = await partners.ask("A_BusinessPartner('nobody')?sap-language=DE");
  expect(unknown.status).toBe(404);
  expect(unknown.json).toMatchObject({
    error: {
      code: expect.stringMatching(/^\/IWBEP\//) as string,
      message: { lang: 'de', value: expect.any(String) as string },
      innererror: {
        application: { service_id: 'API_BUSINESS_PARTNER' },
        transactionid: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
        timestamp: expect.stringMatching(/^\d{14}\.\d{7}$/) as string,
        errordetails: [{ severity: 'error' }],
      },
    },
  });
  const statuses = await Promise.all([
    post({ BusinessPartnerCategory: '1' }),
    person('X'.repeat(41)),
    person('Day', { Nonsense: 'x' }),
    person('Day', { IsMale: 'yes' }),
    post({}, 'A_Nothing'),
    partners.ask('A_BusinessPartner?$filter=Nonsense eq 1'),
    partners.ask('A_BusinessPartner?$select=Nonsense'),
    partners.ask("A_BusinessPartner('1')", { method: 'DELETE' }),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([400, 400, 400, 400, 404, 400, 400, 404]);
});

it('filters, orders, pages and counts', async () => {
  const { partners } = landscape;
  for (const [LastName, SearchTerm1] of [
    ["O'Neil", 'Q1'],
    ['Berg', 'Q1'],
    ['Adler', 'Q1'],
    ['Cole', 'Q1'],
    ['Dorn', 'Q2'],
  ] as const) {
    await person(LastName, { SearchTerm1 });
  }
  const names = async (query: string) =>
    rowsOf(await partners.ask(`A_BusinessPartner?${query}`)).map((row) => row['LastName']);
  expect(await names("$filter=LastName eq 'O''Neil'")).toEqual(["O'Neil"]);
  expect(
    await names("$filter=startswith(LastName,'Be') or substringof('orn',LastName)&$orderby=LastName desc"),
  ).toEqual(['Dorn', 'Berg']);
  expect(
    await names("$filter=not (SearchTerm1 ne 'Q1') and tolower(LastName) gt 'b'&$orderby=LastName&$top=2"),
  ).toEqual(['Berg', 'Cole']);
  const today = new Date().toISOString().slice(0, 10);
  const query = `$filter=SearchTerm1 eq 'Q1' and CreationDate ge datetime'${today}T00:00:00'&$orderby=LastName&$inlinecount=allpages&$format=json`;
  const first = await partners.ask(`A_BusinessPartner?${query}`);
  const { __count: count, __next: next } = (first.json as { d: { __count: string; __next: string } }).d;
  expect([count, rowsOf(first).length]).toEqual(['4', 3]);
  const second = await ask(next, { auth: basic(landscape.sap) });
  expect(rowsOf(second).map((row) => row['LastName'])).toEqual(["O'Neil"]);
  expect((second.json as { d: object }).d).not.toHaveProperty('__next');
  const counted = await partners.ask("A_BusinessPartner/$count?$filter=SearchTerm1 eq 'Q2'");
  expect([counted.text, counted.headers.get('content-type')]).toEqual(['1', 'text/plain']);
});

it('creates below a row, and that is a change of the row', async () => {
  const { partners, sap } = landscape;
  const entity = entityOf(await person('Low'));
  const path = `A_BusinessPartner('${String(entity['BusinessPartner'])}')`;
  const before = sap.admin.events().length;
  const role = await partners.ask(`${path}/to_BusinessPartnerRole`, {
    method: 'POST',
    body: { BusinessPartnerRole: 'FLCU01' },
  });
  expect(role.status).toBe(201);
  expect(entityOf(await partners.ask(path))['LastChangedByUser']).toBe(sap.users.api.name);
  expect(
    sap.admin
      .events()
      .slice(before)
      .map(({ topic }) => topic.split('/').slice(-3)),
  ).toEqual([['BusinessPartner', 'Changed', 'v1']]);
  const address = await partners.ask(`${path}/to_BusinessPartnerAddress`, { method: 'POST', body: { Country: 'DE' } });
  const { BusinessPartner, AddressID } = entityOf(address);
  const key = `BusinessPartner='${String(BusinessPartner)}',AddressID='${String(AddressID)}'`;
  expect((await partners.ask(`A_BusinessPartnerAddress(${key})`, { method: 'DELETE' })).status).toBe(204);
  expect(rowsOf(await partners.ask(`${path}/to_BusinessPartnerAddress`))).toEqual([]);
  const roleKey = `BusinessPartner='${String(BusinessPartner)}',BusinessPartnerRole='FLCU01'`;
  expect((await partners.ask(`A_BusinessPartnerRole(${roleKey})`, { method: 'DELETE' })).status).toBe(405);
});

it('sums the items of a sales order', async () => {
  const { orders } = landscape;
  const created = await orders.ask('A_SalesOrder', {
    method: 'POST',
    body: {
      SoldToParty: '17100001',
      TransactionCurrency: 'EUR',
      to_Item: [
        { Material: 'TG11', NetAmount: '10.5' },
        { Material: 'TG12', NetAmount: 2 },
      ],
    },
  });
  const path = `A_SalesOrder('${String(entityOf(created)['SalesOrder'])}')`;
  const read = entityOf(await orders.ask(`${path}?$expand=to_Item`));
  expect(read['TotalNetAmount']).toBe('12.500');
  expect(read['LastChangeDateTime']).toMatch(/^\/Date\(\d+\+0000\)\/$/);
  expect(read.__metadata['etag']).toMatch(/^W\/"datetimeoffset'[\d-]+T\d\d%3A\d\d%3A\d\d\.\d{7}Z'"$/);
  expect((read['to_Item'] as { results: Entity[] }).results.map((item) => item['SalesOrderItem'])).toEqual([
    '10',
    '20',
  ]);
});

it('answers Atom to those who do not ask for JSON', async () => {
  const { partners } = landscape;
  await person('Atom & Co');
  const feed = await partners.ask("A_BusinessPartner?$filter=LastName eq 'Atom %26 Co'", {
    headers: { accept: '*/*' },
  });
  expect(feed.headers.get('content-type')).toContain('application/atom+xml');
  expect(feed.text).toContain('<d:LastName>Atom &amp; Co</d:LastName>');
  const asked = await partners.ask('A_BusinessPartner?$format=json&$top=1', { headers: { accept: '*/*' } });
  expect(rowsOf(asked)).toHaveLength(1);
});

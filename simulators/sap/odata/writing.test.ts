import { startLandscape, type Landscape } from '../test-support/client';

let landscape: Landscape;

beforeAll(async () => {
  landscape = await startLandscape();
});
afterAll(() => landscape.sap.stop());

const person = { BusinessPartnerCategory: '1', FirstName: 'Ada', LastName: 'Lopez' };

it('creates with those below it, reads, changes and shows who did it', async () => {
  const { partners, sap } = landscape;
  const created = await partners.ask('A_BusinessPartner', {
    method: 'POST',
    body: {
      ...person,
      to_BusinessPartnerAddress: { results: [{ Country: 'DE', to_EmailAddress: [{ EmailAddress: 'ada@x.example' }] }] },
    },
  });
  expect(created.status).toBe(201);
  const { d } = created.json as { d: Record<string, unknown> & { __metadata: Record<string, string> } };
  expect(d['BusinessPartner']).toMatch(/^\d{7}$/);
  expect(d['BusinessPartnerFullName']).toBe('Ada Lopez');
  expect(d['CreationDate']).toMatch(/^\/Date\(\d+\)\/$/);
  expect(created.headers.get('location')).toBe(d.__metadata['uri']);
  expect(d.__metadata['etag']).toBe(created.headers.get('etag'));
  const path = `A_BusinessPartner('${String(d['BusinessPartner'])}')`;
  const changed = await partners.ask(path, {
    method: 'PATCH',
    body: { FirstName: 'Eva' },
    headers: { 'if-match': String(d.__metadata['etag']) },
  });
  expect([changed.status, changed.text]).toEqual([204, '']);
  const read = await partners.ask(
    `${path}?$expand=to_BusinessPartnerAddress/to_EmailAddress&$select=FirstName,LastChangedByUser,to_BusinessPartnerAddress/Country,to_BusinessPartnerAddress/to_EmailAddress`,
  );
  expect(read.json).toMatchObject({
    d: {
      FirstName: 'Eva',
      LastChangedByUser: sap.users.api.name,
      to_BusinessPartnerAddress: {
        results: [{ Country: 'DE', to_EmailAddress: { results: [{ EmailAddress: 'ada@x.example' }] } }],
      },
    },
  });
  expect((read.json as { d: object }).d).not.toHaveProperty('LastName');
});

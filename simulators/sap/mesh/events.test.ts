import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSap, type RunningSap } from '../index';

const folder = join(__dirname, '..', '..', '..', '..', 'shared', 'fixtures', 'sap', 'events');
const describeCaptured = existsSync(folder) ? describe : describe.skip;
let sap: RunningSap;

beforeEach(async () => {
  sap = await startSap();
});
afterEach(() => sap.stop());

const events = (): readonly Record<string, unknown>[] =>
  sap.admin.events().map(({ body }) => JSON.parse(body) as Record<string, unknown>);
const organisation = { BusinessPartnerCategory: '2', OrganizationBPName1: 'Acme' };

it('S/4 tells keys only: created, then changed', () => {
  const id = sap.admin.create('A_BusinessPartner', { ...organisation, BusinessPartner: '0000000007' });
  sap.admin.update('A_BusinessPartner', id, { SearchTerm1: 'A' });
  const order = sap.admin.create('A_SalesOrder', { SoldToParty: id });
  sap.admin.remove('A_SalesOrder', order);
  expect(id).toBe('0000000007');
  expect(events().map(({ type, data }) => [type, data])).toEqual([
    ['sap.s4.beh.businesspartner.v1.BusinessPartner.Created.v1', { BusinessPartner: id }],
    ['sap.s4.beh.businesspartner.v1.BusinessPartner.Changed.v1', { BusinessPartner: id }],
    ['sap.s4.beh.salesorder.v1.SalesOrder.Created.v1', { SalesOrder: order }],
    ['sap.s4.beh.salesorder.v1.SalesOrder.Deleted.v1', { SalesOrder: order }],
  ]);
});

it('a change of an address is a change of its partner, told once', () => {
  sap.admin.create('A_BusinessPartner', { ...organisation, to_BusinessPartnerAddress: [{ Country: 'DE' }] });
  expect(events()).toHaveLength(1);
  const [address] = sap.admin.records('A_BusinessPartnerAddress');
  const key = `BusinessPartner='${String(address?.['BusinessPartner'])}',AddressID='${String(address?.['AddressID'])}'`;
  sap.admin.update('A_BusinessPartnerAddress', key, { CityName: 'Köln' });
  expect(events().at(-1)).toMatchObject({ type: 'sap.s4.beh.businesspartner.v1.BusinessPartner.Changed.v1' });
  expect(events()).toHaveLength(2);
});

it('V2 tells what was and what is, and who did it', () => {
  const id = sap.admin.create('CorporateAccountCollection', { Name: 'Acme', ABCClassificationCode: 'B' });
  sap.admin.update('CorporateAccountCollection', id, { ABCClassificationCode: 'A' });
  const [created, changed] = events();
  const number = sap.admin.record('CorporateAccountCollection', id)['AccountID'];
  expect(created?.['data']).not.toHaveProperty('beforeImage');
  expect(changed).toMatchObject({
    specversion: '0.2',
    type: 'sap.ssc.md.accountservice.entity.account',
    data: {
      beforeImage: { displayId: number, customerABCClassification: 'B' },
      currentImage: { displayId: number, customerABCClassification: 'A', isProspect: false },
      dataContext: { requestedByUser: sap.users.person.id },
    },
  });
  expect(String(changed?.['subject']).replaceAll('-', '').toUpperCase()).toBe(id);
});

it('V2 tells the extension fields', async () => {
  await sap.stop();
  sap = await startSap({ extensionFields: { LeadCollection: ['Score_KUT'] } });
  sap.admin.create('LeadCollection', { Name: 'Deal', Score_KUT: '47' });
  expect(events()).toMatchObject([{ data: { currentImage: { name: 'Deal', extensions: { Score: '47' } } } }]);
});

it('Cloud for Customer tells ids only, where it is asked to', async () => {
  await sap.stop();
  sap = await startSap({ c4cEvents: 'notification' });
  const id = sap.admin.create('ServiceRequestCollection', { Name: 'Rattling' });
  sap.admin.create('ServiceRequestDescriptionCollection', { ParentObjectID: id, Text: 'Again' });
  expect(events()).toMatchObject([
    { 'event-type': 'ServiceRequest.Root.Created', data: { 'root-entity-id': id, 'entity-id': id } },
    { 'event-type': 'ServiceRequest.Root.Updated', data: { 'root-entity-id': id } },
  ]);
});

describeCaptured('the shape of captured events (needs ../shared/fixtures/sap)', () => {
  const captured = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
  /** Names in a fixed order, and what the text of each value is like. */
  const shape = (event: Record<string, unknown> | undefined): unknown => {
    const like = (value: unknown): string => String(value).replaceAll(/[0-9a-f]/gi, '0');
    const { type, source, specversion, data, datacontenttype } = event ?? {};
    const at = String(event?.['source']);
    return {
      names: Object.keys(event ?? {}).toSorted(),
      type,
      source: at.slice(0, at.lastIndexOf('/')),
      isText: typeof source,
      specversion,
      datacontenttype,
      time: like(event?.['time']).replaceAll(/0+/g, '0'),
      id: like(event?.['id']).length,
      data: Object.keys(data as object),
    };
  };

  it.each(['BusinessPartner.Changed.S4HCLNT100.json', 'BusinessPartner.Changed.codejam-63d6.json'])('%s', (name) => {
    const id = sap.admin.create('A_BusinessPartner', organisation);
    sap.admin.update('A_BusinessPartner', id, { SearchTerm1: 'A' });
    expect(shape(events()[1])).toEqual(shape(captured(name)));
  });

  it.each(['SalesOrder.Created.DEVCLNT001.json', 'SalesOrder.Created.capire-ER9CLNT001.json'])('%s', (name) => {
    sap.admin.create('A_SalesOrder', { SoldToParty: '1' });
    expect(shape(events()[0])).toEqual(shape(captured(name)));
  });

  it('SSCv2.updateAccount.specversion-0.2.json', async () => {
    await sap.stop();
    sap = await startSap({ extensionFields: { CorporateAccountCollection: ['CustomScore_KUT'] } });
    const id = sap.admin.create('CorporateAccountCollection', { Name: 'Acme' });
    sap.admin.update('CorporateAccountCollection', id, { CustomScore_KUT: '63' });
    const [theirs, ours] = [captured('SSCv2.updateAccount.specversion-0.2.json'), events()[1] ?? {}];
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted());
    const kinds = (event: Record<string, unknown>) => [event['specversion'], event['datacontenttype']];
    expect(kinds(ours)).toEqual(kinds(theirs));
    const form = (value: unknown) => String(value).replaceAll(/[0-9a-f]/gi, '0');
    for (const name of ['id', 'source', 'subject', 'time']) expect(form(ours[name])).toBe(form(theirs[name]));
    const paths = (value: unknown, path = ''): readonly string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([name, inner]) => paths(inner, `${path}/${name}`))
        : [path];
    expect(paths(ours['data'])).toEqual(expect.arrayContaining([...paths(theirs['data'])]));
  });
});

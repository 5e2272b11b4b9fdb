import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSap, type RunningSap } from '../../simulators/sap';
import { ODataClient } from './odata/client';
import { Credentials } from './odata/credentials';
import { Session } from './odata/session';
import { ODataReader } from './reader';
import { RateGovernor } from '../kit/rate';
import { normalise } from './normalise';
import type { Fields } from './json';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = (): AbortSignal => AbortSignal.timeout(20_000);
let system: RunningSap;

beforeEach(async () => {
  system = await startSap({ pageSize: 3 });
});
afterEach(() => system.stop());

function readerOf(product: 's4' | 'c4c', objects: readonly string[], pageRows = 4, at?: string): ODataReader {
  const credentials = new Credentials(
    { kind: 'basic', username: system.basicUser, password: system.basicPassword },
    Date.now,
  );
  const baseUrl = at ?? (product === 's4' ? system.s4Url : system.c4cUrl);
  const session = new Session({ baseUrl, credentials, governor: new RateGovernor({ requestsPerSecond: 1000 }) });
  return new ODataReader({ client: new ODataClient(session), product, objects, ownUsers: [], log: silent, pageRows });
}

async function namesOf(rows: AsyncIterable<{ readonly fields: Fields }>): Promise<readonly unknown[]> {
  const names: unknown[] = [];
  for await (const { fields } of rows) names.push(fields.Name);
  return names;
}

const window = (): [string, string] => [
  new Date(Date.now() - 3_600_000).toISOString(),
  new Date(Date.now() + 3_600_000).toISOString(),
];

/** Changes of one millisecond have no order. */
async function nextMillisecond(): Promise<void> {
  for (const before = Date.now(); Date.now() === before;) await new Promise((resolve) => setImmediate(resolve));
}

describe('changed', () => {
  it('pages without a hole or a repeat, also through many rows of one instant', async () => {
    const names = Array.from({ length: 23 }, (_, n) => `Account ${n}`);
    for (const Name of names) system.admin.create('CorporateAccountCollection', { Name, RoleCode: 'CRM000' });
    const found = await namesOf(readerOf('c4c', ['Account']).changed('events', ...window(), signal()));
    expect(found.toSorted()).toEqual(names.toSorted());
    expect(await namesOf(readerOf('c4c', ['Account'], 1).changed('events', ...window(), signal()))).toHaveLength(23);
  });

  it('gives nothing outside of the window, and nothing for IDocs', async () => {
    system.admin.create('CorporateAccountCollection', { Name: 'A', RoleCode: 'CRM000' });
    const reader = readerOf('c4c', ['Account']);
    const past = ['2020-01-01T00:00:00.000Z', '2020-01-02T00:00:00.000Z'] as const;
    expect(await namesOf(reader.changed('events', ...past, signal()))).toEqual([]);
    expect(await namesOf(reader.changed('idocs', ...window(), signal()))).toEqual([]);
  });

  it('tells several objects together, oldest first', async () => {
    const account = system.admin.create('CorporateAccountCollection', { Name: 'A', RoleCode: 'CRM000' });
    system.admin.create('LeadCollection', { Name: 'L' });
    await nextMillisecond();
    system.admin.update('CorporateAccountCollection', account, { Name: 'A2' });
    expect(await namesOf(readerOf('c4c', ['Account', 'Lead']).changed('events', ...window(), signal()))).toEqual([
      'L',
      'A2',
    ]);
  });
});

describe('changed, of S/4HANA', () => {
  it('tells business partners that were made and never changed, each once', async () => {
    const partner = { BusinessPartnerCategory: '2', OrganizationBPName1: 'Acme' };
    const made = Array.from({ length: 9 }, () => system.admin.create('A_BusinessPartner', partner));
    for (const id of made.slice(0, 2)) system.admin.update('A_BusinessPartner', id, { SearchTerm1: 'A' });
    const rows: unknown[] = [];
    for await (const { fields } of readerOf('s4', ['BusinessPartner']).changed('events', ...window(), signal())) {
      rows.push(fields.BusinessPartner);
    }
    expect(rows.toSorted()).toEqual(made.toSorted());
  });

  it('reads a time of day of which the parts that are none are left out', async () => {
    const times = ['PT13H', 'PT13H5M', 'PT13H05M09S', 'PT9M'];
    const CreationDate = `/Date(${Date.parse('2026-03-02T00:00:00Z')})/`;
    const rows = times.map((CreationTime, n) => ({ BusinessPartner: String(n), CreationDate, CreationTime }));
    const server = createServer(({ url = '' }, response) => {
      response.end(JSON.stringify({ d: { results: /filter=CreationDate/.test(url) ? rows : [] } }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const reader = readerOf('s4', ['BusinessPartner'], 500, `http://127.0.0.1:${port}`);
    const window = ['2026-03-02T13:00:00.000Z', '2026-03-02T14:00:00.000Z'] as const;
    const told: unknown[] = [];
    for await (const { fields } of reader.changed('events', ...window, signal())) told.push(fields.CreationTime);
    server.close();
    expect(told).toEqual(['PT13H', 'PT13H5M', 'PT13H05M09S']);
  });
});

describe('read', () => {
  it('finds more keys than a query takes, leaves out those that are gone, and gives rows that normalise takes', async () => {
    const ids = Array.from({ length: 35 }, (_, n) => system.admin.create('LeadCollection', { Name: `L${n}` }));
    const rows = await readerOf('c4c', []).read('Lead', [...ids, '00163E000000000000000000000000FF'], signal());
    expect(rows).toHaveLength(35);
    const [event] = await normalise(rows[0]!, { tenant: 't', connection: 'c', org: 'o', mapping: {} });
    expect([event?.type, event?.subject]).toEqual([
      'io.signalbox.lead.observed.v1',
      `lead/${String(rows[0]!.fields.ObjectID)}`,
    ]);
  });

  it('finds nothing of an object without a service, rather than stop', async () => {
    expect(await readerOf('s4', []).read('MaintenanceNotification', ['1'], signal())).toEqual([]);
  });

  it('brings an S/4HANA order with its customer, and amounts as texts', async () => {
    const id = system.admin.create('A_SalesOrder', { SoldToParty: '0000100234', TransactionCurrency: 'EUR' });
    const [row] = await readerOf('s4', []).read('SalesOrder', [id], signal());
    const [event] = await normalise(row!, { tenant: 't', connection: 'c', org: 'o', mapping: {} });
    expect(event?.data.record).toMatchObject({ id, accountId: '0000100234', currency: 'EUR' });
  });
});

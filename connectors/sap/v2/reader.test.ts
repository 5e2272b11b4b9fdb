import type { RunningSap } from '../../../simulators/sap';
import { noInbox } from '../../kit/no-inbox';
import { RateGovernor } from '../../kit/rate';
import { Credentials } from '../odata/credentials';
import { Session } from '../odata/session';
import { sap } from '..';
import type { RowNative } from '../native';
import { V2Client } from './client';
import { V2Reader } from './reader';
import { connectV2, signal, startTenant } from '../../../test/sap-v2-tenant';

let system: RunningSap;
beforeEach(async () => {
  system = await startTenant();
});
afterEach(() => system.stop());

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** With pages of three, so that a few records are several pages. */
function reader(objects: readonly string[]): V2Reader {
  const auth = { kind: 'basic', username: system.basicUser, password: system.basicPassword } as const;
  const credentials = new Credentials(auth, Date.now);
  const governor = new RateGovernor({ requestsPerSecond: 1000 });
  const client = new V2Client(new Session({ baseUrl: system.v2Url, credentials, governor }), '/sap/c4c/api/v1');
  return new V2Reader({ client, objects, log: silent, ownUsers: [], pageRows: 3 });
}

const idsOf = (rows: readonly RowNative[]): readonly unknown[] => rows.map(({ fields }) => fields.id);

async function all(rows: AsyncIterable<RowNative>): Promise<readonly RowNative[]> {
  const list: RowNative[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

it('reads records by any name of their object, and leaves out what is gone', async () => {
  const { v2 } = system.admin;
  const ids = ['A', 'B'].map((firstLineName) => v2.create('accounts', { firstLineName }));
  v2.remove('accounts', ids[1]!);
  const rows = await reader([]).read('accountservice', ids, signal());
  expect(rows).toMatchObject([{ kind: 'row', nativeType: 'Account', fields: { id: ids[0], formattedName: 'A' } }]);
  expect(await reader([]).read('Quotation', ids, signal())).toEqual([]);
});

it('reads a case as the canonical record that its events tell', async () => {
  const { reader: over } = await connectV2(system);
  const owner = system.admin.v2.create('accounts', { firstLineName: 'A' });
  const processor = { id: 'b8adfb7e-50f3-11f0-a28d-fd9b4de46c56' };
  const id = system.admin.v2.create('cases', { subject: 'No heat', account: { id: owner }, processor });
  const [native] = await over.read('ServiceRequest', [id], signal());
  const context = { tenant: 'acme', connection: 'service', org: 'v2.example', mapping: {} };
  const [event] = await sap.normalise(native!, context);
  expect(event).toMatchObject({
    type: 'io.signalbox.case.observed.v1',
    subject: `case/${id}`,
    data: { record: { subject: 'No heat', priority: '03', accountId: owner, ownerId: processor.id, number: '5197' } },
  });
});

it('tells what changed in the window once, the oldest of all objects first, however many pages that is', async () => {
  const { v2 } = system.admin;
  const from = new Date(Date.now() - 1_000).toISOString();
  const made: string[] = [];
  for (let n = 0; n < 5; n++) {
    made.push(v2.create('accounts', { firstLineName: `A${n}` }), v2.create('cases', { subject: `C${n}` }));
  }
  v2.update('accounts', made[0]!, { firstLineName: 'again' });
  const to = new Date(Date.now() + 60_000).toISOString();
  const rows = await all(reader(['Account', 'ServiceRequest']).changed('events', from, to, signal()));
  expect(idsOf(rows).toSorted()).toEqual(made.toSorted());
  const times = rows.map(({ fields }) => (fields.adminData as { updatedOn: string }).updatedOn);
  expect(times).toEqual(times.toSorted());
  expect(await all(reader(['Account']).changed('events', to, to, signal()))).toEqual([]);
  expect(await all(reader(['Account']).changed('idocs', from, to, signal()))).toEqual([]);
});

it('refuses an object that it cannot read, by name', async () => {
  const rows = reader(['Quotation']).changed('events', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', signal());
  await expect(all(rows)).rejects.toMatchObject({ code: 'SBX_SAP_OBJECT' });
});

describe('the check', () => {
  const findings = async (more: object) => (await connectV2(system, more)).check(signal());
  const levels = async (more: object) => (await findings(more)).filter(({ level }) => level !== 'ok');

  it('finds nothing on a connection that works', async () => {
    expect(
      await levels({
        subscribe: ['events'],
        inbound: { kind: 'header', name: 'X', secret: 'x' },
        ownUsers: [system.users.api.id],
      }),
    ).toEqual([]);
  });

  it.each([
    ['a wrong base path', { v2: { basePath: '/sap/c4c/api/v9' } }, /404/, /v2\.basePath \(\/sap\/c4c\/api\/v9\)/],
    ['a wrong password', { auth: { kind: 'basic', username: 'SIGNALBOX', password: 'x' } }, /Unauthorized/, /password/],
  ])('%s is told with its fix', async (_, more, why, fix) => {
    const [first] = (await levels(more)).filter(({ what }) => what.startsWith('service'));
    expect(first).toMatchObject({
      level: 'error',
      why: expect.stringMatching(why) as string,
      fix: expect.stringMatching(fix) as string,
    });
  });

  it('tells a right that is missing, a field that is not there, an unknown user and an unknown object', async () => {
    await system.stop();
    system = await startTenant({ v2Denied: ['lead-service'], v2ExtensionFields: {} });
    const told = await levels({ objects: ['Account', 'Lead', 'Quotation'], subscribe: [] });
    const byWhat = Object.fromEntries(told.map(({ what, ...finding }) => [what, finding]));
    expect(byWhat).toMatchObject({
      'object Quotation': { level: 'error' },
      'service lead-service/leads': {
        level: 'error',
        fix: expect.stringContaining('business service of lead-service') as string,
      },
      'field extensions/SignalboxKey of a task': {
        level: 'error',
        fix: expect.stringContaining('text, 255') as string,
      },
      'field extensions/SignalboxKey of a case': { level: 'warning' },
      ownUsers: { level: 'warning', fix: expect.stringContaining('UUID') as string },
    });
    expect(byWhat).not.toHaveProperty('service account-service/accounts');
  });

  it('takes what is no V2 tenant for what it is', async () => {
    const connection = await sap.connect(
      {
        product: 'v2',
        baseUrl: system.adminUrl.replace('/simulator', ''),
        auth: { kind: 'basic', username: 'a', password: 'b' },
      },
      { log: silent, now: Date.now, inbox: noInbox },
    );
    const [first] = (await connection.check(signal())).filter(({ what }) => what.startsWith('service'));
    expect(first).toMatchObject({ fix: expect.stringContaining('crm.cloud.sap') as string });
  });
});

import { MockActivityEnvironment } from '@temporalio/testing';
import { noInbox } from '../connectors/kit/no-inbox';
import { openLedger, type Ledger } from '../ledger/ledger';
import { backfill } from './backfill';
import { Connections } from './connections';
import type { IngestDependencies } from './ingest-dependencies';
import type { GapFilled, GapRef } from './subscription-types';

let ledger: Ledger;
let tenants = 0;
const said: string[] = [];
const log = { info: () => undefined, warn: (_: object, text: string) => said.push(text), error: () => undefined };

beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

/** A gap of a stream that this process does not know, in a tenant whose file was put in force as these documents, one after another. */
async function readBack(...documents: readonly unknown[]): Promise<GapFilled> {
  const tenant = `acme-${(tenants += 1)}`;
  for (const [number, document] of documents.entries()) {
    await ledger.tenants.apply(tenant, { digest: 'd', document, policies: {}, changes: [], by: 'Ada' }, number);
  }
  const of = { tenant, connection: 'sales', stream: '/data/LeadChangeEvent' };
  const from = '2026-01-01T00:00:00.000Z';
  const gap = await ledger.gaps.open({ ...of, cause: 'SBX_X', from, policy: 'backfill' });
  const deps: IngestDependencies = {
    ...{ ledger, log, now: Date.now, tenants: new Map(), scorers: new Map() },
    connections: new Connections(new Map(), log, Date.now, () => noInbox),
    publish: () => Promise.reject(new Error('nothing is to be published')),
    fillGap: () => Promise.resolve(),
    waiting: () => Promise.resolve(0),
  };
  const run = (ref: GapRef): Promise<GapFilled> => backfill(deps, ref);
  return new MockActivityEnvironment().run<[GapRef], GapFilled, typeof run>(run, { ...of, gap, from });
}

const withSales = { connections: { sales: {} } };

test.each([
  ['the connection was taken out', [withSales, { connections: {} }]],
  ['the tenant was removed', [withSales, null]],
])('a gap is given up, and told as unread, once %s', async (_, documents) => {
  const unread = 'SBX_GAP_UNREAD: connection sales was taken out before all of it was read back';
  expect(await readBack(...documents)).toEqual({ recovered: 0, widened: 0, unread });
  expect(said).toContain(unread);
});

test('a gap of a connection that only this process does not know yet is tried again', async () => {
  await expect(readBack({ connections: {} }, withSales)).rejects.toMatchObject({ code: 'SBX_TENANT_UNKNOWN' });
});

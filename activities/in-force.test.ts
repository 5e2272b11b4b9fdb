import { openLedger, type Ledger } from '../ledger/ledger';
import { reconcilesEvery } from './in-force';

let ledger: Ledger;
let tenants = 0;

beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

const connection = { connector: 'dynamics365', webhook: { kind: 'webhook-key', key: 'env:SECRET' } };
const quarter = 15 * 60_000;
const hour = 3_600_000;

// A process that serves an older version says what that has; the answer goes to a workflow that ends without one.
test.each<[newest: string, documents: readonly unknown[], served: number | undefined, ms: number | undefined]>([
  ['asks for it as usual', [{ connections: { sales: connection } }], undefined, quarter],
  ['asks for it more seldom', [{ connections: { sales: { ...connection, reconcile: 'PT1H' } } }], quarter, hour],
  ['wants none', [{ connections: { sales: { ...connection, reconcile: 'off' } } }], quarter, undefined],
  ['does not have the connection', [{ connections: { sales: connection } }, { connections: {} }], quarter, undefined],
  ['removed the tenant', [{ connections: { sales: connection } }, null], quarter, undefined],
  ['is not known', [], quarter, quarter],
])('a connection reconciles as the newest version says, which %s', async (_, documents, served, ms) => {
  const tenant = `acme-${(tenants += 1)}`;
  for (const [number, document] of documents.entries()) {
    await ledger.tenants.apply(tenant, { digest: 'd', document, policies: {}, changes: [], by: 'Ada' }, number);
  }
  const settings = { name: 'sales', ...(served === undefined ? {} : { reconcile: served }) };
  expect(await reconcilesEvery(ledger, tenant, settings)).toBe(ms);
});

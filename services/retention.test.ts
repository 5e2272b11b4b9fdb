import { openLedger, type Ledger } from '../ledger/ledger';
import { sampleBatch, sampleEvent } from '../ledger/sample.fixture';
import type { Tenant } from '../tenants/tenant';
import { purgeAll } from './retention';

const day = 86_400_000;
const lines: unknown[] = [];
const note = (fields: unknown): void => void lines.push(fields);
const log = { info: note, warn: note, error: note };

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
  for (const tenant of ['short', 'long']) {
    await ledger.recordBatch(tenant, sampleBatch('b1', [sampleEvent(tenant, 1)]));
  }
});
afterAll(() => ledger.close());
beforeEach(() => lines.splice(0));

/** Only what a purge reads of a tenant. */
const tenant = (name: string, events: number): readonly [string, Tenant] => [
  name,
  { tenant: name, retention: { events, decisions: 3650 * day } } as Tenant,
];
const tenants = new Map([tenant('short', day), tenant('long', 180 * day)]);

test('what a tenant no longer keeps is deleted and told, what another one keeps longer stays', async () => {
  await purgeAll({ ledger, tenants, log, now: Date.now });
  expect(lines).toEqual([]);
  await purgeAll({ ledger, tenants, log, now: () => Date.now() + 2 * day });
  expect(lines).toEqual([{ tenant: 'short', rows: expect.objectContaining({ events: 1, batches: 1 }) as unknown }]);
  // The decision is kept longer than the event that it was about.
  expect(await ledger.counts('short')).toMatchObject({ events: 0, decisions: 1 });
  expect(await ledger.counts('long')).toMatchObject({ events: 1, decisions: 1 });
});

test('a tenant that cannot be purged does not keep the others from it', async () => {
  const failing: Ledger = {
    ...ledger,
    purge: (name, retention) => (name === 'short' ? Promise.reject(new Error('gone')) : ledger.purge(name, retention)),
  };
  await purgeAll({ ledger: failing, tenants, log, now: () => Date.now() + 400 * day });
  expect(lines).toMatchObject([{ tenant: 'short', err: 'Error: gone' }, { tenant: 'long' }]);
  expect(await ledger.counts('long')).toMatchObject({ events: 0 });
});

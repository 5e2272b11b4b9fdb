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

test('a removed tenant is purged by what its last file said, with all that waited for it; its neighbour is not', async () => {
  const [name, other] = ['removed', 'kept'];
  const change = { digest: 'd1', policies: {}, changes: [], by: 'Ada Byron' };
  for (const one of [name, other]) {
    // Its secrets are gone: only what the document says of retention is read.
    const document = { tenant: one, connections: { web: { secret: 'env:GONE' } }, retention: { events: 'P2D' } };
    await ledger.tenants.apply(one, { ...change, document }, 0);
    await ledger.recordBatch(one, {
      ...sampleBatch('b1', [sampleEvent(one, 1)]),
      events: [{ event: sampleEvent(one, 1), status: 'parked', code: 'SBX_LANE_PARKED', because: 'asked' }],
    });
    await ledger.inboxes.append({ tenant: one, connection: 'web', stream: 'events' }, [Buffer.from('{}')], 10);
    expect(await ledger.counts(one)).toMatchObject({ events: 1, decisions: 1, parked: 1, engagementsOpen: 1 });
  }
  await ledger.tenants.apply(name, { ...change, digest: '', document: null }, 1);
  const at = (days: number) => purgeAll({ ledger, tenants: new Map(), log, now: () => Date.now() + days * day });

  await at(1);
  expect(lines).toEqual([]);
  await at(3);
  expect(lines).toEqual([
    { tenant: name, rows: expect.objectContaining({ events: 1, records: 1, parked: 1, inbox: 1 }) as unknown },
  ]);
  expect(await ledger.counts(name)).toMatchObject({ events: 0, parked: 0, decisions: 1 });
  // A tenant that comes back finds a gap where its events were, and no silence.
  const inbox = { tenant: name, connection: 'web', stream: 'events' };
  expect(await ledger.inboxes.state(inbox)).toEqual({ newest: 1, released: 1 });
  await at(8 * 365);
  expect(await ledger.counts(name)).toMatchObject({ decisions: 0, engagementsOpen: 0 });
  expect(await ledger.counts(other)).toMatchObject({ events: 1, decisions: 1, parked: 1, engagementsOpen: 1 });
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

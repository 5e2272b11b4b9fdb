import { openLedger, type Ledger } from './ledger';
import { sampleAction, sampleBatch, sampleEvent } from './sample.fixture';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

const at = '2026-01-02T00:00:00.000Z';
const stream = { connection: 'sales', stream: '/data/LeadChangeEvent' };

/** What stands of one tenant. */
async function of(tenant: string) {
  const all = Object.entries(await ledger.standing()) as [string, readonly { tenant: string }[]][];
  return Object.fromEntries(all.map(([what, rows]) => [what, rows.filter((row) => row.tenant === tenant)]));
}

it('tells what is open or waits, and nothing of a tenant that has none', async () => {
  const tenant = 'standing';
  expect(Object.values(await of(tenant)).flat()).toEqual([]);
  const gap = await ledger.gaps.open({ tenant, ...stream, cause: 'lost', from: at, policy: 'halt' });
  await ledger.inboxes.append({ tenant, ...stream }, [Buffer.from('a'), Buffer.from('b')], 10);
  await ledger.inboxes.release({ tenant, ...stream }, 1);
  const events = [sampleEvent(tenant, 1), sampleEvent(tenant, 2, 'lead/00Q000000000002AAA')];
  const batch = sampleBatch('b1', events);
  const parked = { event: sampleEvent(tenant, 3, 'lead/00Q000000000003AAA'), status: 'parked', code: 'SBX_X' } as const;
  await ledger.recordBatch(tenant, { ...batch, events: [...batch.events, parked] });
  const [decision] = batch.decisions;
  if (decision === undefined) throw new Error('a batch without decisions');
  const { id, subject, usecase, reasons } = decision;
  const { source } = sampleEvent(tenant, 1);
  const asked = { id, decisionid: id, engagement: 'e', source, subject, usecase, connection: 'sales', reasons };
  await ledger.proposals.open(tenant, { ...asked, actions: [sampleAction(decision)], since: at, until: at });
  expect(await of(tenant)).toEqual({
    gaps: [{ tenant, ...stream, policy: 'halt', count: 1 }],
    quarantine: [],
    inboxes: [{ tenant, ...stream, count: 1 }],
    parked: [{ tenant, count: 1 }],
    engagements: [{ tenant, usecase: 'lead-scoring', count: 2 }],
    proposals: [{ tenant, usecase: 'lead-scoring', count: 1 }],
  });
  await ledger.gaps.close(tenant, gap, { recovered: 0, duplicates: 0, at });
  await ledger.proposals.settle(tenant, id, { status: 'approved', by: 'ina', at });
  expect(await of(tenant)).toMatchObject({ gaps: [], engagements: [{ count: 2 }], proposals: [] });
});

it('knows the events of decisions, with their trace where they have one', async () => {
  const tenant = 'origins';
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const [plain, traced] = [
    sampleEvent(tenant, 1),
    { ...sampleEvent(tenant, 2, 'lead/00Q000000000002AAA'), traceparent },
  ];
  await ledger.recordBatch(tenant, sampleBatch('b2', [plain, traced]));
  const ids = [plain, traced].map(({ id }) => `${id}:lead-scoring`);
  expect([...(await ledger.origins(tenant, [...ids, 'unknown']))].sort()).toEqual([
    [ids[0], { eventid: plain.id, time: Date.parse(plain.time) }],
    [ids[1], { eventid: traced.id, time: Date.parse(traced.time), traceparent }],
  ]);
});

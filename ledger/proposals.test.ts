import { databases } from '../test/database';
import { type Ledger, type ProposalToKeep } from './ledger';
import { ledgerOver } from './ledger-over.fixture';
import { sampleAction, sampleBatch, sampleDecision, sampleEvent, subject } from './sample.fixture';

describe.each(databases)('proposals over $name', (where) => {
  const over = ledgerOver(where);
  const { it } = over;
  let ledger: Ledger;
  let tenant: string;
  beforeEach(() => {
    ({ ledger, tenant } = over);
  });

  const proposal = (n: number): ProposalToKeep => {
    const event = sampleEvent(tenant, n);
    const decision = sampleDecision(event);
    return {
      ...{ id: decision.id, decisionid: decision.id, engagement: 'engagement/x', usecase: 'lead-scoring' },
      ...{ source: event.source, subject },
      ...{ connection: 'sales', connector: 'salesforce', score: 0.71, band: 'hot', reasons: decision.reasons },
      ...{ actions: [sampleAction(decision)], approvers: ['ina'] },
      ...{ since: `2026-01-01T00:00:0${n}.500Z`, until: '2026-01-31T00:00:00.000Z' },
    };
  };
  const at = '2026-01-02T00:00:00.000Z';

  it('keep what waits until it is settled, once', async () => {
    const { proposals } = ledger;
    expect(await proposals.open(tenant, proposal(1))).toEqual({ ...proposal(1), status: 'waiting' });
    await proposals.open(tenant, proposal(2));
    expect((await proposals.list(tenant, 'waiting')).map(({ id }) => id)).toEqual([proposal(1).id, proposal(2).id]);
    await proposals.settle(tenant, proposal(1).id, { status: 'approved', by: 'ina', reason: 'why\0not', at });
    await proposals.settle(tenant, proposal(1).id, { status: 'declined', by: 'sam', at });
    const settled = { ...proposal(1), status: 'approved', by: 'ina', reason: 'why\uFFFDnot', answeredat: at };
    expect(await proposals.find(tenant, proposal(1).id)).toEqual(settled);
    expect(await proposals.open(tenant, proposal(1))).toEqual(settled);
    expect(await proposals.list(tenant, 'waiting')).toHaveLength(1);
    expect(await proposals.list(tenant, 'all', '00Q000000000001AAA')).toHaveLength(2);
    expect(await proposals.list(tenant, 'all', 'lead/another')).toEqual([]);
    expect(await proposals.list('stranger', 'all')).toEqual([]);
  });

  it('are told in the history behind their decision, and purged with decisions unless they still wait', async () => {
    await ledger.recordBatch(tenant, sampleBatch('b1', [sampleEvent(tenant, 1)]));
    await ledger.proposals.open(tenant, proposal(1));
    await ledger.proposals.open(tenant, proposal(2));
    await ledger.proposals.settle(tenant, proposal(1).id, { status: 'expired', at });
    const told = (await ledger.history(tenant, subject)).map(({ kind }) => kind);
    expect(told.indexOf('proposed')).toBeGreaterThan(told.indexOf('decision'));
    expect(told.filter((kind) => kind === 'settled')).toHaveLength(1);
    const between = '2026-01-15T00:00:00.000Z';
    const purged = await ledger.purge(tenant, { eventsBefore: between, decisionsBefore: between });
    expect(purged).toMatchObject({ proposals: 1 });
    expect(await ledger.proposals.list(tenant, 'all')).toMatchObject([{ id: proposal(2).id }]);
  });
});

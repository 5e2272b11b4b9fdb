import { openLedger, type Ledger } from '../../ledger/ledger';
import { sampleAction, sampleBatch, sampleEvent } from '../../ledger/sample.fixture';
import { tellAnswers } from './figures';
import { Observer } from './observer';
import { watchLedger } from './watch-ledger';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

const tenant = 'acme';
const event = sampleEvent(tenant, 1);

/** The ledger, watched anew, and the page of who watches it. */
function watched(over: Partial<Ledger> = {}) {
  const observer = new Observer();
  return {
    observer,
    ledger: watchLedger({ ...ledger, ...over }, observer, new Map()),
    page: () => observer.metrics.text(),
  };
}

describe('a watched ledger', () => {
  it('counts a batch once, however often it is recorded', async () => {
    const { ledger: seen, page } = watched();
    const batch = sampleBatch('b1', [event, sampleEvent(tenant, 2)]);
    await seen.recordBatch(tenant, batch);
    await seen.recordBatch(tenant, batch);
    const text = await page();
    expect(text).toContain('signalbox_events_recorded_total{tenant="acme",connection="sales",status="decided"} 2\n');
    expect(text).toContain('{tenant="acme",use_case="lead-scoring",outcome="act",band="hot"} 2\n');
    expect((await ledger.counts(tenant)).decisions).toBe(2);
  });

  it('counts nothing that the ledger did not take', async () => {
    const { ledger: seen, page } = watched({ recordBatch: () => Promise.reject(new Error('away')) });
    await expect(seen.recordBatch(tenant, sampleBatch('b2', [event]))).rejects.toThrow('away');
    expect(await page()).not.toContain('status="decided"');
  });

  it('counts every try of an action, and the task that came of it once', async () => {
    const { ledger: seen, observer, page } = watched();
    const [decision] = sampleBatch('b3', [event]).decisions;
    if (decision === undefined) throw new Error('a batch without decisions');
    const action = sampleAction(decision);
    const { source } = event;
    const run = { engagement: 'engagement/acme/sales/lead/1/lead-scoring', source, workflowid: 'w', runid: 'r' };
    const at = '2026-01-02T00:00:00.000Z';
    const failed = {
      actionId: action.id,
      outcome: 'failed',
      failure: 'retryable',
      code: 'X',
      message: 'x',
      answer: null,
    } as const;
    const made = { actionId: action.id, nativeId: '00T1', answer: null } as const;
    await seen.recordActions([{ ...run, action, attempt: 1, at, result: failed }]);
    await seen.recordActions([{ ...run, action, attempt: 2, at, result: { ...made, outcome: 'applied' } }]);
    await seen.recordActions([{ ...run, action, attempt: 3, at, result: { ...made, outcome: 'already-applied' } }]);
    const labels = 'tenant="acme",connection="sales",crm="unknown",kind="create-task"';
    const text = await page();
    for (const result of ['failed', 'applied', 'already-applied'])
      expect(text).toContain(`signalbox_actions_total{${labels},result="${result}"} 1\n`);
    expect(observer.tasks.take()).toEqual([
      { tenant, usecase: 'lead-scoring', decisionid: decision.id, at: Date.parse(at) },
    ]);
  });
});

test('the answers of the door are told as often as they were given, however often they are asked for', async () => {
  const { metrics } = new Observer();
  const receiver = { tenant, connection: 'erp', connector: 'sap', url: 'http://127.0.0.1/in/acme/erp' };
  const answered = (of: string): Readonly<Record<string, number>> =>
    of === '*' ? { '404': 2 } : { '202': 17, '401': 1 };
  for (let n = 0; n < 2; n += 1) tellAnswers(metrics, { receivers: [receiver], answered });
  const text = await metrics.text();
  for (const [of, status, count] of [
    ['tenant="acme",connection="erp"', '202', 17],
    ['tenant="acme",connection="erp"', '401', 1],
    ['tenant="*",connection="*"', '404', 2],
  ] as const)
    expect(text).toContain(`signalbox_http_requests_total{${of},status="${status}"} ${count}\n`);
});

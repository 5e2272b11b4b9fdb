import type { Action } from '../canonical-schema/action';
import type { Ledger } from './ledger';
import { sampleAction, sampleBatch, sampleDecision, sampleEvent, sampleTouch } from './sample.fixture';

/** What holds for the cases that engagements open, over any database. */
export function testCases(it: jest.It, given: () => { readonly ledger: Ledger; readonly tenant: string }): void {
  const at = '2026-01-01T00:00:04.000Z';

  /** The n-th decision about the lead is recorded and leads to a case, or to the CRM's refusal. */
  const open = async (n: number, caseid?: string): Promise<void> => {
    const { ledger, tenant } = given();
    const decision = sampleDecision(sampleEvent(tenant, n));
    await ledger.recordBatch(tenant, sampleBatch(`b${n}`, [sampleEvent(tenant, n)]));
    const touch = sampleTouch(decision);
    const { id, task, ...base } = sampleAction(decision);
    const action: Action = { ...base, id: `${id}-case`, kind: 'create-case', case: task };
    const failed = { outcome: 'failed', failure: 'permanent', code: 'X', message: 'no', answer: null } as const;
    const done =
      caseid === undefined
        ? failed
        : ({ outcome: 'applied', nativeId: caseid, answer: { title: 'a\u0000b' } } as const);
    await ledger.recordActions([
      {
        ...{ action, engagement: touch.workflowid, source: touch.source, workflowid: 'w', runid: 'r', attempt: 1, at },
        result: { actionId: action.id, ...done },
      },
    ]);
  };
  const casesOf = async (...caseIds: string[]) => {
    const { ledger, tenant } = given();
    return (await ledger.laneContext(tenant, { batchid: 'asked', events: [], taskIds: [], caseIds })).cases;
  };
  const close = async (n: number): Promise<void> => {
    const { ledger, tenant } = given();
    const decision = sampleDecision(sampleEvent(tenant, n));
    const end = { outcome: 'moot', at, decisionid: decision.id };
    await ledger.closeEngagement(tenant, sampleTouch(decision).workflowid, end);
  };

  it('knows which open engagement has opened a case', async () => {
    await open(1, '5001');
    const { workflowid: engagement, source, connection } = sampleTouch(sampleDecision(sampleEvent(given().tenant, 1)));
    expect(await casesOf('5001', '5009')).toEqual([{ engagement, source, connection, caseid: '5001' }]);
    expect([await casesOf('5009'), await casesOf()]).toEqual([[], []]);
    await close(1);
    expect(await casesOf('5001')).toEqual([]);
  });

  it('knows no case that was refused, nor that of an engagement’s earlier life', async () => {
    await open(1, '5001');
    await close(1);
    await open(2);
    expect(await casesOf('5001')).toEqual([]);
    await open(3, '5003');
    expect((await casesOf('5001', '5003')).map(({ caseid }) => caseid)).toEqual(['5003']);
  });
}

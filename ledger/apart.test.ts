import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import { databases } from '../test/database';
import { type Ledger } from './ledger';
import { ledgerOver } from './ledger-over.fixture';
import { sampleAction, sampleAttempt, sampleBatch, sampleEvent } from './sample.fixture';

const subject = 'lead/10000001';

// Two CRMs of one tenant that each call another record 10000001.
describe.each(databases)('records of two CRMs with one id, over $name', (where) => {
  const over = ledgerOver(where);
  const { it } = over;
  let ledger: Ledger;
  let tenant: string;
  beforeEach(async () => {
    ({ ledger, tenant } = over);
    await ledger.recordBatch(tenant, batchOf(told('s4', 1)));
    await ledger.recordBatch(tenant, batchOf(told('c4c', 2)));
  });

  const told = (crm: string, n: number): CanonicalEvent => {
    const event = sampleEvent(tenant, n, subject);
    const { data } = event;
    return {
      ...event,
      ...{ id: `${crm}-${n}`, source: `/tenants/${tenant}/sap/${crm}.example`, connection: crm },
      data: { ...data, record: { ...data.record, name: `a person of ${crm}` } },
    };
  };
  const batchOf = (event: CanonicalEvent) => {
    const batch = sampleBatch(`b-${event.id}`, [event]);
    const { source, connection } = event;
    const engagements = batch.engagements.map((touch) => {
      return { ...touch, source, connection, workflowid: `engagement/${tenant}/${connection}/${subject}/lead-scoring` };
    });
    return { ...batch, engagements };
  };
  const keyOf = (crm: string): string => recordKey(told(crm, 1));
  const kinds = async (name: string): Promise<readonly string[]> =>
    (await ledger.history(tenant, name)).map(({ kind }) => kind);

  it('keeps a state of each, whichever was told last', async () => {
    await ledger.recordBatch(tenant, batchOf(told('s4', 0)));
    const question = { batchid: 'next', events: [told('s4', 3)], taskIds: [], caseIds: [] };
    const { records, engagements } = await ledger.laneContext(tenant, question);
    expect(records).toMatchObject([{ record: { name: 'a person of s4', status: 'state 1' } }]);
    expect(engagements).toMatchObject([{ connection: 's4', source: told('s4', 1).source }]);
    expect(await ledger.records(tenant, [keyOf('c4c')])).toMatchObject([{ record: { name: 'a person of c4c' } }]);
  });

  it('names both, and tells the story of one', async () => {
    expect(await ledger.named(tenant, '10000001')).toEqual([
      { source: told('c4c', 1).source, subject, connections: ['c4c'] },
      { source: told('s4', 1).source, subject, connections: ['s4'] },
    ]);
    expect(await ledger.named(tenant, keyOf('s4'))).toMatchObject([{ connections: ['s4'] }]);
    expect(await ledger.named(tenant, 'another')).toEqual([]);
    expect(await kinds(keyOf('s4'))).toEqual(['event', 'decision', 'engagement-opened']);
    expect(await kinds(subject)).toHaveLength(6);
  });

  it('takes no task of the one for the task of the other', async () => {
    const engagement = `engagement/${tenant}/s4/${subject}/lead-scoring`;
    const [decision] = batchOf(told('s4', 1)).decisions;
    await ledger.recordActions([{ ...sampleAttempt(decision!, '77'), engagement }]);
    const task = (crm: string, n: number): CanonicalEvent => ({ ...told(crm, n), subject: 'task/77' });
    for (const event of [task('s4', 5), task('c4c', 6)]) {
      await ledger.recordBatch(tenant, { ...batchOf(event), decisions: [], engagements: [] });
    }
    const story = await ledger.history(tenant, keyOf('s4'));
    const events = story.flatMap((entry) => (entry.kind === 'event' ? [entry.event.id] : []));
    expect(events).toEqual(['s4-1', 's4-5']);
  });

  it('erases the one and leaves the other', async () => {
    const records = [keyOf('s4')];
    const { records: found } = await ledger.erasures.person(tenant, { records, without: [] });
    expect(found).toEqual([{ record: keyOf('s4'), because: 'asked for' }]);
    await ledger.erasures.begin(tenant, { asked: 'x', subjects: records, marks: [], by: 'Ada', reason: 'asked' });
    expect(await ledger.erasures.erase(tenant, records, [])).toEqual({
      ...{ records: 1, decisions: 1, engagements: 1, events: 1 },
    });
    const both = [told('s4', 1), told('c4c', 2)];
    const { erased } = await ledger.laneContext(tenant, { batchid: 'x', events: both, taskIds: [], caseIds: [] });
    expect(erased).toEqual([keyOf('s4')]);
    const left = JSON.stringify(await ledger.history(tenant, subject));
    expect(left).toContain('a person of c4c');
    expect(left).not.toContain('a person of s4');
    expect(await kinds(keyOf('c4c'))).not.toContain('erased');
    expect(await ledger.erasures.list(tenant, keyOf('c4c'))).toEqual([]);
  });

  it('empties what was under way about the erased one only', async () => {
    const subjects = [keyOf('s4')];
    await ledger.erasures.begin(tenant, { asked: 'x', subjects, marks: [], by: 'Ada', reason: 'asked' });
    for (const event of [told('s4', 1), told('c4c', 2)]) {
      const [decision] = batchOf(event).decisions;
      const action = sampleAction(decision!);
      const result = { actionId: action.id, outcome: 'applied', nativeId: '77', answer: 'yes' } as const;
      const run = { engagement: 'e', workflowid: 'w', runid: 'r', attempt: 1, at: '2026-01-02T00:00:00.000Z' };
      await ledger.recordActions([{ ...run, action, result, source: event.source }]);
    }
    const answers = (await ledger.history(tenant, subject)).flatMap((entry) =>
      entry.kind === 'action' ? [entry.result.answer] : [],
    );
    expect(answers).toEqual([null, 'yes']);
  });

  it('lets the one go on that is no longer parked', async () => {
    for (const event of [told('s4', 7), told('c4c', 8)]) {
      const batch = { ...batchOf(event), records: [], decisions: [], engagements: [] };
      await ledger.recordBatch(tenant, { ...batch, events: [{ event, status: 'parked', because: 'no' }] });
    }
    expect(await ledger.releaseParked(tenant, keyOf('s4'))).toMatchObject([{ eventid: 's4-7' }]);
    expect(await ledger.listParked(tenant)).toMatchObject([{ eventid: 'c4c-8', source: told('c4c', 8).source }]);
  });
});

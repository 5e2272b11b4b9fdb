import { Client } from 'pg';
import { databases } from '../test/database';
import { testCases } from './cases.fixture';
import { openLedger, type Batch, type Ledger } from './ledger';
import { ledgerOver } from './ledger-over.fixture';
import { testKnownRecords } from './records.fixture';
import { testGaps, testSources } from './sources.fixture';
import {
  sampleAttempt,
  sampleBatch,
  sampleDecision,
  sampleEvent,
  sampleRecord,
  sampleTouch,
  sequence,
  subject,
} from './sample.fixture';

const nothing = {
  known: [],
  recorded: [],
  decisions: [],
  records: [],
  engagements: [],
  cases: [],
  erased: [],
  champions: {},
};

describe.each(databases)('the ledger over $name', (where) => {
  const { name } = where;
  const over = ledgerOver(where);
  const { it } = over;
  let ledger: Ledger;
  let tenant: string;
  beforeEach(() => {
    ({ ledger, tenant } = over);
  });

  const event = (n: number, about?: string) => sampleEvent(tenant, n, about);
  const ask = (batchid: string, ns: readonly number[], taskIds: string[] = []) =>
    ledger.laneContext(tenant, { batchid, events: ns.map((n) => event(n)), taskIds, caseIds: [] });

  it('takes a batch again without counting a duplicate or changing a row', async () => {
    const batch = sampleBatch('b1', [event(1), event(2)]);
    await ledger.recordBatch(tenant, batch);
    const before = { counts: await ledger.counts(tenant), context: await ask('b2', [1]) };
    await ledger.recordBatch(tenant, batch);
    expect({ counts: await ledger.counts(tenant), context: await ask('b2', [1]) }).toEqual(before);
    expect(before.counts).toMatchObject({ events: 2, decisions: 2, duplicatesDropped: 0, engagementsOpen: 1 });
  });

  it('knows an event in another batch, not in its own', async () => {
    await ledger.recordBatch(tenant, sampleBatch('b1', [event(1)]));
    expect((await ask('b1', [1, 2])).known).toEqual([]);
    expect((await ask('b2', [1, 2])).known).toEqual([event(1).id]);
    const dropped: Batch = { ...sampleBatch('b2', []), events: [{ event: event(1), status: 'duplicate' }] };
    await ledger.recordBatch(tenant, dropped);
    await ledger.recordBatch(tenant, dropped);
    expect(await ledger.counts(tenant)).toMatchObject({ events: 1, decisions: 1, duplicatesDropped: 1 });
  });

  it('tells what an earlier try of the batch, or an earlier delivery of its events, has decided', async () => {
    await ledger.recordBatch(tenant, sampleBatch('b1', [event(1), event(2)]));
    const decisions = [sampleDecision(event(1)), sampleDecision(event(2))];
    expect(await ask('b1', [1, 2, 3])).toMatchObject({ known: [], recorded: [event(1).id, event(2).id], decisions });
    expect(await ask('b2', [2, 3])).toMatchObject({ known: [event(2).id], recorded: [], decisions: [decisions[1]] });
  });

  it('keeps one tenant from another', async () => {
    await ledger.recordBatch(tenant, sampleBatch('b1', [event(1)]));
    const stranger = await ledger.laneContext('stranger', {
      batchid: 'b2',
      events: [event(1)],
      taskIds: [],
      caseIds: [],
    });
    expect(stranger).toEqual(nothing);
    expect(await ledger.history('stranger', subject)).toEqual([]);
  });

  it('keeps the newest snapshot and touch, whichever comes first', async () => {
    await ledger.recordBatch(tenant, sampleBatch('b1', [event(10), event(9)]));
    await ledger.recordBatch(tenant, sampleBatch('b2', [event(3)]));
    const context = await ask('b3', [1]);
    expect(context.records).toEqual([sampleRecord(event(10))]);
    expect(context.engagements).toMatchObject([
      { lastsequence: sequence(10), lastdecision: sampleDecision(event(10)).id },
    ]);
  });

  it('leaves nothing of a batch with one bad row', async () => {
    const batch = sampleBatch('b1', [event(1), event(2)]);
    const bad = { ...batch.decisions[1]!, outcome: 'perhaps' as 'act' };
    await expect(ledger.recordBatch(tenant, { ...batch, decisions: [batch.decisions[0]!, bad] })).rejects.toThrow(
      /decisions_outcome/,
    );
    expect(await ledger.counts(tenant)).toMatchObject({ events: 0, decisions: 0, engagementsOpen: 0 });
    expect(await ask('b2', [1, 2])).toEqual(nothing);
    await ledger.recordBatch(tenant, batch);
    expect(await ledger.counts(tenant)).toMatchObject({ events: 2, decisions: 2 });
  });

  it('takes NUL, lone surrogates, NaN and a time outside of the calendar', async () => {
    const odd = event(1);
    const native = { text: 'a\0b\ud800"\\\u001e,{}', nothing: null };
    const wild = { ...odd, time: '0000-00-00T00:00:00Z', data: { ...odd.data, native } };
    const batch = sampleBatch('b1', [odd]);
    await ledger.recordBatch(tenant, {
      ...batch,
      events: [{ event: wild, status: 'parked', because: 'bad\0value' }],
      records: [sampleRecord(wild)],
      decisions: [{ ...batch.decisions[0]!, score: Number.NaN }],
    });
    expect((await ask('b2', [1])).records).toEqual([sampleRecord(wild)]);
    expect((await ledger.decision(tenant, batch.decisions[0]!.id))!.score).toBeNaN();
    const told = await ledger.history(tenant, subject);
    expect(told).toContainEqual(expect.objectContaining({ kind: 'event', event: wild, because: 'bad\uFFFDvalue' }));
  });

  it('keeps the propensity of a choice that was explored', async () => {
    const batch = sampleBatch('b1', [event(1)]);
    const [decision] = batch.decisions;
    await ledger.recordBatch(tenant, { ...batch, decisions: [{ ...decision!, propensity: 0.05 }] });
    expect(await ledger.decision(tenant, decision!.id)).toStrictEqual({ ...decision!, propensity: 0.05 });
  });

  it('parks a subject until it is released, and then takes its event from another batch', async () => {
    const parked: Batch = {
      ...sampleBatch('b1', []),
      events: [{ event: event(1), status: 'parked', because: 'no', code: 'SBX_X' }],
    };
    await ledger.recordBatch(tenant, parked);
    expect(await ask('b2', [1, 2])).toMatchObject({ known: [] });
    expect(await ledger.listParked(tenant)).toMatchObject([{ subject }]);
    expect(await ledger.releaseParked(tenant, subject)).toMatchObject([
      { eventid: event(1).id, code: 'SBX_X', message: 'no' },
    ]);
    expect(await ledger.listParked(tenant)).toEqual([]);
    await ledger.recordBatch(tenant, sampleBatch('b2', [event(1)]));
    expect((await ask('b3', [1])).known).toEqual([event(1).id]);
    expect(await ledger.counts(tenant)).toMatchObject({ events: 1, decisions: 1, parked: 0 });
  });

  it('keeps what a model with several classes chose, and gives it back with the engagement', async () => {
    const ranking = [
      { label: 'Group 70', score: 0.71 },
      { label: 'Group 8', score: 0.2 },
    ];
    const batch = sampleBatch('b1', [event(1)]);
    const decisions = batch.decisions.map((decision) => ({ ...decision, ranking }));
    const engagements = batch.engagements.map((touch) => ({ ...touch, lastlabel: 'Group 70' }));
    await ledger.recordBatch(tenant, { ...batch, decisions, engagements });
    expect(await ledger.decision(tenant, decisions[0]!.id)).toEqual(decisions[0]);
    expect(await ask('b2', [2])).toMatchObject({ engagements: [{ lastlabel: 'Group 70' }] });
  });

  it('follows an engagement from its opening to its close, and opens it anew only for a newer decision', async () => {
    await ledger.recordBatch(tenant, sampleBatch('b1', [event(1)]));
    const { workflowid } = sampleTouch(sampleDecision(event(1)));
    expect(await ledger.actContext(tenant, workflowid)).toEqual({
      engagement: await ledger.engagementOfId(tenant, workflowid),
      record: sampleRecord(event(1)),
    });
    await ledger.recordActions([sampleAttempt(sampleDecision(event(1)), '00T1')]);
    const question = { batchid: 'b2', events: [event(5, 'task/00T1')], taskIds: ['00T1'], caseIds: [] };
    const byTask = await ledger.laneContext(tenant, question);
    expect(byTask.engagements).toMatchObject([{ id: workflowid, status: 'open', taskid: '00T1' }]);
    const end = { outcome: 'won', at: '2026-02-01T00:00:00.000Z' };
    await ledger.closeEngagement(tenant, workflowid, { ...end, decisionid: 'an earlier one' });
    expect(await ledger.engagement(tenant, subject, 'lead-scoring')).toMatchObject({ status: 'open' });
    await ledger.closeEngagement(tenant, workflowid, { ...end, decisionid: sampleDecision(event(1)).id });
    await ledger.recordBatch(tenant, sampleBatch('b1', [event(1)]));
    const closed = await ledger.engagement(tenant, subject, 'lead-scoring');
    expect(await ledger.actContext(tenant, workflowid)).toMatchObject({ engagement: closed });
    expect(closed).toMatchObject({ status: 'closed', outcome: 'won', closedat: end.at, taskid: '00T1' });
    await ledger.recordBatch(tenant, sampleBatch('b2', [event(2)]));
    const anew = await ledger.engagement(tenant, subject, 'lead-scoring');
    expect(anew).toMatchObject({ status: 'open', firstdecision: sampleDecision(event(2)).id });
    expect(anew).not.toHaveProperty('taskid');
    expect(await ledger.actContext(tenant, 'nobody')).toBeUndefined();
  });

  testSources(it, () => ({ ledger, tenant }));
  testKnownRecords(it, () => ({ ledger, tenant }));
  testCases(it, () => ({ ledger, tenant }));
  testGaps(it, () => ({ ledger, tenant }));

  it('tells a story in order, causes before effects though the clock of the CRM runs ahead', async () => {
    const ahead = { ...event(2), time: '2026-01-01T00:05:00.000Z' };
    const decision = sampleDecision(event(2));
    await ledger.gaps.open({
      tenant,
      connection: 'sales',
      stream: 's',
      cause: 'x',
      policy: 'halt',
      from: '2025-12-31T00:00:00.000Z',
    });
    const batch = sampleBatch('b1', [event(1)]);
    await ledger.recordBatch(tenant, {
      ...batch,
      engagements: [],
      events: [
        { event: event(1), status: 'decided' },
        { event: ahead, status: 'decided' },
      ],
      decisions: [...batch.decisions, decision],
    });
    await ledger.recordBatch(tenant, {
      ...sampleBatch('b2', []),
      engagements: [sampleTouch(decision)],
      events: [{ event: event(3, 'task/00T1'), status: 'ignored' }],
    });
    const applied = { ...sampleAttempt(decision, '00T1'), attempt: 2 };
    const failed = {
      actionId: applied.action.id,
      outcome: 'failed',
      failure: 'retryable',
      code: 'UNABLE_TO_LOCK_ROW',
      message: 'm',
      answer: [],
    } as const;
    await ledger.recordActions([{ ...applied, result: failed, attempt: 1 }]);
    await ledger.recordActions([applied]);
    await ledger.recordActions([applied]);
    await ledger.recordOutcome(tenant, {
      engagement: applied.engagement,
      decisionid: decision.id,
      label: 'won',
      at: '2026-03-01T00:00:00.000Z',
    });
    const story = await ledger.history(tenant, subject.slice('lead/'.length));
    expect(story.map((entry) => entry.kind).filter((kind) => kind !== 'engagement-opened')).toEqual([
      'gap',
      'event',
      'decision',
      'event',
      'event',
      'decision',
      'action',
      'action',
      'outcome',
    ]);
    expect(story.flatMap((entry) => (entry.kind === 'action' ? [entry.result] : []))).toEqual([failed, applied.result]);
    expect(story.find((entry) => entry.kind === 'decision' && entry.decision.id === decision.id)).toMatchObject({
      decision,
    });
    expect(story[1]).toMatchObject({ lane: { workflowid: 'lane/acme/1', batchid: 'b1' } });
    expect(await ledger.counts(tenant)).toMatchObject({ tasksCreated: 1, tasksUpdated: 0, gapsOpen: 1 });
    expect(await ledger.latencies(tenant)).toEqual({ count: 1, p50Ms: -296_000, p99Ms: -296_000 });
  });

  it('purges what a tenant no longer keeps, and nothing of another', async () => {
    await ledger.recordBatch(tenant, sampleBatch('b1', [event(1)]));
    await ledger.recordBatch(`${tenant}-other`, sampleBatch('b1', [sampleEvent(`${tenant}-other`, 1)]));
    const later = new Date(Date.now() + 60_000).toISOString();
    const purged = await ledger.purge(tenant, { eventsBefore: later, decisionsBefore: '2000-01-01T00:00:00.000Z' });
    expect(purged).toMatchObject({ events: 1, batches: 1, records: 0, decisions: 0 });
    expect(await ledger.counts(tenant)).toMatchObject({ events: 0, decisions: 1 });
    expect(await ledger.counts(`${tenant}-other`)).toMatchObject({ events: 1, decisions: 1 });
  });

  if (name.startsWith('PostgreSQL'))
    it('migrates once when several start at once, and again changes nothing', async () => {
      const url = new URL(over.url!);
      const name = `${url.pathname.slice(1)}_b`;
      const admin = new Client({ connectionString: url.href });
      await admin.connect();
      await admin.query(`create database ${name}`);
      url.pathname = name;
      const opened = await Promise.all([1, 2, 3, 4].map(() => openLedger({ url: url.href })));
      for (const one of opened) expect((await one.counts('x')).events).toBe(0);
      await Promise.all(opened.map((one) => one.close()));
      await (await openLedger({ url: url.href })).close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import { databases, type LedgerDatabase } from '../test/database';
import { everyRow, rowsWith, urlOfFolder } from '../test/every-cell';
import { openLedger, type Batch, type Ledger } from './ledger';
import { sampleAction, sampleBatch, sampleDecision, sampleEvent } from './sample.fixture';

/** What must not be found anywhere afterwards. */
const personal = {
  name: 'Ottoline Brzezinska',
  email: 'ottoline.brzezinska@bluewater.example',
  phone: '+48 601 222 333',
  words: 'the roof leaks over my bed',
};
const secrets = [...Object.values(personal), 'Ottoline', 'Brzezinska'];

const lead = 'lead/00Q000000000001AAA';
const contact = 'contact/003000000000001AAA';
const ticket = 'case/500000000000001AAA';
const task = 'task/00T000000000001AAA';
const colleague = 'contact/003000000000002AAA';
const company = 'account/001000000000001AAA';
const other = 'lead/00Q000000000009AAA';
const at = '2026-01-02T00:00:00.000Z';
const by = { asked: lead, by: 'Ada Byron', reason: 'request 17' };

describe.each(databases)('the erasure of a person over $name', ({ open, isThere }) => {
  const it = isThere ? test : test.skip;
  let folder: string;
  let server: LedgerDatabase;
  let ledger: Ledger;
  let url: string;
  let tenant: string;
  let tenants = 0;

  beforeAll(async () => {
    if (!isThere) return;
    folder = await mkdtemp(join(tmpdir(), 'signalbox-erasures-'));
    server = await open();
    const inFolder = join(folder, 'ledger');
    ledger = await openLedger(server.url === undefined ? { folder: inFolder } : { url: server.url });
    url = server.url ?? (await urlOfFolder(inFolder));
  }, 120_000);
  afterAll(async () => {
    if (!isThere) return;
    await ledger.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    tenant = `acme-${++tenants}`;
    await fill();
  });

  const told = (n: number, about: string, record: Readonly<Record<string, unknown>>): CanonicalEvent => {
    const event = sampleEvent(tenant, n, about);
    const { data } = event;
    return { ...event, data: { ...data, record: { ...data.record, ...record }, native: { Notes__c: personal.words } } };
  };

  /** A batch about one record, with its identity keys, in which everything personal stands wherever it can. */
  const about = (n: number, subject: string, record: object, own: string[], shared: string[] = []): Batch => {
    const event = told(n, subject, { ...record });
    const batch = sampleBatch(`b${n}`, [event]);
    return {
      ...batch,
      records: batch.records.map((row) => ({ ...row, keys: { connection: 'sales', own, shared } })),
      decisions: batch.decisions.map((decision) => ({
        ...decision,
        because: `said ${personal.words}`,
        reasons: [{ term: 'text', contribution: 1, text: personal.words }],
        features: { name: personal.name },
        related: { late: 1 },
        relatedFrom: { late: [`${contact}@${at}/1`] },
      })),
      observations: [
        { usecase: 'anomaly', series: subject, place: `p${n}`, eventid: event.id, at: 1, told: { who: personal.name } },
      ],
    };
  };

  const { name, email, phone, words } = personal;

  /** A person's lead, contact, case and task; a colleague at the same company; somebody else who mentions the person. */
  async function fill(): Promise<void> {
    const identity = { rules: { mail: { kind: 'email' }, number: { kind: 'externalId' } } };
    const version = { digest: 'd', document: { tenant, identity }, policies: {}, changes: [], by: 'Ada' };
    await ledger.tenants.apply(tenant, version, 0);
    const batches = [
      about(1, lead, { name, email, phone }, [], ['mail:h1']),
      about(2, contact, { name, email }, ['mail:h1'], ['number:n1']),
      about(3, ticket, { description: words, contactId: contact.slice('contact/'.length) }, []),
      about(4, task, { subject: `Call ${name}`, relatedTo: { entity: 'case', id: ticket.slice('case/'.length) } }, []),
    ];
    for (const batch of batches) await ledger.recordBatch(tenant, batch);
    for (const batch of [
      sampleBatch('o1', [sampleEvent(tenant, 11, other)]),
      sampleBatch('o2', [sampleEvent(tenant, 12, colleague)]),
      sampleBatch('o3', [sampleEvent(tenant, 13, company)]),
    ]) {
      const [own, shared] = batch.batchid === 'o3' ? [['number:n1'], []] : [['mail:h2'], ['number:n1']];
      const keys = { connection: 'sales', own: batch.batchid === 'o1' ? [] : own, shared };
      await ledger.recordBatch(tenant, { ...batch, records: batch.records.map((row) => ({ ...row, keys })) });
    }
    await besides(sampleDecision(sampleEvent(tenant, 1, lead)));
  }

  /** What else the ledger keeps about a decision on the lead. */
  async function besides(decision: ReturnType<typeof sampleDecision>): Promise<void> {
    const action = {
      ...sampleAction(decision),
      task: { subject: `Call ${name}`, description: words, priority: 'high' },
    };
    const engagement = `engagement/${tenant}/${lead}`;
    const { source } = sampleEvent(tenant, 1);
    const run = { engagement, source, workflowid: engagement, runid: 'r' };
    const answer = { Subject: `Call ${name}` };
    const result = { actionId: action.id, outcome: 'applied', nativeId: '00T000000000007AAA', answer } as const;
    await ledger.recordActions([{ ...run, action, result, attempt: 1, at } as never]);
    const of = { decisionid: decision.id, engagement, source, subject: lead, usecase: 'lead-scoring' };
    await ledger.drafts.record(tenant, {
      ...{ ...of, outcome: 'drafted', message: words, sent: { system: 's', user: words }, prompt: 'ab', at },
      ...{ content: { subject: name, description: words, because: words, takenOut: 0 } },
      ...{ tokensin: 1, tokensout: 1, durationms: 1 },
    });
    await ledger.drafts.answer(tenant, decision.id, { by: 'ina', verdict: 'approve', comment: words, at });
    await ledger.proposals.open(tenant, {
      ...{ ...of, id: decision.id, connection: 'sales', score: 0.7, band: 'hot', since: at, until: at },
      ...{ reasons: [{ term: 't', contribution: 1, text: words }], actions: [action as never] },
    });
    await ledger.shadow.record(tenant, [
      { decisionid: decision.id, digest: 'c', usecase: 'lead-scoring', source, subject: lead, because: words },
    ]);
    const stream = { tenant, connection: 'sales', stream: '/data/LeadChangeEvent', position: { v: 1 } };
    const bad = { code: 'SBX_X', message: `no ${name}` };
    await ledger.quarantine.add({
      ...stream,
      ...bad,
      bytes: Buffer.from(`\0\x01${lead.slice(5)} ${name}\xff`, 'latin1'),
    });
    await ledger.quarantine.add({
      ...stream,
      ...bad,
      bytes: Buffer.from('AAA'),
      native: { Email: email.toUpperCase() },
    });
    await ledger.quarantine.add({
      ...stream,
      code: 'SBX_X',
      message: 'of another',
      bytes: Buffer.from('somebody else'),
    });
    const parked = { ...told(20, lead, { name }), id: 'parked-1' };
    await ledger.recordBatch(tenant, {
      ...{ batchid: 'p', lane: { workflowid: 'lane', runid: 'r' }, records: [], decisions: [], engagements: [] },
      events: [{ event: parked, status: 'parked', because: words, code: 'SBX_LANE_PARKED' }],
    });
  }

  const ownRows = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const all = Object.entries(await everyRow(url));
    return Object.fromEntries(all.map(([table, rows]) => [table, rows.filter((row) => row.includes(tenant))]));
  };
  const keyOf = (subject: string): string => recordKey({ source: sampleEvent(tenant, 1).source, subject });
  const find = () => ledger.erasures.person(tenant, { records: [lead], without: [] });

  it('finds the person, and neither colleagues nor the company', async () => {
    const { records, left, marks } = await find();
    expect(records.map(({ record }) => record).sort()).toEqual(
      [lead, contact, ticket, task, 'task/00T000000000007AAA'].map(keyOf).sort(),
    );
    expect(Object.fromEntries(records.map(({ record, because }) => [record, because]))).toMatchObject({
      [keyOf(lead)]: 'asked for',
      [keyOf(contact)]: 'by mail',
      [keyOf(ticket)]: 'its contactId names the person',
    });
    expect(left.map(({ record }) => record)).toEqual(expect.arrayContaining([company, colleague].map(keyOf)));
    expect(marks).toEqual(expect.arrayContaining([email, lead.slice(5)]));
    const without = await ledger.erasures.person(tenant, { records: [lead], without: [contact] });
    expect(without.records.map(({ record }) => record)).not.toContain(keyOf(contact));
  });

  it('leaves nothing personal in any column, keeps the proof, and touches nobody else', async () => {
    const person = await find();
    const subjects = person.records.map(({ record }) => record);
    const before = await ownRows();
    expect(rowsWith(before, secrets).length).toBeGreaterThan(15);
    const counts = await ledger.erasures.count(tenant, subjects, person.marks);
    const id = await ledger.erasures.begin(tenant, { ...by, subjects, marks: person.marks });
    expect(await ledger.erasures.erase(tenant, subjects, person.marks)).toEqual(counts);
    await ledger.erasures.finish(tenant, id, counts);
    const after = await ownRows();
    expect(rowsWith(after, secrets)).toEqual([]);
    expect(counts).toMatchObject({
      events: 5,
      records: 4,
      decisions: 4,
      actions: 1,
      quarantine: 2,
      drafts: 1,
      parked: 1,
    });
    const decision = await ledger.decision(tenant, sampleDecision(sampleEvent(tenant, 1, lead)).id);
    expect(decision).toMatchObject({ model: { version: '1.0.0' }, outcome: 'act', because: 'erased', features: {} });
    expect(decision).not.toHaveProperty('score');
    const untouched = (rows: typeof before) => rowsWith(rows, [other, colleague, company, 'somebody else']);
    expect(untouched(after).filter((row) => !row.startsWith('erasures'))).toEqual(untouched(before));
    expect(await ledger.erasures.count(tenant, subjects, person.marks)).toEqual({});
  });

  it('is told in the history, with what is left of the record', async () => {
    const subjects = [lead];
    const id = await ledger.erasures.begin(tenant, { ...by, subjects, marks: [] });
    await ledger.erasures.erase(tenant, subjects, []);
    await ledger.erasures.finish(tenant, id, { events: 2 });
    const story = await ledger.history(tenant, lead);
    expect(story.find(({ kind }) => kind === 'erased')).toMatchObject({ erasure: { ...by, id, subjects } });
    expect(story.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['event', 'decision', 'action', 'proposed']));
    expect(JSON.stringify(story)).not.toMatch(/Ottoline|leaks/);
  });

  it('goes on where it was left, and takes in nothing that was under way', async () => {
    const subjects = [lead];
    const id = await ledger.erasures.begin(tenant, { ...by, subjects, marks: [email] });
    expect(await ledger.erasures.begin(tenant, { ...by, subjects, marks: [email] })).toBe(id);
    await ledger.erasures.erase(tenant, subjects, [email]);
    await besides(sampleDecision(sampleEvent(tenant, 30, lead)));
    const late = rowsWith(await ownRows(), secrets).filter((row) => /^(actions|drafts|proposals)/.test(row));
    expect(late).toEqual([]);
    const { erased } = await ledger.laneContext(tenant, {
      batchid: 'x',
      events: [told(1, lead, {}), told(2, other, {})],
      taskIds: [],
      caseIds: [],
    });
    expect(erased).toEqual([keyOf(lead)]);
    await ledger.erasures.finish(tenant, id, {});
    await ledger.erasures.lift(tenant, id, { by: 'Ada Byron', reason: 'came back' });
    const again = await ledger.laneContext(tenant, {
      batchid: 'x',
      events: [told(1, lead, {})],
      taskIds: [],
      caseIds: [],
    });
    expect(again.erased).toEqual([]);
    expect((await ledger.history(tenant, lead)).map(({ kind }) => kind)).toContain('lifted');
    expect(await ledger.erasures.begin(tenant, { ...by, subjects, marks: [] })).not.toBe(id);
  });

  it('gives nothing to learn from', async () => {
    const subjects = [lead];
    await ledger.erasures.begin(tenant, { ...by, subjects, marks: [] });
    await ledger.erasures.erase(tenant, subjects, []);
    const rows: string[] = [];
    for await (const { decision } of ledger.labelled(tenant, 'lead-scoring')) rows.push(decision.subject);
    expect(rows).not.toContain(lead);
    expect(rows).toContain(other);
  });
});

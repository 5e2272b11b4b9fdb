import { noInbox } from '../connectors/kit/no-inbox';
import type { CanonicalEvent } from '../canonical-schema/event';
import { openLedger, type Ledger } from '../ledger/ledger';
import { sampleAction, sampleAttempt, sampleDecision, sampleEvent } from '../ledger/sample.fixture';
import { compileExpression } from '../tenants/expression';
import type { Tenant, UseCase } from '../tenants/tenant';
import { toLearning } from '../tenants/learning';
import { eventOf } from '../test/fixtures/events';
import { Connections } from './connections';
import { viewBatch, type ContextInput } from './context';
import type { LaneDependencies } from './lane-dependencies';
import { recordBatch } from './record';

const useCase: UseCase = {
  name: 'lead-scoring',
  connection: 'sales',
  model: 'lead-scoring',
  entity: 'lead',
  when: compileExpression('$number(record.company) > 0'),
  bands: [{ name: 'hot', from: 0.5 }],
  act: { hot: [{ kind: 'case', subject: 'Keep them', priority: 'high' }] },
  approval: 'none',
  outcome: { won: compileExpression('record.isConverted'), within: 1000 },
  challengers: [],
  learning: toLearning(),
  materialChange: 0.05,
  policy: 'p1',
};
const acme: Tenant = {
  tenant: 'acme',
  file: 'acme.yaml',
  partitions: 1,
  connections: {},
  useCases: {
    'lead-scoring': useCase,
    // About what people have to do, whoever gave it to them.
    'task-scoring': { ...useCase, name: 'task-scoring', entity: 'task', when: compileExpression('true') },
  },
  retention: { events: 1, decisions: 1 },
};
const silent = (): void => undefined;
const log = { info: silent, warn: silent, error: silent };
const tenants = new Map([['acme', acme]]);
const subject = 'lead/00Q000000000001AAA';
const engagement = 'engagement/acme/sales/lead/00Q000000000001AAA/lead-scoring';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

/** A tenant without a connection: whatever is to be read from a CRM fails with SBX_CONNECTION_UNKNOWN. */
const deps = (): LaneDependencies => ({
  ledger,
  tenants,
  connections: new Connections(tenants, log, Date.now, () => noInbox),
  scorers: new Map(),
  publishPrediction: () => Promise.reject(new Error('nothing is published here')),
  engagements: {
    tell: () => Promise.reject(new Error('nobody is told here')),
    end: () => Promise.reject(new Error('nobody is told here')),
  },
  log,
  now: Date.now,
});

let batches = 0;

/** Views a batch and records it, as a lane does; gives what became of each event. */
async function through(
  events: readonly CanonicalEvent[],
  parked: ContextInput['parked'] = [],
): Promise<readonly (readonly [string, string, string?])[]> {
  const input = { tenant: 'acme', batchid: `b${(batches += 1)}`, events, parked };
  const view = await viewBatch(deps(), input);
  const prepared = view.context.events;
  const run = { workflowId: 'lane/acme/0', runId: 'r1' };
  await recordBatch(deps(), { ...input, run, prepared, decisions: [], directives: [] }, view);
  return prepared.map(({ eventid, status, cause }) =>
    cause === undefined ? [eventid, status] : [eventid, status, cause.code],
  );
}

let made = 0;
function told(lead: string, company: string, sketch: Parameters<typeof eventOf>[0] = {}): CanonicalEvent {
  made += 1;
  return eventOf({
    id: `e${made}`,
    time: new Date(Date.UTC(2026, 2, 1, 10, 0, made)).toISOString(),
    record: { id: lead, company },
    ...sketch,
  });
}

test('an event that comes twice in a batch is recorded as what it was the first time, and dropped ever after', async () => {
  const event = told('00Q000000000100AAA', '1');
  expect(await through([event, event])).toEqual([
    [event.id, 'decided'],
    [event.id, 'duplicate'],
  ]);
  expect(await ledger.history('acme', event.subject)).toMatchObject([{ kind: 'event', status: 'decided' }]);
  expect(await through([event])).toEqual([[event.id, 'duplicate']]);
});

test('behind an event whose question fails, the later ones of its record are parked, not decided', async () => {
  const lead = '00Q000000000101AAA';
  const [bad, behind, other] = [told(lead, 'none'), told(lead, '1'), told('00Q000000000102AAA', '1')];
  expect(await through([bad, behind, other])).toEqual([
    [bad.id, 'parked', 'SBX_EXPRESSION_FAILED'],
    [behind.id, 'parked', 'SBX_BEHIND_PARKED'],
    [other.id, 'decided'],
  ]);
});

test('an event that a person took out, and those behind it, are not read from the CRM', async () => {
  const gap = { provenance: 'missing', change: { kind: 'updated', gap: true } } as const;
  const lead = '00Q000000000103AAA';
  const [out, behind] = [told(lead, '1', gap), told(lead, '1', gap)];
  await expect(through([out, behind])).rejects.toMatchObject({ code: 'SBX_CONNECTION_UNKNOWN' });
  expect(await through([out, behind], [[out.id, { code: 'SBX_LANE_PARKED', message: 'by a test' }]])).toEqual([
    [out.id, 'parked', 'SBX_LANE_PARKED'],
    [behind.id, 'parked', 'SBX_BEHIND_PARKED'],
  ]);
});

test('a task that Signalbox made is no reason to act, though its CRM does not say who wrote it; other tasks are', async () => {
  const task = (id: string, key?: string): CanonicalEvent =>
    told(id, '1', {
      entity: 'task',
      record: { id, nativeType: 'todoTask', ...(key === undefined ? {} : { key }) },
    });
  const [own, changed, other] = [
    task('t1', 'sbx:d1:create-task'),
    task('t1', 'sbx:d1:create-task'),
    task('t2', 'of another program'),
  ];
  expect(await through([own, changed, other, task('t3')])).toEqual([
    [own.id, 'ignored', 'SBX_NO_USE_CASE'],
    [changed.id, 'ignored', 'SBX_NO_USE_CASE'],
    [other.id, 'decided'],
    [expect.any(String), 'decided'],
  ]);
});

describe('with an open engagement and its task', () => {
  const task = (id: string, sketch: Parameters<typeof eventOf>[0]): CanonicalEvent =>
    eventOf({
      id,
      entity: 'task',
      ...sketch,
      record: { id: '00T000000000001AAA', nativeType: 'Task', ...sketch?.record },
    });

  beforeAll(async () => {
    await ledger.recordBatch('acme', {
      batchid: 'opening',
      lane: { workflowid: 'lane/acme/0', runid: 'r1' },
      events: [],
      records: [],
      decisions: [],
      engagements: [
        {
          workflowid: engagement,
          source: eventOf({ id: 'l1' }).source,
          subject,
          usecase: 'lead-scoring',
          connection: 'sales',
          lastdecision: 'd1',
          lastsequence: '1',
        },
      ],
    });
    const made = sampleAttempt(sampleDecision(sampleEvent('acme', 1)), '00T000000000001AAA');
    await ledger.recordActions([{ ...made, engagement }]);
  });

  const outcomesOf = async (...events: CanonicalEvent[]): Promise<unknown> => {
    const { context } = await viewBatch(deps(), { tenant: 'acme', batchid: 'asked', events, parked: [] });
    return context.events.map(({ outcomes }) => outcomes.map(({ engagement: of, label }) => [of, label]));
  };

  test.each([
    ['closed', { isClosed: true }],
    ['completed, as change events tell it', { completedAt: '2026-03-01T10:00:00.000Z' }],
  ])('a task that is %s ends it as completed', async (_name, record) => {
    expect(await outcomesOf(task('t1', { record }))).toEqual([[[engagement, 'completed']]]);
  });

  test('a task that is deleted ends it as removed; one that is only changed ends nothing', async () => {
    expect(await outcomesOf(task('t2', { change: { kind: 'deleted' } }))).toEqual([[[engagement, 'removed']]]);
    expect(await outcomesOf(task('t3', { record: { status: 'In Progress' } }))).toEqual([[]]);
  });

  test('the case that it has opened ends it when it is closed or deleted, another case does not', async () => {
    const decision = sampleDecision(eventOf({ id: 'd-case', record: { id: '00Q000000000001AAA' } }));
    await ledger.recordBatch('acme', {
      ...{
        batchid: 'case',
        lane: { workflowid: 'lane/acme/0', runid: 'r1' },
        events: [],
        records: [],
        engagements: [],
      },
      decisions: [decision],
    });
    const { task: content, ...base } = sampleAction(decision);
    const action = { ...base, kind: 'create-case', case: content } as const;
    const result = { actionId: action.id, outcome: 'applied', nativeId: '500000000000001AAA', answer: null } as const;
    const run = { engagement, workflowid: engagement, runid: 'r', attempt: 1, at: '2026-03-01T10:00:00.000Z' };
    const { source } = eventOf({});
    await ledger.recordActions([{ ...run, source, action, result }]);
    const ticket = (id: string, of: string, sketch: Parameters<typeof eventOf>[0]): CanonicalEvent =>
      eventOf({ id, entity: 'case', ...sketch, record: { id: of, nativeType: 'Case', ...sketch?.record } });
    const closed = { record: { closedAt: '2026-03-01T10:00:00.000Z' } };
    expect(await outcomesOf(ticket('c1', '500000000000001AAA', closed))).toEqual([[[engagement, 'completed']]]);
    expect(await outcomesOf(ticket('c2', '500000000000001AAA', { change: { kind: 'deleted' } }))).toEqual([
      [[engagement, 'removed']],
    ]);
    expect(await outcomesOf(ticket('c3', '500000000000002AAA', closed))).toEqual([[]]);
    expect(await outcomesOf(ticket('c4', '500000000000001AAA', { record: { status: 'Working' } }))).toEqual([[]]);
  });

  test("another CRM's record and task of the same ids end nothing", async () => {
    const elsewhere = { source: '/tenants/acme/sap/erp.example', connection: 'erp' };
    const won = { ...eventOf({ id: 'l3', record: { isConverted: true, company: '1' } }), ...elsewhere };
    const closed = { ...task('t4', { record: { isClosed: true } }), ...elsewhere };
    expect(await outcomesOf(won, closed)).toEqual([[], []]);
  });

  test('the record that is won or deleted ends it and is not scored', async () => {
    const won = eventOf({ id: 'l1', record: { isConverted: true, company: '1' } });
    const gone = eventOf({ id: 'l2', change: { kind: 'deleted' } });
    expect([await outcomesOf(won), await outcomesOf(gone)]).toEqual([
      [[[engagement, 'won']]],
      [[[engagement, 'gone']]],
    ]);
  });
});

test('what is read for a second notice of the same second comes after what was read for the first', async () => {
  const lead = '00Q000000000130AAA';
  const time = '2026-03-01T11:00:00.000Z';
  const companies = ['1', '2'];
  const crm = {
    connection: { reader: { read: () => Promise.resolve([companies.shift()]) } },
    connector: {
      normalise: (company: string) =>
        Promise.resolve([
          eventOf({ id: `r${company}`, time, record: { id: lead, company }, change: { kind: 'observed' } }),
        ]),
    },
  };
  const at = { ...deps(), connections: { of: () => Promise.resolve(crm) } as unknown as Connections };
  const orders: (string | undefined)[] = [];
  for (const id of ['n1', 'n2']) {
    const notice = eventOf({
      ...{ id, time, record: { id: lead }, sequence: '00000000000000000001' },
      ...{ change: { kind: 'updated', gap: true }, provenance: 'missing' },
    });
    const input = { tenant: 'acme', batchid: `b${(batches += 1)}`, events: [notice], parked: [] };
    const view = await viewBatch(at, input);
    const [prepared] = view.context.events;
    orders.push(prepared?.status === 'decided' ? prepared.order : prepared?.status);
    const run = { workflowId: 'lane/acme/0', runId: 'r1' };
    await recordBatch(at, { ...input, run, prepared: view.context.events, decisions: [], directives: [] }, view);
  }
  expect(orders).toEqual([`${time}/`, `${time}/+`]);
  expect(await ledger.records('acme', [`lead/${lead}`])).toMatchObject([{ record: { company: '2' } }]);
});

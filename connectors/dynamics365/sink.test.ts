import type { Action, ActionResult, CreateTask } from '../../canonical-schema/action';
import { type Sample, startSample } from '../../test/dynamics365-org';
import { noteIdOf, taskIdOf } from './task-row';

let sample: Sample;
let lead: string;
beforeEach(async () => {
  sample = await startSample(
    { subscribe: ['lead', 'new_box'] },
    {
      tables: [
        {
          name: 'new_box',
          set: 'new_boxes',
          primaryName: 'new_name',
          attributes: [{ name: 'new_name', type: 'String', label: 'Name', maxLength: 100 }],
        },
      ],
    },
  );
  lead = await sample.org.admin.create('lead', { lastname: 'Lopez', companyname: 'Bluewater' });
});
afterEach(() => sample.stop());

const base = (id: string, about = { entity: 'lead', id: lead }) => ({
  ...{ id, tenantid: 'acme', connection: 'sales', decisionid: 'd-1', about },
});
const task = { subject: 'Call', description: 'Why', priority: 'high', due: '2026-03-02T12:00:00.000Z' } as const;
const create = (id: string, over: Partial<CreateTask> = {}): CreateTask => ({
  kind: 'create-task',
  ...base(id),
  task,
  ...over,
});

async function apply(...actions: readonly Action[]): Promise<readonly ActionResult[]> {
  return sample.connection.sink.apply(actions, AbortSignal.timeout(10_000));
}
async function one(action: Action): Promise<ActionResult> {
  return (await apply(action))[0]!;
}
const taskOf = (id: string) => sample.org.admin.record('task', taskIdOf({ id, tenantid: 'acme' }));
const path = (write: { readonly method: string; readonly path: string }) => `${write.method} ${write.path}`;

describe('a task', () => {
  it('is regarding the record, with priority, due time and owner', async () => {
    const person = sample.org.admin.person('Jo Doe');
    const result = await one(create('a-1', { task: { ...task, assignTo: person } }));
    expect(result).toMatchObject({ outcome: 'applied', nativeId: taskIdOf({ id: 'a-1', tenantid: 'acme' }) });
    expect(taskOf('a-1')).toMatchObject({
      subject: 'Call',
      description: 'Why',
      prioritycode: 2,
      scheduledend: '2026-03-02T12:00:00Z',
      _regardingobjectid_value: lead,
      _ownerid_value: person,
    });
  });

  it('is created once: a late retry does not undo what a person did to it', async () => {
    await one(create('a-1'));
    await sample.org.admin.update('task', taskIdOf({ id: 'a-1', tenantid: 'acme' }), { subject: 'Mine now' });
    expect(await one(create('a-1'))).toMatchObject({ outcome: 'already-applied' });
    expect(taskOf('a-1')).toMatchObject({ subject: 'Mine now' });
    expect(sample.org.admin.tasks()).toHaveLength(1);
  });

  it('has texts as long as Dataverse takes them', async () => {
    const long = { ...task, subject: 's'.repeat(255), description: 'd'.repeat(5000) };
    expect(await one(create('a-1', { task: long }))).toMatchObject({ outcome: 'applied' });
    expect(String(taskOf('a-1')?.description)).toMatch(/^d+ …$/);
  });

  it('is changed and closed, and only where it is still there', async () => {
    const { nativeId: taskId } = (await one(create('a-1'))) as { nativeId: string };
    expect(await one({ kind: 'update-task', ...base('a-2'), taskId, task: { subject: 'Call now' } })).toMatchObject({
      outcome: 'applied',
    });
    expect(taskOf('a-1')).toMatchObject({ subject: 'Call now', description: 'Why' });
    expect(await one({ kind: 'close-task', ...base('a-3'), taskId, description: 'Moot' })).toMatchObject({
      outcome: 'applied',
    });
    expect(taskOf('a-1')).toMatchObject({ statecode: 1, statuscode: 5, description: 'Moot' });
    await sample.org.admin.remove('task', taskId);
    const gone = await one({ kind: 'update-task', ...base('a-4'), taskId, task: { subject: 'Again' } });
    expect(gone).toMatchObject({ outcome: 'failed', failure: 'gone' });
    expect(sample.org.admin.tasks()).toHaveLength(0);
  });

  it('about what is gone, is no GUID, or is owned by nobody is refused', async () => {
    const nobody = '00000000-0000-4000-8000-0000000000ff';
    expect(await one(create('a-1', { about: { entity: 'lead', id: nobody } }))).toMatchObject({
      outcome: 'failed',
      failure: 'gone',
    });
    expect(await one(create('a-2', { about: { entity: 'lead', id: '00Q1' } }))).toMatchObject({
      failure: 'permanent',
      code: 'SBX_DYNAMICS365_ID',
    });
    expect(await one(create('a-3', { task: { ...task, assignTo: nobody } }))).toMatchObject({
      failure: 'permanent',
      code: 'SBX_DYNAMICS365_OWNER',
    });
    expect(sample.org.admin.tasks()).toHaveLength(0);
  });
});

describe('a note', () => {
  const note = (id: string, about = { entity: 'lead', id: lead }): Action => ({
    kind: 'add-note',
    ...base(id, about),
    note: { title: 'Likely to buy', text: 'Why\n+ Asked for a price' },
  });
  const noteOf = (id: string) => sample.org.admin.record('annotation', noteIdOf({ id, tenantid: 'acme' }));

  it('is an annotation of the record, made once and left as a person changed it', async () => {
    const nativeId = noteIdOf({ id: 'n-1', tenantid: 'acme' });
    expect(await one(note('n-1'))).toMatchObject({ outcome: 'applied', nativeId });
    expect(noteOf('n-1')).toMatchObject({
      subject: 'Likely to buy',
      notetext: 'Why\n+ Asked for a price',
      _objectid_value: lead,
      objecttypecode: 'lead',
    });
    await sample.org.admin.update('annotation', nativeId, { notetext: 'Called her' });
    expect(await one(note('n-1'))).toMatchObject({ outcome: 'already-applied', nativeId });
    expect(noteOf('n-1')).toMatchObject({ notetext: 'Called her' });
    expect(sample.org.admin.records('annotation')).toHaveLength(1);
  });

  it('is there once when its answer was lost', async () => {
    sample.org.admin.fault({ kind: 'dropResponse' });
    expect(await one(note('n-1'))).toMatchObject({ failure: 'retryable' });
    expect(await one(note('n-1'))).toMatchObject({ outcome: 'already-applied' });
    expect(sample.org.admin.records('annotation')).toHaveLength(1);
  });

  it('of a table without notes is refused', async () => {
    const box = await sample.org.admin.create('new_box', { new_name: 'Crate' });
    expect(await one(note('n-1', { entity: 'record', id: box }))).toMatchObject({ failure: 'permanent' });
  });
});

describe('a queue', () => {
  let first: string;
  let second: string;
  let record: string;
  beforeEach(async () => {
    const { admin } = sample.org;
    first = await admin.create('queue', { name: 'Billing' });
    second = await admin.create('queue', { name: 'Repairs' });
    const account = await admin.create('account', { name: 'Bluewater' });
    record = await admin.create('incident', {
      title: 'It smokes',
      'customerid_account@odata.bind': `/accounts(${account})`,
    });
  });
  const into = (id: string, queue: string, about = { entity: 'case', id: record }): Action => ({
    ...{ kind: 'add-to-queue', ...base(id, about), queue },
  });
  const items = () => sample.org.admin.records('queueitem');

  it('takes the record once, and gives it to another one', async () => {
    const added = await one(into('q-1', first));
    expect(added).toMatchObject({ outcome: 'applied', nativeId: items()[0]?.queueitemid });
    expect(await one(into('q-1', first))).toMatchObject({
      outcome: 'already-applied',
      nativeId: items()[0]?.queueitemid,
    });
    expect(items()).toMatchObject([{ _queueid_value: first, _objectid_value: record }]);
    expect(await one(into('q-2', second))).toMatchObject({ outcome: 'applied' });
    expect(items()).toMatchObject([{ _queueid_value: second, _objectid_value: record }]);
    const write = sample.org.admin.writes().at(-1);
    expect(write).toMatchObject({ body: { SourceQueue: { queueid: first } }, tag: 'Signalbox' });
  });

  it('takes it once when the answer was lost', async () => {
    sample.org.admin.fault({ kind: 'dropResponse' });
    expect(await one(into('q-1', first))).toMatchObject({ failure: 'retryable' });
    expect(await one(into('q-1', first))).toMatchObject({ outcome: 'already-applied' });
    expect(items()).toHaveLength(1);
  });

  it('may be that of a user or a team', async () => {
    const { admin } = sample.org;
    const person = admin.person('Jo Doe');
    const team = await admin.create('team', { name: 'Service', 'queueid@odata.bind': `/queues(${second})` });
    await admin.update('systemuser', person, { 'queueid@odata.bind': `/queues(${first})` });
    expect(await one(into('q-1', person))).toMatchObject({ outcome: 'applied' });
    expect(items()).toMatchObject([{ _queueid_value: first }]);
    expect(await one(into('q-2', team))).toMatchObject({ outcome: 'applied' });
    expect(items()).toMatchObject([{ _queueid_value: second }]);
  });

  it('that is none, and a table that is not enabled for queues, are refused', async () => {
    const person = sample.org.admin.person('Jo Doe');
    for (const queue of [person, '00000000-0000-4000-8000-0000000000ff', 'Billing']) {
      const refusal = { failure: 'permanent', code: 'SBX_DYNAMICS365_QUEUE' };
      expect(await one(into('q-1', queue))).toMatchObject(refusal);
    }
    expect(await one(into('q-2', first, { entity: 'lead', id: lead }))).toMatchObject({ failure: 'permanent' });
    expect(items()).toHaveLength(0);
  });
});

describe('fields', () => {
  const set = (id: string, fields: Record<string, string | number | null>, over = {}): Action => ({
    kind: 'set-fields',
    ...base(id),
    fields,
    ...over,
  });
  const leadRow = () => sample.org.admin.record('lead', lead);

  it('are set, a word of a standard choice as its number', async () => {
    expect(await one(set('f-1', { jobtitle: 'CFO', leadqualitycode: 'hot' }))).toMatchObject({
      outcome: 'applied',
      nativeId: lead,
    });
    expect(leadRow()).toMatchObject({ jobtitle: 'CFO', leadqualitycode: 1 });
  });

  it('give a new owner', async () => {
    const person = sample.org.admin.person('Jo Doe');
    expect(await one(set('f-1', { ownerid: person }))).toMatchObject({ outcome: 'applied' });
    expect(leadRow()).toMatchObject({ _ownerid_value: person });
  });

  it('expect a version, or the time of the last change', async () => {
    const { versionnumber, modifiedon } = leadRow() as { versionnumber: number; modifiedon: string };
    const first = await one(set('f-1', { jobtitle: 'CFO' }, { expectedVersion: modifiedon }));
    expect(first).toMatchObject({ outcome: 'applied' });
    const stale = await one(set('f-2', { jobtitle: 'CEO' }, { expectedVersion: String(versionnumber) }));
    expect(stale).toMatchObject({ failure: 'conflict', code: 'SBX_DYNAMICS365_VERSION' });
    // The same write again: its answer may have been lost.
    const again = await one(set('f-1', { jobtitle: 'CFO' }, { expectedVersion: String(versionnumber) }));
    expect(again).toMatchObject({ outcome: 'already-applied' });
    expect(leadRow()).toMatchObject({ jobtitle: 'CFO' });
  });

  it('of a column that is not there are refused', async () => {
    expect(await one(set('f-1', { nosuchcolumn: 'x' }))).toMatchObject({ outcome: 'failed', failure: 'permanent' });
  });
});

it('finds the table of a record that is no standard entity', async () => {
  const box = await sample.org.admin.create('new_box', { new_name: 'Crate' });
  const result = await one({
    kind: 'set-fields',
    ...base('b-1', { entity: 'record', id: box }),
    fields: { new_name: 'Chest' },
  });
  expect(result).toMatchObject({ outcome: 'applied' });
  expect(sample.org.admin.record('new_box', box)).toMatchObject({ new_name: 'Chest' });
  const call = await sample.org.admin.create('phonecall', { subject: 'Ring' });
  expect(await one(create('b-2', { about: { entity: 'interaction', id: lead } }))).toMatchObject({
    code: 'SBX_DYNAMICS365_TABLE_UNKNOWN',
  });
  const subject: Action = {
    kind: 'set-fields',
    ...base('b-3', { entity: 'interaction', id: call }),
    fields: { subject: 'Rang' },
  };
  expect(await one(subject)).toMatchObject({ outcome: 'applied' });
});

it('sends what comes at one moment in one batch, each part answering for itself', async () => {
  const before = sample.org.admin.writes().length;
  const results = await apply(
    create('c-1'),
    create('c-2'),
    { kind: 'set-fields', ...base('c-3'), fields: { nosuchcolumn: 'x' } },
    create('c-4'),
  );
  expect(results.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'failed', 'applied']);
  const writes = sample.org.admin.writes().slice(before);
  expect(writes.map(path)).toHaveLength(4);
  expect(writes.every(({ tag }) => tag === 'Signalbox')).toBe(true);
});

it('says how long Dataverse wants to be left alone, and does so', async () => {
  sample.org.admin.fault({ kind: 'throttle', retryAfter: 1, limit: 'requests' });
  const busy = await one(create('t-1'));
  expect(busy).toMatchObject({ failure: 'retryable', code: '0x80072322', retryAfterMs: 1000 });
  const began = performance.now();
  expect(await one(create('t-1'))).toMatchObject({ outcome: 'applied' });
  expect(performance.now() - began).toBeGreaterThan(500);
});

it('does not know whether a write without an answer was done, and finds out at the next try', async () => {
  sample.org.admin.fault({ kind: 'dropResponse' });
  expect(await one(create('l-1'))).toMatchObject({ failure: 'retryable', code: 'SBX_DYNAMICS365_NO_ANSWER' });
  expect(await one(create('l-1'))).toMatchObject({ outcome: 'already-applied' });
});

it('ends what is under way when the connection is closed', async () => {
  const underWay = one(create('s-1'));
  await sample.connection.close();
  expect(await underWay).toMatchObject({ outcome: 'failed', failure: 'retryable' });
});

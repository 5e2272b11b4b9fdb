import type { Action, CreateTask } from '../../canonical-schema/action';
import { type Sample, startSample } from '../../test/graph-directory';

let sample: Sample;
let message: string;
beforeAll(async () => {
  sample = await startSample(['messages']);
  const stream = `users/${sample.user}/messages`;
  message = `${stream}/${sample.directory.admin.create(stream, { subject: 'Offer' })}`;
});
afterAll(() => sample.stop());

const listOf = (name: string): string => {
  const { id, list } = sample.directory.admin.user(name);
  return `users/${id}/todo/lists/${list}/tasks`;
};
const tasks = (name = 'jo@acme.example') => sample.directory.admin.items(listOf(name));

const base = (id: string) =>
  ({
    id,
    tenantid: 'acme',
    connection: 'office',
    decisionid: 'd',
    about: { entity: 'interaction', id: message },
  }) as const;
const create = (id: string, over: Partial<CreateTask['task']> = {}): CreateTask => ({
  ...base(id),
  kind: 'create-task',
  task: { subject: 'Answer', description: 'Offer 17', priority: 'high', due: '2026-03-02T17:00:00Z', ...over },
});
const apply = async (action: Action, over?: Parameters<Sample['connect']>[0]) => {
  const connection = over === undefined ? sample.connection : await sample.connect(over);
  const [result] = await connection.sink.apply([action], AbortSignal.timeout(20_000));
  return result!;
};
const idOf = (result: Awaited<ReturnType<typeof apply>>): string => ('nativeId' in result ? result.nativeId : '');

it('makes a task in the mailbox that it is about, changes it and closes it', async () => {
  const made = await apply(create('act-1'));
  expect(made).toMatchObject({ outcome: 'applied' });
  expect(tasks()).toMatchObject([{ title: 'Answer', importance: 'high', status: 'notStarted' }]);
  const taskId = idOf(made);
  await apply({ ...base('act-2'), kind: 'update-task', taskId, task: { subject: 'Answer today', priority: 'low' } });
  await apply({ ...base('act-3'), kind: 'close-task', taskId, description: 'Closed: moot.' });
  expect(tasks()).toMatchObject([
    { title: 'Answer today', importance: 'low', status: 'completed', body: { content: 'Closed: moot.' } },
  ]);
  expect(await apply(create('act-1'))).toMatchObject({ outcome: 'already-applied', nativeId: taskId });
  expect(tasks()).toHaveLength(1);
});

it('finds its task behind as many others as there are', async () => {
  const before = await apply(create('act-far'));
  for (let n = 0; n < 250; n++) sample.directory.admin.create(listOf('jo@acme.example'), { title: `Other ${n}` });
  expect(await apply(create('act-far'))).toMatchObject({ outcome: 'already-applied', nativeId: idOf(before) });
});

it('gives a task to its assignee, else to the list of the connection', async () => {
  const { id } = sample.directory.admin.user('ann@acme.example');
  await apply(create('act-4', { assignTo: id }));
  expect(tasks('ann@acme.example')).toMatchObject([{ title: 'Answer' }]);
  await apply(create('act-5'), { taskList: listOf('team@acme.example') });
  expect(tasks('team@acme.example')).toHaveLength(1);
});

it('gives its assignee a task about what no mailbox has', async () => {
  const { id } = sample.directory.admin.user('ann@acme.example');
  const about = { entity: 'rhythm', id: 'office:interaction.created:2026-03-01' };
  const before = tasks('ann@acme.example').length;
  expect(await apply({ ...create('act-7', { assignTo: id }), about })).toMatchObject({ outcome: 'applied' });
  expect(tasks('ann@acme.example')).toHaveLength(before + 1);
});

it('has one effect when two processes make a task at once', async () => {
  const connections = await Promise.all(Array.from({ length: 4 }, () => sample.connect()));
  const action = create('act-6', { subject: 'Once' });
  const results = await Promise.all(connections.map(({ sink }) => sink.apply([action], AbortSignal.timeout(20_000))));
  const once = tasks().filter(({ title }) => title === 'Once');
  expect(once).toHaveLength(1);
  for (const [result] of results)
    expect(result).toMatchObject({ nativeId: expect.stringContaining(String(once[0]?.id)) as string });
});

it('makes a task of a plan once, also when the answer or the second write is lost, changes it and closes it', async () => {
  const { admin } = sample.directory;
  const plan = { id: admin.addPlan() };
  const { id: ann } = admin.user('ann@acme.example');
  const action = create('act-plan', { assignTo: ann });
  admin.fault({ kind: 'dropResponse' });
  expect(await apply(action, { plan })).toMatchObject({ failure: 'retryable' });
  const made = await apply(action, { plan });
  expect(made).toMatchObject({ outcome: 'already-applied' });
  expect(admin.planTasks(plan.id)).toMatchObject([
    { title: expect.stringMatching(/^Answer \[[0-9a-f]{8}\]$/) as string, priority: 1, description: 'Offer 17' },
  ]);
  expect(Object.keys(admin.planTasks(plan.id)[0]?.assignments as object)).toEqual([ann]);
  const taskId = idOf(made);
  const { id: jo } = admin.user('jo@acme.example');
  await apply({ ...base('act-p2'), kind: 'update-task', taskId, task: { subject: 'Answer today', assignTo: jo } });
  expect(Object.keys(admin.planTasks(plan.id)[0]?.assignments as object)).toEqual([jo]);
  expect(await apply(action, { plan })).toMatchObject({ outcome: 'already-applied', nativeId: taskId });
  await apply({ ...base('act-p3'), kind: 'close-task', taskId, description: 'Closed: moot.' });
  expect(admin.planTasks(plan.id)).toMatchObject([
    { title: expect.stringMatching(/^Answer today \[/) as string, percentComplete: 100, description: 'Closed: moot.' },
  ]);
  // A late try undoes nothing.
  await apply(action, { plan });
  expect(admin.planTasks(plan.id)).toMatchObject([{ description: 'Closed: moot.' }]);
});

it('has one effect when two processes make a task of a plan at once', async () => {
  const plan = { id: sample.directory.admin.addPlan() };
  const connections = await Promise.all(Array.from({ length: 4 }, () => sample.connect({ plan })));
  const action = create('act-plan-once');
  await Promise.all(connections.map(({ sink }) => sink.apply([action], AbortSignal.timeout(20_000))));
  expect(sample.directory.admin.planTasks(plan.id)).toHaveLength(1);
});

it('says gone, permanent or retryable as Graph means it', async () => {
  const taskId = `${listOf('jo@acme.example')}/none`;
  expect(await apply({ ...base('act-7'), kind: 'close-task', taskId, description: '' })).toMatchObject({
    failure: 'gone',
  });
  const given = { ...base('act-11'), kind: 'update-task', taskId, task: { assignTo: 'ann' } } as const;
  expect(await apply(given)).toMatchObject({ failure: 'permanent', code: 'SBX_GRAPH_ASSIGN' });
  const elsewhere = { ...create('act-8'), about: { entity: 'lead', id: 'x' } };
  expect(await apply(elsewhere)).toMatchObject({ failure: 'permanent', code: 'SBX_GRAPH_RECORD_UNKNOWN' });
  const unknown = { ...base('act-9'), kind: 'set-fields', fields: { colour: 'red' } } as const;
  expect(await apply(unknown)).toMatchObject({ failure: 'permanent', code: 'BadRequest' });
  sample.directory.admin.fault({ kind: 'serverUnavailable', retryAfter: 1 });
  expect(await apply(create('act-10'))).toMatchObject({ failure: 'retryable', retryAfterMs: 1000 });
});

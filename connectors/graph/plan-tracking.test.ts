import { type Sample, startSample } from '../../test/graph-directory';
import { type Position, PositionExpired } from '../contract';
import type { ResourceNative } from './native';
import { normalise } from './normalise';

let sample: Sample;
let plan: string;
let stream: string;

beforeEach(async () => {
  sample = await startSample(['messages']);
  plan = sample.directory.admin.addPlan();
  stream = `planner/plans/${plan}/tasks`;
});
afterEach(() => sample.stop());

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

async function since(token: Position | undefined) {
  const told = [];
  for await (const one of sample.connection.reader.tracked!(stream, token, signal())) told.push(one);
  const last = told.pop();
  if (last?.kind !== 'token') throw new Error('no token at the end');
  const natives = told.flatMap((one) => (one.kind === 'change' ? [one.native as ResourceNative] : []));
  return { natives, paths: natives.map(({ path }) => path), token: JSON.parse(JSON.stringify(last.token)) as Position };
}

/** As Signalbox makes it, but for its mark, which is given. */
async function create(title: string): Promise<string> {
  const { baseUrl, tokenUrl, clientId: client_id, clientSecret: client_secret } = sample.directory;
  const form = { grant_type: 'client_credentials', client_id, client_secret, scope: `${baseUrl}/.default` };
  const granted = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await granted.json()) as { readonly access_token: string };
  const made = await fetch(`${baseUrl}/v1.0/planner/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ planId: plan, title }),
  });
  return `planner/tasks/${((await made.json()) as { readonly id: string }).id}`;
}

const idOf = (path: string): string => path.split('/').at(-1) ?? '';

it('tells tasks of Signalbox: each once, when it changes, when it is completed, when it is gone', async () => {
  const { admin } = sample.directory;
  const [done, gone, untouched] = [
    await create('Call Jo [00000001]'),
    await create('Call Ann [00000002]'),
    await create('Call Al [00000003]'),
  ];
  await create('Buy milk');
  const first = await since(undefined);
  expect(first.natives).toEqual([]);
  const second = await since(first.token);
  expect([...second.paths].sort()).toEqual([done, gone, untouched].sort());
  expect((await since(second.token)).natives).toEqual([]);
  admin.updatePlanTask(idOf(done), { title: 'Call Jo on Monday' });
  const third = await since(second.token);
  expect(third.paths).toEqual([done]);
  admin.updatePlanTask(idOf(done), { percentComplete: 100 });
  admin.removePlanTask(idOf(gone));
  const fourth = await since(third.token);
  expect(fourth.natives).toMatchObject([{ path: done }, { path: gone, isDeleted: true }]);
  expect((await since(fourth.token)).natives).toEqual([]);
});

it('tells a task that was made and completed between two looks', async () => {
  const { token } = await since((await since(undefined)).token);
  const task = await create('Call Jo [00000001]');
  sample.directory.admin.updatePlanTask(idOf(task), { percentComplete: 100 });
  const { paths } = await since(token);
  expect(paths).toEqual([task]);
});

it('gives tasks with what people see of them', async () => {
  const task = await create('Call Jo [00000001]');
  sample.directory.admin.updatePlanTask(idOf(task), {
    percentComplete: 50,
    dueDateTime: '2026-03-02T17:00:00Z',
    priority: 1,
  });
  const { natives } = await since((await since(undefined)).token);
  const context = { tenant: 'acme', connection: 'office', org: 'd1', mapping: {} };
  const [open] = await normalise(natives[0]!, context);
  expect(open).toMatchObject({
    type: 'io.signalbox.task.observed.v1',
    subject: `task/${task}`,
    dataclassification: 'internal',
    data: {
      record: {
        subject: 'Call Jo [00000001]',
        status: 'inProgress',
        isClosed: false,
        priority: 'high',
        due: '2026-03-02',
      },
    },
  });
  sample.directory.admin.updatePlanTask(idOf(task), { percentComplete: 100 });
  const [again] = await sample.connection.reader.read('plannerTask', [task], signal());
  const [closed] = await normalise(again!, context);
  expect(closed?.data.record).toMatchObject({ status: 'completed', isClosed: true });
  expect(closed!.time >= open!.time).toBe(true);
  expect(closed?.id).not.toBe(open?.id);
});

it('reads back by when tasks were made or completed, and knows which are gone', async () => {
  const { reader } = sample.connection;
  const task = await create('Call Jo [00000001]');
  const within = async (from: string, to: string) => {
    const paths = [];
    for await (const { path } of reader.changed(stream, from, to, signal()) as AsyncIterable<ResourceNative>)
      paths.push(path);
    return paths;
  };
  expect(await within('2026-01-01T00:00:00Z', '2999-01-01T00:00:00Z')).toEqual([task]);
  expect(await within('2020-01-01T00:00:00Z', '2020-02-01T00:00:00Z')).toEqual([]);
  expect(await reader.gone!(stream, [task, 'planner/tasks/none'], signal())).toMatchObject([
    { path: 'planner/tasks/none' },
  ]);
  expect(reader.holds!(stream)).toEqual({ nativeType: 'plannerTask', idPrefix: 'planner/tasks/' });
  await expect(since({ v: 9 })).rejects.toThrow(PositionExpired);
});

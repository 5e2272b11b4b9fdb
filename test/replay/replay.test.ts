import { bundleWorkflowCode, DefaultLogger, Runtime, type ReplayWorkerOptions } from '@temporalio/worker';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../services/project-root';
import { LeanWorker } from '../../services/temporal/lean-worker';
import { workflowBundle } from '../../services/worker';
import type { BatchOutcome } from '../../activities/lane-types';
import { loadHistories, type RecordedHistory } from './history-file';

// A twin's failure is expected here, and the core would print it.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'OFF' } },
  shutdownSignals: [],
});

const histories = loadHistories();
/** In the JSON form, for batches of one or two events: what a batch costs falls on few. */
const bytesPerEvent = 15_000;
const mustRebuild = 'run npm run build: what is replayed must be what ships';

/** What went wrong with each history: nothing, where it replays. */
async function replay(
  workflows: Pick<ReplayWorkerOptions, 'workflowBundle' | 'workflowsPath'>,
  recorded: readonly RecordedHistory[],
): Promise<Readonly<Record<string, string | undefined>>> {
  const runs = recorded.map(({ name, history }) => ({ workflowId: name, history }));
  const faults: Record<string, string | undefined> = {};
  for await (const { workflowId, error } of LeanWorker.runReplayHistories(workflows, runs))
    faults[workflowId] = error?.name;
  return faults;
}

const sound = (recorded: readonly RecordedHistory[]): Record<string, undefined> =>
  Object.fromEntries(recorded.map(({ name }) => [name, undefined]));

test('there is a recorded history of every workflow', () => {
  const exported = readFileSync(path.join(projectRoot, 'workflows', 'index.ts'), 'utf8');
  const workflows = [...exported.matchAll(/\{([^}]+)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
  expect([...new Set(histories.map(({ workflow }) => workflow))].sort()).toEqual(workflows.sort());
});

test('the bundle that ships is made of the sources as they are', () => {
  if (!existsSync(workflowBundle)) throw new Error(`${workflowBundle} is missing: ${mustRebuild}`);
  const [, encoded = ''] = readFileSync(workflowBundle, 'utf8').split(
    'sourceMappingURL=data:application/json;charset=utf-8;base64,',
  );
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { sources: string[]; sourcesContent: string[] };
  const own = map.sources.flatMap((source, at) => {
    const file = path.relative(projectRoot, source);
    return /^(workflows|canonical-schema)\/.*\.ts$/.test(file) ? [{ file, text: map.sourcesContent[at] }] : [];
  });
  expect(own.map(({ file }) => file)).toEqual(expect.arrayContaining(['workflows/lane.ts', 'workflows/policy.ts']));
  const stale = own.filter(({ file, text }) => readFileSync(path.join(projectRoot, file), 'utf8') !== text);
  expect({ stale: stale.map(({ file }) => file), fix: mustRebuild }).toEqual({ stale: [], fix: mustRebuild });
});

test('every recorded history replays on the bundle that ships', async () => {
  expect(await replay({ workflowBundle: { codePath: workflowBundle } }, histories)).toEqual(sound(histories));
});

describe('workflows with one command more than was recorded', () => {
  const recorded = histories.filter(({ workflow }) => workflow === 'lane' || workflow === 'engagement');
  const quiet = () => undefined;
  const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, log: quiet };
  const bundled = (...source: string[]): ReturnType<typeof bundleWorkflowCode> =>
    bundleWorkflowCode({ workflowsPath: path.join(projectRoot, ...source), logger });

  test('are refused on every history', async () => {
    const twins = await bundled('test', 'replay', 'twins', 'index.ts');
    const refused = Object.fromEntries(recorded.map(({ name }) => [name, 'DeterminismViolationError']));
    expect(await replay({ workflowBundle: twins }, recorded)).toEqual(refused);
  }, 60_000);

  test('are refused for that command alone: bundled the same way, the workflows themselves replay', async () => {
    const own = await bundled('workflows', 'index.ts');
    expect(await replay({ workflowBundle: own }, recorded)).toEqual(sound(recorded));
  }, 60_000);
});

test('a recorded history is small enough to read and to keep', () => {
  expect(histories.filter(({ bytes }) => bytes > 200_000)).toEqual([]);
});

test('a lane keeps no more history per decided event than its budget', () => {
  const measured = histories
    .filter(({ workflow }) => workflow === 'lane')
    .map(({ name, bytes, history }) => ({ name, bytes, decided: decidedIn(history) }))
    .filter(({ decided }) => decided > 0);
  expect(measured.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['lane/batches@1', 'lane/continued-as-new@1']),
  );
  expect(measured.filter(({ bytes, decided }) => bytes / decided > bytesPerEvent)).toEqual([]);
});

/** How many events the lane said to have decided. */
function decidedIn({ events }: RecordedHistory['history']): number {
  const answers = events.flatMap((event) => {
    const { outcome } = (event['workflowExecutionUpdateCompletedEventAttributes'] ?? {}) as {
      outcome?: { success?: { payloads: readonly { data: string }[] } };
    };
    return outcome?.success?.payloads ?? [];
  });
  return answers
    .map(({ data }) => (JSON.parse(Buffer.from(data, 'base64').toString()) as BatchOutcome).decided)
    .reduce((sum, decided) => sum + decided, 0);
}

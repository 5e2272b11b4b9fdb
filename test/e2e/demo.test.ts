import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../services/project-root';

interface UseCases {
  readonly useCases: readonly { readonly usecase: string; readonly count: number }[];
}

interface Told extends UseCases {
  readonly lost: number;
  readonly quarantined: number;
  readonly neighbours: readonly (UseCases & { readonly crm: string; readonly lost: number })[];
}

let state: string;
beforeAll(async () => {
  state = await mkdtemp(path.join(tmpdir(), 'signalbox-demo-'));
});
afterAll(() => rm(state, { recursive: true, force: true }));

test('the demo ends by itself, and every use case of the three CRMs ended in its native action', async () => {
  const command = [path.join(projectRoot, 'cli', 'signalbox.cjs'), 'demo', '--count', '40', '--json', '--state', state];
  // Text models are shown by words alone here: a test fetches nothing.
  const env = { ...process.env, SIGNALBOX_ENCODER: 'none' };
  const { stdout } = await promisify(execFile)(process.execPath, command, { env, maxBuffer: 64 * 1024 * 1024 });
  const told = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Told;
  expect(told).toMatchObject({ lost: 0, quarantined: 0 });
  const all = [told, ...told.neighbours].map(({ useCases }) => useCases.map(({ usecase }) => usecase));
  expect(all).toEqual([
    ['lead-scoring', 'case-classification'],
    ['lead-scoring', 'case-routing', 'sla-breach'],
    ['churn', 'opportunity-scoring'],
  ]);
  const idle = [told, ...told.neighbours].flatMap(({ useCases }) => useCases.filter(({ count }) => count === 0));
  expect(idle).toEqual([]);
}, 180_000);

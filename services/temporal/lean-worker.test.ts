import { Runtime, type Logger } from '@temporalio/worker';
import { readFileSync } from 'node:fs';
import { loadHistories } from '../../test/replay/history-file';
import { workflowBundle } from '../worker';
import { LeanWorker } from './lean-worker';

const errors: string[] = [];
const quiet = (): void => undefined;
const logger: Logger = {
  ...{ log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet },
  error: (message, meta) => void errors.push(`${message} ${JSON.stringify(meta)}`),
};
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } }, shutdownSignals: [] });

class Impatient extends LeanWorker {
  protected static override readonly limitMs = 3_000;
}

const [history] = loadHistories().filter(({ name }) => name === 'engagement/completed@1');

async function replay(code: string): Promise<string | undefined> {
  const runs = [{ workflowId: 'one', history: history?.history }];
  for await (const { error } of Impatient.runReplayHistories({ workflowBundle: { code } }, runs)) return error?.message;
  return 'nothing was replayed';
}

const sound = readFileSync(workflowBundle, 'utf8');

test('workflow code runs as in the threads of the SDK', async () => {
  expect(await replay(sound)).toBeUndefined();
});

test('workflow code that computes without end ends its thread, and is named', async () => {
  const begin = /async function engagement\([^)]*\) \{/;
  expect(sound).toMatch(begin);
  await expect(replay(sound.replace(begin, '$& for (;;);'))).rejects.toThrow(/thread/i);
  expect(errors.join('\n')).toMatch(/computes without end.*SBX_WORKFLOW_STUCK/);
});

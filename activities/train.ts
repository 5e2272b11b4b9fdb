import { spawn } from 'node:child_process';
import { ApplicationFailure } from '@temporalio/common';

/** How training ended: undefined where a model was written, else why none can be made of these rows. */
export type Refusal = string | undefined;

/** Of the child's stderr this much is kept: what failed is told last. */
const tailBytes = 4_000;
/** After the request to end; then it is killed, ms. */
const graceMs = 5_000;
/** How `retrain.py` says that the rows are at fault, and trying again is no use. */
const refusal = /^nothing written: (.*)$/m;

/**
 * Runs the training script in a process group of its own, so that what it starts ends with it.
 * @param signal ends the training
 * @throws ApplicationFailure SBX_TRAINING_FAILED, to be tried again, with the end of what it told
 */
export async function runTraining(script: string, args: readonly string[], signal: AbortSignal): Promise<Refusal> {
  signal.throwIfAborted();
  const child = spawn('bash', [script, 'retrain', ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-tailBytes)));
  const kill = (how: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, how);
    } catch {
      // It has ended by itself.
    }
  };
  const atExit = (): void => {
    kill('SIGKILL');
  };
  let late: NodeJS.Timeout | undefined;
  const end = (): void => {
    kill('SIGTERM');
    late = setTimeout(kill, graceMs, 'SIGKILL');
  };
  signal.addEventListener('abort', end, { once: true });
  process.once('exit', atExit);
  try {
    const code = await new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.once('error', reject).once('close', (exit, by) => {
        resolve(exit ?? by ?? 'SIGKILL');
      });
    });
    signal.throwIfAborted();
    if (code === 0) return undefined;
    const [, why] = refusal.exec(tail) ?? [];
    if (why !== undefined) return why;
    throw ApplicationFailure.create({
      type: 'SBX_TRAINING_FAILED',
      message: `training ended with ${code}: ${tail.trim() || 'it told nothing'}`,
    });
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
    process.removeListener('exit', atExit);
  }
}

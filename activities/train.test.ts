import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../test/line';
import { runTraining } from './train';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-train-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const never = new AbortController().signal;
/** A script in the place of train.sh. */
function script(text: string): string {
  const file = path.join(folder, 'train.sh');
  writeFileSync(file, text);
  return file;
}

it('hands its arguments on, and has nothing to say where a model was written', async () => {
  const file = path.join(folder, 'told');
  expect(await runTraining(script(`echo "$@" > ${file}`), ['--rows', 'a b'], never)).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe('retrain --rows a b\n');
});

it('tells why no model can be made of the rows', async () => {
  const refused = script('echo "a warning" >&2; echo "nothing written: too few rows" >&2; exit 1');
  expect(await runTraining(refused, [], never)).toBe('too few rows');
});

it('fails with the end of what was told, to be tried again', async () => {
  const failing = script('head -c 9000 /dev/zero | tr "\\0" x >&2; echo "MemoryError" >&2; exit 3');
  const failure: unknown = await runTraining(failing, [], never).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'SBX_TRAINING_FAILED', nonRetryable: false });
  expect((failure as Error).message).toMatch(/^training ended with 3: x{3000,}MemoryError$/);
});

it('ends with all that it started when it is cancelled', async () => {
  const file = path.join(folder, 'pid');
  const stopping = new AbortController();
  const training = runTraining(script(`sleep 600 & echo $! > ${file}; wait`), [], stopping.signal);
  const ended = expect(training).rejects.toThrow(/abort/i);
  const pid = await until('the script to start something', () => {
    try {
      return Number(readFileSync(file, 'utf8')) || undefined;
    } catch {
      return undefined;
    }
  });
  stopping.abort();
  await ended;
  await until('what it started to end', () => !isAlive(pid));
});

/** One that has ended and waits to be reaped by the system counts as ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

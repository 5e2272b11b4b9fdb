import { Permanent, Retryable } from '../contract';
import { abortableSleep, nextDelay, retrying } from './backoff';

const backoff = { baseMs: 100, capMs: 5000 };

describe('nextDelay', () => {
  it('doubles up to the cap', () => {
    const longest = (attempt: number): number => nextDelay(attempt, new Error(), backoff, () => 1);
    expect([1, 2, 3, 7, 5000].map(longest)).toEqual([100, 200, 400, 5000, 5000]);
  });

  it('spreads over the whole interval', () => {
    expect(nextDelay(3, new Error(), backoff, () => 0)).toBe(0);
    expect(nextDelay(3, new Error(), backoff, () => 0.5)).toBe(200);
  });

  it('never comes back before the server said, even beyond the cap', () => {
    const error = new Retryable('503', 'busy', 60_000);
    expect(nextDelay(1, error, backoff, () => 0)).toBe(60_000);
    expect(nextDelay(9, error, backoff, () => 1)).toBe(60_100);
  });
});

describe('retrying', () => {
  const run = async (errors: readonly Error[], attempts = 5) => {
    const slept: number[] = [];
    let calls = 0;
    const result = retrying(
      (attempt) => {
        const error = errors[calls++];
        return error === undefined ? Promise.resolve(`attempt ${attempt}`) : Promise.reject(error);
      },
      {
        signal: new AbortController().signal,
        attempts,
        backoff,
        random: () => 1,
        sleep: (ms) => Promise.resolve(void slept.push(ms)),
      },
    );
    return { answer: await result.catch((error: unknown) => error), slept, calls };
  };

  it('gives the first success, having waited between the tries', async () => {
    const busy = new Retryable('x', 'x');
    expect(await run([busy, busy])).toEqual({ answer: 'attempt 3', slept: [100, 200], calls: 3 });
  });

  it('gives up with the last error after so many tries', async () => {
    const errors = [new Retryable('a', 'a'), new Retryable('b', 'b')];
    expect(await run(errors, 2)).toEqual({ answer: errors[1], slept: [100], calls: 2 });
  });

  it('does not ask again where that is of no use', async () => {
    const error = new Permanent('x', 'x');
    expect(await run([error])).toEqual({ answer: error, slept: [], calls: 1 });
  });

  it('stops waiting when aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('stop');
    const result = retrying(() => Promise.reject(new Retryable('x', 'x', 3_600_000)), {
      signal: abort.signal,
      attempts: 2,
      sleep: (ms, signal) => {
        const sleeping = abortableSleep(ms, signal);
        abort.abort(reason);
        return sleeping;
      },
    });
    await expect(result).rejects.toBe(reason);
  });
});

describe('abortableSleep', () => {
  it('rejects with the reason of a signal that had aborted before', async () => {
    const reason = new Error('stop');
    await expect(abortableSleep(3_600_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

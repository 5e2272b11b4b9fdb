import { setTimeout as delay } from 'node:timers/promises';
import { Retryable } from '../contract';

/** How long to wait between tries. */
export interface Backoff {
  /** Ms before the first retry, without jitter. */
  readonly baseMs: number;
  /** The longest own delay in ms. A server's own delay is honoured beyond it. */
  readonly capMs: number;
}

/** Quick for a hiccup, and no more than one try in half a minute for an outage. */
const defaultBackoff: Backoff = { baseMs: 250, capMs: 30_000 };

/**
 * Ms to wait after the given failure: exponential with full jitter, so that many clients do not come back at once.
 * A `Retryable.afterMs` is the least: the server said so.
 * @param attempt failures so far, from 1
 * @param random 0 <= x < 1
 */
export function nextDelay(
  attempt: number,
  error: unknown,
  backoff: Backoff = defaultBackoff,
  random: () => number = Math.random,
): number {
  // 2 ** 1024 is Infinity; the cap makes it a number again.
  const ceiling = Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempt - 1));
  const jittered = Math.round(ceiling * random());
  const afterMs = error instanceof Retryable ? (error.afterMs ?? 0) : 0;
  // A server's delay gets the jitter on top: all its clients were told the same moment.
  return afterMs > 0 ? afterMs + Math.min(jittered, backoff.baseMs) : jittered;
}

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Tries in all, the first included. */
  readonly attempts: number;
  readonly backoff?: Backoff;
  /** Default: `Retryable` only. */
  readonly isRetryable?: (error: unknown) => boolean;
  readonly random?: () => number;
  /** Rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Calls until it succeeds; rejects with the last error, with what is not retryable, or with the signal's reason. */
export async function retrying<T>(call: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, attempts, backoff, random, isRetryable = isRetryableError, sleep = abortableSleep } = options;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await call(attempt);
    } catch (error) {
      if (attempt >= attempts || signal.aborted || !isRetryable(error)) throw error;
      await sleep(nextDelay(attempt, error, backoff, random), signal);
    }
  }
}

/** Waits; rejects with the signal's reason as soon as it aborts. */
export async function abortableSleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function isRetryableError(error: unknown): boolean {
  return error instanceof Retryable;
}

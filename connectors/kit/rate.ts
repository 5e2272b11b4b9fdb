/** Writes are what people wait for: they go before reads. */
export type Priority = 'write' | 'read';

export interface RateLimits {
  /** Requests started per second on the average; may be below 1. */
  readonly requestsPerSecond: number;
  /** Requests that may start at once after a quiet time. Default: one second's worth, at least 1. */
  readonly burst?: number;
  /** Requests under way at once. Default: without limit. */
  readonly concurrency?: number;
  /** Is told when a request's turn has come, after waiting so long, ms. */
  readonly watch?: { waited(priority: Priority, ms: number): void } | undefined;
}

/** Time, injected so that tests need not wait. */
export interface RateClock {
  /** Monotonic milliseconds. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

interface Waiter {
  readonly start: () => void;
}

/** Node fires a longer timer at once. */
const longestTimerMs = 2 ** 31 - 1;

const systemClock: RateClock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => {
    clearTimeout(timer as NodeJS.Timeout);
  },
};

/** Keeps one connection's requests within what the CRM and the tenant allow: a token bucket and a concurrency limit. */
export class RateGovernor {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #concurrency: number;
  readonly #clock: RateClock;
  readonly #watch: RateLimits['watch'];
  readonly #waiting: Record<Priority, Set<Waiter>> = { write: new Set(), read: new Set() };
  #tokens: number;
  #countedAt: number;
  #underWay = 0;
  #pausedUntil = -Infinity;
  #timer: unknown;

  constructor(limits: RateLimits, clock: RateClock = systemClock) {
    const { requestsPerSecond, burst = Math.max(1, requestsPerSecond), concurrency = Infinity } = limits;
    if (!(requestsPerSecond > 0) || !(burst >= 1) || !(concurrency >= 1)) {
      throw new RangeError('requestsPerSecond must be above 0, burst and concurrency at least 1');
    }
    this.#perMs = requestsPerSecond / 1000;
    this.#burst = burst;
    this.#concurrency = concurrency;
    this.#clock = clock;
    this.#watch = limits.watch;
    this.#tokens = burst;
    this.#countedAt = clock.now();
  }

  /** Runs one request when its turn has come. Rejects with the signal's reason, without a request, when aborted before. */
  async run<T>(request: () => Promise<T>, priority: Priority = 'read', signal?: AbortSignal): Promise<T> {
    await this.#turn(priority, signal);
    try {
      return await request();
    } finally {
      this.#underWay--;
      this.#dispatch();
    }
  }

  /** Starts nothing for so long (the server's Retry-After, in ms). A shorter pause never shortens a longer one. */
  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
    this.#dispatch();
  }

  #turn(priority: Priority, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const queue = this.#waiting[priority];
      const since = this.#clock.now();
      const abort = (): void => {
        queue.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        start: () => {
          signal?.removeEventListener('abort', abort);
          this.#watch?.waited(priority, this.#clock.now() - since);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      queue.add(waiter);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#refill();
    for (let waiter = this.#next(); waiter !== undefined; waiter = this.#next()) {
      if (this.#underWay >= this.#concurrency) return;
      const wait = this.#waitMs();
      if (wait > 0) {
        this.#timer = this.#clock.setTimeout(() => {
          this.#dispatch();
        }, wait);
        return;
      }
      this.#tokens -= 1;
      this.#underWay++;
      this.#waiting.write.delete(waiter);
      this.#waiting.read.delete(waiter);
      waiter.start();
    }
  }

  #next(): Waiter | undefined {
    const [write] = this.#waiting.write;
    if (write !== undefined) return write;
    const [read] = this.#waiting.read;
    return read;
  }

  #refill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#countedAt) * this.#perMs);
    this.#countedAt = now;
  }

  /** Whole ms until a request may start: timers do not wake earlier, and rounding up spares a wake in vain. */
  #waitMs(): number {
    const paused = this.#pausedUntil - this.#countedAt;
    // A hair of tolerance: refilling in steps adds up to 0.9999999 tokens.
    const dry = this.#tokens >= 1 - 1e-9 ? 0 : (1 - this.#tokens) / this.#perMs;
    return Math.min(longestTimerMs, Math.max(0, Math.ceil(Math.max(paused, dry))));
  }
}

/** A token bucket of one second that refuses instead of making wait. */
export class RateLimit {
  #tokens: number;
  #at: number;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.#tokens = this.#most;
    this.#at = now();
  }

  /** Takes one request: 0, or the ms after which the next one is taken. */
  take(): number {
    const at = this.now();
    this.#tokens = Math.min(this.#most, this.#tokens + (Math.max(0, at - this.#at) * this.perSecond) / 1000);
    this.#at = at;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 1000) / this.perSecond);
    this.#tokens -= 1;
    return 0;
  }

  get #most(): number {
    return Math.max(1, this.perSecond);
  }
}

/** What was kept lately: an event that is sent again need not be kept again. What it forgets, the ledger knows. */
export class Lately {
  readonly #keys = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    private readonly forMs = 10 * 60_000,
    private readonly most = 20_000,
  ) {}

  has(key: string): boolean {
    const at = this.#keys.get(key);
    return at !== undefined && this.now() - at <= this.forMs;
  }

  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.set(key, this.now());
    // In the order of their coming: the first is the oldest.
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= this.most) return;
      this.#keys.delete(oldest);
    }
  }
}

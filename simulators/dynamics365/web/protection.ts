import type { Dynamics365Options } from '../options';
import { Refusal } from '../org/refusal';

/** The three limits of service protection with their codes. */
export type LimitKind = 'requests' | 'execution' | 'concurrent';

/** Limits of one user on one web server. */
interface Limits {
  readonly requests: number;
  readonly executionMs: number;
  readonly concurrent: number;
  readonly windowMs: number;
}

interface Usage {
  /** Start and length of each request in the window. */
  readonly past: { at: number; took: number }[];
  running: number;
  /** Refusals in a row: the longer a client keeps on, the longer it waits. */
  refusals: number;
}

const grouped = (value: number): string => value.toLocaleString('en-US');

/** Counts what each user asks of the server, as its service protection does. */
export class Protection {
  readonly limits: Limits;
  readonly #usage = new Map<string, Usage>();

  constructor(limits: Dynamics365Options['limits'] = {}) {
    this.limits = { requests: 6000, executionMs: 1_200_000, concurrent: 52, windowMs: 300_000, ...limits };
  }

  /** The refusal for a limit. */
  refusal(kind: LimitKind, retryAfter: number): Refusal {
    const { requests, executionMs, concurrent, windowMs } = this.limits;
    const seconds = windowMs / 1000;
    const texts: Readonly<Record<LimitKind, readonly [string, string]>> = {
      requests: [
        '0x80072322',
        `Number of requests exceeded the limit of ${requests} over time window of ${seconds} seconds.`,
      ],
      execution: [
        '0x80072321',
        `Combined execution time of incoming requests exceeded limit of ${grouped(executionMs)}  milliseconds over time window of ${seconds} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.`,
      ],
      concurrent: ['0x80072326', `Number of concurrent requests exceeded the limit of ${concurrent}.`],
    };
    const [code, message] = texts[kind];
    return new Refusal(429, code, message, { 'retry-after': String(retryAfter) });
  }

  /** Counts a request in; answers what counts it out. @throws Refusal where a limit is passed */
  enter(userId: string): () => void {
    const usage = this.#of(userId);
    const passed = this.#passed(usage);
    if (passed !== undefined) {
      usage.refusals += 1;
      const oldest = usage.past[0]?.at ?? Date.now();
      const wait = passed === 'concurrent' ? 1 : Math.ceil((oldest + this.limits.windowMs - Date.now()) / 1000);
      throw this.refusal(passed, Math.max(1, wait) + usage.refusals - 1);
    }
    usage.refusals = 0;
    usage.running += 1;
    const entry = { at: Date.now(), took: 0 };
    usage.past.push(entry);
    return () => {
      entry.took = Date.now() - entry.at;
      usage.running -= 1;
    };
  }

  /** The debug headers of an answer. */
  headers(userId: string): Readonly<Record<string, string>> {
    const { past } = this.#of(userId);
    const took = past.reduce((sum, entry) => sum + entry.took, 0);
    return {
      'x-ms-ratelimit-burst-remaining-xrm-requests': String(this.limits.requests - past.length),
      'x-ms-ratelimit-time-remaining-xrm-requests': ((this.limits.executionMs - took) / 1000).toFixed(2),
    };
  }

  #of(userId: string): Usage {
    const usage = this.#usage.get(userId) ?? { past: [], running: 0, refusals: 0 };
    this.#usage.set(userId, usage);
    const edge = Date.now() - this.limits.windowMs;
    while ((usage.past[0]?.at ?? Infinity) < edge) usage.past.shift();
    return usage;
  }

  #passed({ past, running }: Usage): LimitKind | undefined {
    if (running >= this.limits.concurrent) return 'concurrent';
    if (past.length >= this.limits.requests) return 'requests';
    const took = past.reduce((sum, entry) => sum + entry.took, 0);
    return took >= this.limits.executionMs ? 'execution' : undefined;
  }
}

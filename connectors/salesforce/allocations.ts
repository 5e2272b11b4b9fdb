import type { ConnectionWatch, Finding, Log } from '../contract';

/** What an org may use of something within 24 hours, as `/limits` tells it. */
export interface Allocation {
  readonly limit: number;
  readonly used: number;
}

/** The `/limits` resources that a connection uses up, and what to do when they run out. */
const allocations: Readonly<Record<string, { readonly what: string; readonly why: string; readonly fix: string }>> = {
  DailyApiRequests: {
    what: 'API requests',
    why: 'reading and writing back stop when they are used up',
    fix: 'lower requestsPerSecond, or buy more requests',
  },
  DailyDeliveredPlatformEvents: {
    what: 'event deliveries',
    why: 'streams are ended when they are used up',
    fix: 'take topics out of subscribe, filter the channel, or buy more deliveries',
  },
  DailyBulkV2QueryJobs: {
    what: 'Bulk API query jobs',
    why: 'gaps above bulkAbove cannot be read back when they are used up',
    fix: 'raise bulkAbove',
  },
};

const hourMs = 3_600_000;
/** Below this share left, what is used may run out before the day ends. */
const lowShare = 0.1;
/** A pace is taken over at most the last hour and over no less than this: a burst is no pace. */
const leastPaceMs = 5 * 60_000;
/** A warning is given again after this time, if it still holds. */
const warnEveryMs = hourMs;
const forecastMs = 24 * hourMs;
/** A forecast beyond is none: the allocation becomes free over 24 hours. */
const mostHours = 240;
/** A reading costs a request itself. */
const readEveryMs = 15 * 60_000;

/** The answer of `/limits`. */
type Limits = Readonly<Record<string, { readonly Max?: number; readonly Remaining?: number }>>;

interface Sample extends Allocation {
  readonly at: number;
}

/** Watches allocations over time: says when one runs out at the present pace. */
export class AllocationMeter {
  readonly #samples = new Map<string, Sample[]>();
  readonly #warned = new Map<string, number>();
  readonly #log: Log;
  readonly #now: () => number;
  readonly #watch: ConnectionWatch | undefined;

  constructor(log: Log, now: () => number, watch?: ConnectionWatch) {
    this.#log = log;
    this.#now = now;
    this.#watch = watch;
  }

  /** Takes a reading, and warns with the fix where little is left or where it runs out within a day. */
  note(name: string, { limit, used }: Allocation): void {
    const at = this.#now();
    const samples = (this.#samples.get(name) ?? []).filter(
      (sample) => sample.limit === limit && at - sample.at <= hourMs,
    );
    // A reading a minute tells the pace as well as one for each request.
    const last = samples.at(-1);
    if (last === undefined || at - last.at >= 60_000) samples.push({ limit, used, at });
    this.#samples.set(name, samples);
    const runsOut = runsOutAt(samples[0], { limit, used, at });
    this.#watch?.allocation(name, { limit, used, runsOutAt: runsOut });
    this.#warn(name, { limit, used, at }, runsOut);
  }

  #warn(name: string, { limit, used, at }: Sample, runsOut: number | undefined): void {
    const told = allocations[name];
    const isSoon = runsOut !== undefined && runsOut - at < forecastMs;
    if (told === undefined || (limit - used >= limit * lowShare && !isSoon)) return;
    if (at - (this.#warned.get(name) ?? -Infinity) < warnEveryMs) return;
    this.#warned.set(name, at);
    const { what, why, fix } = told;
    const forecast = runsOut === undefined ? {} : { runsOutAt: new Date(runsOut).toISOString() };
    this.#log.warn(
      { allocation: name, limit, used, ...forecast, why, fix },
      `${what}: ${limit - used} of ${limit} left`,
    );
  }
}

/** When nothing is left, in ms since the epoch, if use goes on as since the first reading; undefined where it does not grow. */
function runsOutAt(first: Sample | undefined, now: Sample): number | undefined {
  if (first === undefined || now.at - first.at < leastPaceMs || now.used <= first.used) return undefined;
  return now.at + ((now.limit - now.used) * (now.at - first.at)) / (now.used - first.used);
}

/** Reads all allocations from time to time: only that of API requests comes with other answers. Gives what ends it. */
export function watchAllocations(
  readLimits: (signal: AbortSignal) => Promise<Limits>,
  meter: AllocationMeter,
  everyMs: number = readEveryMs,
): () => void {
  const closing = new AbortController();
  const read = async (): Promise<void> => {
    const limits = await readLimits(closing.signal);
    for (const name of Object.keys(allocations)) {
      const { Max: limit, Remaining: left } = limits[name] ?? {};
      if (limit !== undefined && left !== undefined) meter.note(name, { limit, used: limit - left });
    }
  };
  // One that fails is made up for by the next.
  const timer = setInterval(() => void read().catch(() => undefined), everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    closing.abort(new Error('the connection was closed'));
  };
}

/**
 * The findings about what `/limits` tells. One reading shows no trend: the forecast takes the pace of the last 24 hours and
 * counts on nothing becoming free.
 */
export function allocationFindings(limits: Limits): Finding[] {
  return Object.entries(allocations).flatMap(([name, { what, why, fix }]): Finding[] => {
    const { Max: limit, Remaining: left } = limits[name] ?? {};
    if (limit === undefined || left === undefined || limit === 0) return [];
    const hours = Math.floor((left * 24) / (limit - left));
    const lasts = hours > mostHours ? '' : `; at the pace of the last 24 hours they last ${hours} h`;
    const told = `${what}: ${left} of ${limit} left today${lasts}`;
    return left >= limit * lowShare ? [{ level: 'ok', what: told }] : [{ level: 'warning', what: told, why, fix }];
  });
}

import { Permanent, type Log } from '../contract';
import { abortableSleep, nextDelay } from '../kit/backoff';
import type { Subscriptions } from './subscriptions';

export interface KeeperOptions {
  readonly subscriptions: Subscriptions;
  readonly log: Log;
  readonly now: () => number;
  /** Waits; rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Longest wait between two tries while Graph does not let us: a person may have to mend something first. */
const backoff = { baseMs: 1_000, capMs: 5 * 60_000 };
/** Graph sends `reauthorizationRequired` only some time before the end: looked after at least so often. */
const mostMs = 12 * 3_600_000;
const leastMs = 1_000;

/** Keeps the subscriptions of the streams that are heard alive: made where they are missing, renewed at half their life. */
export class SubscriptionKeeper {
  readonly #options: KeeperOptions;
  readonly #closing = new AbortController();
  /** The last look at each stream's subscription: one after the other, or two would make one each. */
  readonly #looks = new Map<string, Promise<unknown>>();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Keeps one stream's until the signal aborts. Does not reject: what was heard already is to be had whatever Graph answers. */
  async keep(stream: string, signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    const { sleep = abortableSleep } = this.#options;
    let failures = 0;
    while (!stop.aborted) {
      const wait = await this.#look(stream, stop).then(
        (ms) => {
          failures = 0;
          return ms;
        },
        (error: unknown) => this.#failed(stream, error, ++failures, stop),
      );
      await sleep(wait, stop).catch(() => undefined);
    }
  }

  /** What a lifecycle notification asks for. Does not reject: `keep` looks after it all the same. */
  async mend(stream: string, lifecycleEvent: string): Promise<void> {
    if (lifecycleEvent === 'missed') return;
    const { signal } = this.#closing;
    await this.#look(stream, signal, true).catch((error: unknown) => this.#failed(stream, error, 1, signal));
  }

  close(): void {
    this.#closing.abort(new Error('the connection was closed'));
  }

  /**
   * Makes or renews the stream's subscription where that is due; answers in how many ms to look again.
   * @param isDue renewed whatever is left of its life
   */
  #look(stream: string, signal: AbortSignal, isDue = false): Promise<number> {
    const before = this.#looks.get(stream) ?? Promise.resolve();
    const look = before.then(
      () => this.#lookNow(stream, signal, isDue),
      () => this.#lookNow(stream, signal, isDue),
    );
    this.#looks.set(stream, look);
    return look;
  }

  async #lookNow(stream: string, signal: AbortSignal, isDue: boolean): Promise<number> {
    const { subscriptions, now, log } = this.#options;
    const half = subscriptions.lifeOf(stream) / 2;
    const hasResource = subscriptions.wantsResource(stream);
    const all = await subscriptions.list(signal);
    const [known, ...second] = all.filter((one) => one.stream === stream && one.hasResource === hasResource);
    // Two processes made one each.
    for (const one of second) await subscriptions.remove(one, signal);
    let end = known?.expiresAt;
    if (known !== undefined && (isDue || known.expiresAt - now() <= half)) {
      end = await subscriptions.renew(known, signal);
    }
    if (end === undefined) {
      end = await subscriptions.create(stream, signal);
      log.info({ stream }, 'a subscription was made');
    }
    return Math.min(mostMs, Math.max(leastMs, end - now() - half));
  }

  #failed(stream: string, error: unknown, failures: number, signal: AbortSignal): number {
    if (!signal.aborted) {
      const what = { stream, failures, why: (error as Error).message };
      if (error instanceof Permanent) this.#options.log.error(what, 'a subscription cannot be kept');
      else this.#options.log.warn(what, 'a subscription could not be looked after');
    }
    return nextDelay(failures, error, backoff);
  }
}

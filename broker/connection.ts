import { type Channel, type ConfirmChannel, type RecoveringChannelModel, connect } from 'amqplib';
import { setTimeout as wait } from 'node:timers/promises';
import { BrokerUnavailable } from './errors';

/** What a connection tells while it works. Structurally the log of the rest of the project. */
export interface BrokerLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** How a channel that must always be there is used. */
export interface KeptChannel<C extends Channel> {
  /** Runs from each opening of the channel until `lost` aborts; the next opening waits for it to end. */
  readonly use: (channel: C, lost: AbortSignal) => Promise<void>;
  readonly open: (model: RecoveringChannelModel) => Promise<C>;
  /** For the log. */
  readonly name: string;
}

/** A connection to RabbitMQ that comes back by itself, with backoff, whenever it is lost. */
export class BrokerConnection {
  private isClosed = false;
  private blockedBecause: string | undefined;

  private constructor(
    /** The broker's URL, with credentials. */
    readonly url: string,
    private readonly model: RecoveringChannelModel,
    readonly log: BrokerLog,
  ) {
    model.on('error', () => undefined);
    model.on('disconnect', (error) => {
      log.warn({ err: error.message }, 'broker connection lost; reconnecting');
    });
    model.on('connect', () => {
      log.info({}, 'broker connected');
    });
    model.on('blocked', (reason) => {
      this.blockedBecause = reason;
      log.warn({ reason }, 'the broker takes no messages now (memory or disk alarm)');
    });
    for (const over of ['unblocked', 'disconnect'] as const) model.on(over, () => (this.blockedBecause = undefined));
  }

  /** Connects. Throws BrokerUnavailable after a few seconds without a broker; later losses are mended for ever. */
  static async open(url: string, log: BrokerLog, name = 'signalbox'): Promise<BrokerConnection> {
    try {
      const model = await connect(withHeartbeat(url), {
        noDelay: true,
        timeout: 10_000,
        clientProperties: { connection_name: name },
        recovery: { initialDelay: 100, maxDelay: 2000, initialMaxRetries: 5 },
      });
      return new BrokerConnection(url, model, log);
    } catch (error) {
      const host = new URL(url).host;
      throw new BrokerUnavailable(`no broker at ${host}: ${String(error)}; check AMQP_URL and its credentials`, {
        cause: error,
      });
    }
  }

  /** Why the broker takes no messages now: its memory or disk alarm; undefined while it does. */
  get blocked(): string | undefined {
    return this.blockedBecause;
  }

  /** Lends a channel for one piece of work and closes it. */
  async withChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.model.createChannel();
    // Its reason also rejects the call that met it.
    channel.on('error', () => undefined);
    try {
      return await work(channel);
    } finally {
      await closed(channel);
    }
  }

  /**
   * Keeps a channel open, and opens it again whenever the broker or the connection closes it, until `stop` aborts.
   * Resolves when the last use has ended.
   */
  async keepChannel<C extends Channel>(kept: KeptChannel<C>, stop: AbortSignal): Promise<void> {
    let failures = 0;
    while (!stop.aborted && !this.isClosed) {
      const began = Date.now();
      try {
        await this.session(kept, stop);
      } catch (error) {
        if (hasAborted(stop)) return;
        this.log.warn({ channel: kept.name, err: String(error) }, 'channel lost; opening it again');
      }
      // A channel that closes as soon as it is open has a cause that haste does not mend.
      failures = Date.now() - began < 1000 ? failures + 1 : 0;
      await wait(Math.min(5000, 50 * 2 ** failures), undefined, { signal: stop }).catch(() => undefined);
    }
  }

  private async session<C extends Channel>(kept: KeptChannel<C>, stop: AbortSignal): Promise<void> {
    const channel = await kept.open(this.model);
    const lost = new AbortController();
    channel.on('close', () => {
      lost.abort();
    });
    channel.on('error', (error) => {
      this.log.warn({ channel: kept.name, err: error.message }, 'the broker closed a channel');
    });
    try {
      await kept.use(channel, lost.signal);
    } finally {
      if (!lost.signal.aborted || stop.aborted) await closed(channel);
    }
  }

  /** Closes the connection; channels end with it. */
  async close(): Promise<void> {
    this.isClosed = true;
    await withinMs(this.model.close(), closeWithinMs);
  }
}

/** A broker in trouble may leave a close unanswered; what it would have told is not worth more than this, ms. */
const closeWithinMs = 5000;

async function closed(channel: Channel): Promise<void> {
  await withinMs(
    channel.close().catch(() => undefined),
    closeWithinMs,
  );
}

/** Waits for a promise, but not for ever. */
async function withinMs(promise: Promise<unknown>, ms: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([promise, wait(ms, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
}

/** Opens a channel on which the broker confirms what it took. */
export function openConfirmChannel(model: RecoveringChannelModel): Promise<ConfirmChannel> {
  return model.createConfirmChannel();
}

/** Asks a signal anew; the compiler takes what a property said before an `await` for what it says afterwards. */
export function hasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

/** A dead peer is noticed within 20 s, unless the URL says otherwise. */
function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', '10');
  return parsed.toString();
}

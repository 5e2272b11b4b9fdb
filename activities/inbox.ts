import { ConnectorError, PositionExpired, Retryable, type Inbox, type InboxEntry } from '../connectors/contract';
import type { Ledger, StreamName } from '../ledger/ledger';

/** Entries read at once. */
const pageSize = 50;

/** Another process may have appended: how often to look, in ms. */
const lookEveryMs = 250;

/**
 * Entries of a stream that may wait to be released. Beyond, senders are asked to come again: the broker or the lanes have not
 * taken anything for long, and the disk is the ledger's, too. At 100 a second it is 17 minutes of a broker that is away.
 */
const mostWaiting = 100_000;

/** When a full inbox is worth another try, in ms. */
const fullForMs = 10_000;

/** The inbox of one connection, kept by the ledger. What the ledger cannot do now is Retryable. */
export function inboxOf(
  ledger: Pick<Ledger, 'inboxes'>,
  tenant: string,
  connection: string,
  most: number = mostWaiting,
): Inbox {
  const { inboxes } = ledger;
  const nameOf = (stream: string): StreamName => ({ tenant, connection, stream });
  const news = new News();
  return {
    append: async (stream, payloads) => {
      if (!(await available(inboxes.append(nameOf(stream), payloads, most)))) throw full(stream, most);
      news.tell();
    },
    read: async function* (stream, after, signal): AsyncGenerator<InboxEntry, void, undefined> {
      let reached = after;
      while (!signal.aborted) {
        const before = news.count;
        const { entries, released } = await available(inboxes.read(nameOf(stream), reached, pageSize));
        if (released > reached) throw expired(stream, reached, released);
        for (const entry of entries) {
          if (isOver(signal)) return;
          reached = entry.number;
          yield entry;
        }
        if (entries.length === 0) await news.since(before, lookEveryMs, signal);
      }
    },
    newest: async (stream) => (await available(inboxes.state(nameOf(stream)))).newest,
    released: async (stream) => (await available(inboxes.state(nameOf(stream)))).released,
    release: (stream, through) => available(inboxes.release(nameOf(stream), through)),
  };
}

/** A call, because it changes across every await and yield. */
function isOver({ aborted }: AbortSignal): boolean {
  return aborted;
}

async function available<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    throw new Retryable('SBX_INBOX_UNAVAILABLE', 'the ledger could not keep or tell what was received', undefined, {
      cause: error,
    });
  }
}

function full(stream: string, most: number): Retryable {
  return new Retryable(
    'SBX_INBOX_FULL',
    `${most} entries of ${stream} wait to be published: see whether the broker takes events`,
    fullForMs,
  );
}

function expired(stream: string, after: number, released: number): PositionExpired {
  return new PositionExpired(
    'SBX_POSITION_EXPIRED',
    `what came after number ${after} of ${stream} was released up to ${released}`,
  );
}

/** Wakes readers of this process at once. */
class News {
  /** How much news there has been. */
  count = 0;
  private readonly waiting = new Set<() => void>();

  tell(): void {
    this.count += 1;
    for (const wake of [...this.waiting]) wake();
  }

  /** Settles when there was news since the count, after the time, or when aborted. */
  since(count: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.count !== count || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.waiting.add(done);
    });
  }
}

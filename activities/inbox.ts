import { PositionExpired, Retryable, type Inbox, type InboxEntry } from '../connectors/contract';
import type { Ledger, StreamName } from '../ledger/ledger';

/** Entries read at once. */
const pageSize = 50;

/** Another process may have appended: how often to look, in ms. */
const lookEveryMs = 250;

/** The inbox of one connection, kept by the ledger. */
export function inboxOf(ledger: Pick<Ledger, 'inboxes'>, tenant: string, connection: string): Inbox {
  const { inboxes } = ledger;
  const nameOf = (stream: string): StreamName => ({ tenant, connection, stream });
  const news = new News();
  return {
    append: async (stream, payloads) => {
      try {
        await inboxes.append(nameOf(stream), payloads);
      } catch (error) {
        throw new Retryable('SBX_INBOX_UNAVAILABLE', 'the ledger could not keep what was received', undefined, {
          cause: error,
        });
      }
      news.tell();
    },
    read: async function* (stream, after, signal): AsyncGenerator<InboxEntry, void, undefined> {
      let reached = after;
      while (!signal.aborted) {
        const appended = news.next(lookEveryMs, signal);
        const { entries, released } = await inboxes.read(nameOf(stream), reached, pageSize);
        if (released > reached) throw expired(stream, reached, released);
        for (const entry of entries) {
          if (isOver(signal)) return;
          reached = entry.number;
          yield entry;
        }
        if (entries.length === 0) await appended;
      }
    },
    newest: async (stream) => (await inboxes.state(nameOf(stream))).newest,
    released: async (stream) => (await inboxes.state(nameOf(stream))).released,
    release: (stream, through) => inboxes.release(nameOf(stream), through),
  };
}

/** A call, because it changes across every await and yield. */
function isOver({ aborted }: AbortSignal): boolean {
  return aborted;
}

function expired(stream: string, after: number, released: number): PositionExpired {
  return new PositionExpired(
    'SBX_POSITION_EXPIRED',
    `what came after number ${after} of ${stream} was released up to ${released}`,
  );
}

/** Wakes readers of this process at once. */
class News {
  private waiting: (() => void)[] = [];

  tell(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Settles at the next news, after the time, or when aborted. */
  next(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.waiting.push(done);
    });
  }
}

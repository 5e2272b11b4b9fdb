import { PositionExpired, type Inbox, type InboxEntry } from '../../connectors/contract';

/** An inbox that lives as long as its CRM, and counts what was read from it. */
export class MemoryInbox implements Inbox {
  handedOut = 0;
  readonly #entries = new Map<string, InboxEntry[]>();
  readonly #newest = new Map<string, number>();
  readonly #released = new Map<string, number>();
  #waiting: (() => void)[] = [];

  append(stream: string, payloads: readonly Uint8Array[]): Promise<void> {
    const entries = this.#entries.get(stream) ?? [];
    this.#entries.set(stream, entries);
    for (const payload of payloads) {
      const number = (this.#newest.get(stream) ?? 0) + 1;
      this.#newest.set(stream, number);
      entries.push({ number, payload });
    }
    for (const wake of this.#waiting.splice(0)) wake();
    return Promise.resolve();
  }

  async *read(stream: string, after: number, signal: AbortSignal): AsyncGenerator<InboxEntry, void, undefined> {
    let reached = after;
    while (!signal.aborted) {
      const released = this.#released.get(stream) ?? 0;
      if (released > reached) throw new PositionExpired('SBX_POSITION_EXPIRED', `released up to ${released}`);
      const next = this.#entries.get(stream)?.find(({ number }) => number > reached);
      if (next === undefined) await this.#news(signal);
      else {
        reached = next.number;
        this.handedOut += 1;
        yield next;
      }
    }
  }

  newest(stream: string): Promise<number> {
    return Promise.resolve(this.#newest.get(stream) ?? 0);
  }

  released(stream: string): Promise<number> {
    return Promise.resolve(this.#released.get(stream) ?? 0);
  }

  release(stream: string, through: number): Promise<void> {
    this.#released.set(stream, Math.max(through, this.#released.get(stream) ?? 0));
    this.#entries.set(stream, this.#entries.get(stream)?.filter(({ number }) => number > through) ?? []);
    return Promise.resolve();
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.push(done);
      signal.addEventListener('abort', done);
    });
  }
}

import type { ConsumeMessage } from 'amqplib';
import { setTimeout as wait } from 'node:timers/promises';
import type { CanonicalEvent } from '../canonical-schema/event';
import { decodeEvent } from './binding';
import { BadBody } from './errors';

/** When a batch is big enough. */
export interface BatchLimits {
  readonly maxEvents: number;
  /** Of the messages' bodies; a single larger message makes a batch of its own. */
  readonly maxBytes: number;
  /** How long to wait for company, but only when something came in while the batch before was under way. */
  readonly lingerMs: number;
  /** How long echoes of own writes wait for company: nobody waits for them. */
  readonly echoLingerMs: number;
}

/** A delivered message: an event, or the reason why it is none. */
export type Entry = { readonly message: ConsumeMessage } & (
  { readonly event: CanonicalEvent; readonly badBody?: never } | { readonly event?: never; readonly badBody: BadBody }
);

/** Delivered messages that wait to become a batch. */
export class Backlog {
  private readonly entries: Entry[] = [];
  private bytes = 0;
  private notify: (() => void) | undefined;

  /** @param end no batch is waited for once it aborts */
  constructor(
    private readonly limits: BatchLimits,
    private readonly end: AbortSignal,
  ) {
    end.addEventListener('abort', () => this.notify?.(), { once: true });
  }

  /** Takes a delivery in. */
  add(message: ConsumeMessage): void {
    this.entries.push(toEntry(message));
    this.bytes += message.content.length;
    this.notify?.();
  }

  /**
   * The next batch, in order: a lone message at once, what had to wait with what comes within `lingerMs`, and nothing but
   * echoes with what comes within `echoLingerMs`; up to the limits. Empty when the consumer ended.
   */
  async take(): Promise<readonly Entry[]> {
    if (this.entries.length === 0) {
      await this.until(() => this.entries.length > 0);
      // What the socket brought in one piece is one batch.
      await new Promise((resolve) => setImmediate(resolve));
    } else await this.linger(this.limits.lingerMs, () => this.isFull());
    if (this.isEchoOnly()) {
      await this.linger(this.limits.echoLingerMs, () => this.isFull() || !this.isEchoOnly());
    }
    return this.end.aborted ? [] : this.cut();
  }

  private async linger(ms: number, isEnough: () => boolean): Promise<void> {
    const over = new AbortController();
    const timer = wait(ms, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([timer, this.until(isEnough)]);
    over.abort();
  }

  private isEchoOnly(): boolean {
    return this.entries.every(({ event }) => event?.origin === 'self');
  }

  private isFull(): boolean {
    return this.entries.length >= this.limits.maxEvents || this.bytes >= this.limits.maxBytes;
  }

  private until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.notify = () => {
        if (!isMet() && !this.end.aborted) return;
        this.notify = undefined;
        resolve();
      };
      this.notify();
    });
  }

  private cut(): readonly Entry[] {
    let count = 0;
    let size = 0;
    for (const { message } of this.entries) {
      if (count >= this.limits.maxEvents || (count > 0 && size + message.content.length > this.limits.maxBytes)) break;
      size += message.content.length;
      count++;
    }
    this.bytes -= size;
    return this.entries.splice(0, count);
  }
}

function toEntry(message: ConsumeMessage): Entry {
  try {
    return { message, event: decodeEvent(message) };
  } catch (error) {
    if (error instanceof BadBody) return { message, badBody: error };
    throw error;
  }
}

import type { Inbox } from '../contract';
import { openLink, type AmqpLink, type AmqpQueue, type HandedOut } from './amqp-link';
import type { AmqpMessage } from './amqp-message';

/** What a message is to the inbox. */
export interface Kept {
  readonly stream: string;
  readonly payload: Uint8Array;
}

export interface IntakeOptions {
  readonly inbox: Inbox;
  readonly queue: AmqpQueue;
  /** Whose consumer makes room. */
  readonly stream: string;
  readonly keep: (message: AmqpMessage) => readonly Kept[];
  /** Messages that may lie between the queue and the consumer. */
  readonly room: number;
  /** The number that the consumer has read up to. */
  readonly after: number;
  readonly signal: AbortSignal;
}

/** How long an append that is under way is waited for at the end, in ms. */
const lastAppendMs = 500;

/** Brings messages from a queue into the inbox, in their order, as long as there is room; the first failure ends it. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #end = new AbortController();
  /** Aborts when the subscription does, or when nothing more will come. */
  readonly signal: AbortSignal;
  #link: AmqpLink | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** Handed out and not being kept yet. */
  #waiting: HandedOut[] = [];
  #keeping: Promise<void> | undefined;
  /** Entries up to this number were in the inbox before. */
  #before = 0;
  /** Entries of before that are not read. */
  #left = 0;
  /** Messages asked for, handed out, or kept and not read. */
  #taken = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.signal = AbortSignal.any([options.signal, this.#end.signal]);
  }

  /** Rejects with Permanent or Retryable. */
  async open(): Promise<void> {
    const { inbox, stream, queue, after } = this.#options;
    this.#before = await inbox.newest(stream);
    this.#left = Math.max(0, this.#before - after);
    const listener = {
      message: (handedOut: HandedOut) => {
        this.#take(handedOut);
      },
      ended: (error: unknown) => {
        this.#fail(error);
      },
    };
    try {
      const link = await openLink(queue, listener, this.signal);
      if (this.signal.aborted) await link.close();
      else this.#link = link;
    } catch (error) {
      if (!this.#options.signal.aborted) throw error;
    }
    this.#ask();
  }

  /** The consumer has read up to this number. */
  read(number: number): void {
    if (number <= this.#before) this.#left = this.#before - number;
    // What was pushed into the same inbox was never asked for.
    else this.#taken = Math.max(0, this.#taken - 1);
    this.#ask();
  }

  throwIfBroken(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Idempotent. What is not kept is handed out again. */
  async close(): Promise<void> {
    this.#end.abort();
    for (const { release } of this.#waiting.splice(0)) release();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, lastAppendMs)));
    await Promise.race([this.#keeping, late]);
    clearTimeout(timer);
    await this.#link?.close();
  }

  #ask(): void {
    const more = this.#options.room - this.#left - this.#taken;
    if (more <= 0 || this.#link === undefined) return;
    this.#taken += more;
    this.#link.credit(more);
  }

  #take(handedOut: HandedOut): void {
    if (this.#end.signal.aborted) {
      handedOut.release();
      return;
    }
    this.#waiting.push(handedOut);
    this.#keeping ??= this.#keep();
  }

  async #keep(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#append(batch);
        for (const { accept } of batch) accept();
      } catch (error) {
        // Those behind them, too: they would come before them.
        for (const { release } of [...batch, ...this.#waiting.splice(0)]) release();
        this.#fail(error);
      }
    }
    // At once: what is handed out from now on finds nobody at work.
    this.#keeping = undefined;
  }

  /** Those of one stream with one append: all of them or none. */
  async #append(batch: readonly HandedOut[]): Promise<void> {
    const byStream = new Map<string, Uint8Array[]>();
    for (const { message } of batch) {
      const kept = this.#options.keep(message);
      // Room is made again by what the own consumer reads: nothing of this message, or several entries.
      this.#taken += kept.filter(({ stream }) => stream === this.#options.stream).length - 1;
      for (const { stream, payload } of kept) byStream.set(stream, [...(byStream.get(stream) ?? []), payload]);
    }
    for (const [stream, payloads] of byStream) await this.#options.inbox.append(stream, payloads);
    this.#ask();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#end.abort();
  }
}

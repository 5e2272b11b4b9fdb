import type { CanonicalEvent } from '../../canonical-schema/event';
import { type Delivery, type Position, type Start, Unmappable } from '../../connectors/contract';
import type { runPump } from '../../connectors/kit/pump';

interface Publish {
  readonly n: number;
  readonly confirm: () => void;
  readonly refuse: () => void;
}

/** Everything around a pump, one step at a time: a CRM's log, a broker, a ledger, and a process that may die. */
export class PumpWorld {
  /** What the broker has confirmed. */
  readonly accepted = new Set<number>();
  /** What is in quarantine. */
  readonly quarantined = new Set<number>();
  /** Publishes that the broker has not answered. */
  pending: Publish[] = [];
  emitted = 0;
  saved = -1;
  mostInFlight = 0;
  /** Deliveries that the source may hand over; the steps `deliver` give them. */
  #credit = 0;
  /** Changes whenever the source may go on. */
  #news: (() => void)[] = [];
  #process: { readonly abort: AbortController; isAlive: boolean; readonly ended: Promise<unknown> } | undefined;

  constructor(
    private readonly pump: typeof runPump,
    readonly maxInFlight = 4,
    /** Events that normalise refuses. */
    private readonly isPoison: (n: number) => boolean = () => false,
  ) {}

  get isRunning(): boolean {
    return this.#process?.isAlive === true;
  }

  emit(): void {
    this.emitted++;
    this.#wake();
  }

  deliver(): void {
    this.#credit++;
    this.#wake();
  }

  /** Starts a process that goes on from the saved position. */
  resume(): void {
    const abort = new AbortController();
    const start: Start =
      this.saved < 0 ? { from: 'earliest' } : { from: 'position', position: { v: 1, n: this.saved } };
    const process = { abort, isAlive: true, ended: Promise.resolve<unknown>(undefined) };
    const alive = (effect: () => void): Promise<void> => {
      // A dead process neither saves nor hears: its promises never settle.
      if (!process.isAlive) return new Promise(() => undefined);
      effect();
      return Promise.resolve();
    };
    const run = this.pump<number>({
      source: {
        subscribe: (_, options) => this.#subscribe(options.start, abort.signal, options.signal),
        ack: () => Promise.resolve(),
      },
      stream: 's',
      start,
      maxInFlight: this.maxInFlight,
      checkpointEveryMs: 0,
      drainMs: 60_000,
      normalise: (n) =>
        this.isPoison(n)
          ? Promise.reject(new Unmappable('SBX_POISON', String(n)))
          : Promise.resolve([{ id: String(n) } as CanonicalEvent]),
      publish: ({ id }) => this.#publish(Number(id)),
      quarantine: ({ native }) => alive(() => this.quarantined.add(native ?? NaN)),
      savePosition: (position) =>
        alive(() => {
          this.saved = Number(position.n);
        }),
      signal: abort.signal,
    });
    const ended = run.then(
      () => undefined,
      (error: unknown) => error,
    );
    this.#process = Object.assign(process, { ended: ended.finally(() => (process.isAlive = false)) });
  }

  /** The process vanishes; what it had sent may still reach the broker. */
  crash(): void {
    const process = this.#process;
    if (process === undefined) return;
    process.isAlive = false;
    process.abort.abort();
    this.#wake();
  }

  confirm(index: number): void {
    const [publish] = this.pending.splice(index % Math.max(1, this.pending.length), 1);
    if (publish === undefined) return;
    this.accepted.add(publish.n);
    publish.confirm();
  }

  refuse(index: number): void {
    const [publish] = this.pending.splice(index % Math.max(1, this.pending.length), 1);
    publish?.refuse();
  }

  /** Refuses everything that is unanswered and waits for the process to end. */
  async end(): Promise<unknown> {
    this.#process?.abort.abort();
    this.#wake();
    for (const { refuse } of this.pending.splice(0)) refuse();
    // A process that was killed never ends.
    return this.isRunning ? this.#process?.ended : undefined;
  }

  /** Nothing that happens by itself is left to happen. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** What is missing although its position was saved. */
  get lost(): readonly number[] {
    const safe = Array.from({ length: this.saved + 1 }, (_, n) => n);
    return safe.filter((n) => !this.accepted.has(n) && !this.quarantined.has(n));
  }

  #publish(n: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.pending.push({
        n,
        confirm: resolve,
        refuse: () => {
          reject(new Error(`refused ${n}`));
        },
      });
      this.mostInFlight = Math.max(this.mostInFlight, this.pending.length);
    });
  }

  async *#subscribe(start: Start, ...signals: AbortSignal[]): AsyncGenerator<Delivery<number>, void, undefined> {
    const isOver = (): boolean => signals.some(({ aborted }) => aborted);
    for (const signal of signals)
      signal.addEventListener('abort', () => {
        this.#wake();
      });
    let n = start.from === 'position' ? Number(start.position.n) + 1 : 0;
    while (!isOver()) {
      if (this.#credit > 0 && n < this.emitted) {
        this.#credit--;
        const position: Position = { v: 1, n };
        yield { kind: 'event', native: n++, position };
      } else await new Promise<void>((resolve) => this.#news.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#news.splice(0)) resolve();
  }
}

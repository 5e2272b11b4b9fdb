import type { CanonicalEvent } from '../../canonical-schema/event';
import { type Delivery, type Position, type Source, type Start, Unmappable } from '../contract';
import { Checkpoints } from './checkpoints';
import type { FailureStreak } from './failure-streak';
import { Watermark } from './watermark';

/** What could not become an event, with everything that is needed to try again later. */
export interface QuarantineEntry<N> {
  readonly stream: string;
  readonly position: Position;
  readonly code: string;
  readonly message: string;
  /** What came over the wire, when it could not be decoded. */
  readonly bytes?: Uint8Array;
  /** The decoded native event, when it could not be mapped. */
  readonly native?: N;
}

export interface PumpCounts {
  /** Deliveries taken from the source, keepalives not counted. */
  readonly deliveries: number;
  /** Events that the broker confirmed. */
  readonly events: number;
  readonly quarantined: number;
  /** Deliveries that are taken but not safe yet. */
  readonly inFlight: number;
  /** The last saved position. */
  readonly position?: Position;
}

export interface PumpOptions<N> {
  readonly source: Source<N>;
  readonly stream: string;
  readonly start: Start;
  /** Deliveries that may be under way at once: the source is not pulled beyond. At least 1. */
  readonly maxInFlight: number;
  /** Pure, as a connector's; what it cannot express is Unmappable. */
  readonly normalise: (native: N) => Promise<readonly CanonicalEvent[]>;
  /** Settles when the broker has confirmed. Called in the stream's order; confirms may come in any order. */
  readonly publish: (event: CanonicalEvent) => Promise<void>;
  /** Settles when the entry is stored. */
  readonly quarantine: (entry: QuarantineEntry<N>) => Promise<void>;
  readonly savePosition: (position: Position) => Promise<void>;
  /** Called for everything that the source hands over. */
  readonly onDelivery?: (kind: Delivery<N>['kind']) => void;
  /** Called after every saved checkpoint. */
  readonly onProgress?: (counts: PumpCounts) => void;
  /** Counts failures of `normalise` other than Unmappable over the attempts on one stream. */
  readonly streak?: FailureStreak;
  /** The least time between two checkpoints, in ms. Default 500. */
  readonly checkpointEveryMs?: number;
  /** How long to wait at the end for what is under way, in ms; what is not confirmed then comes again. Default 10 000. */
  readonly drainMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Brings one stream to the broker: subscribe, normalise, publish with confirm, checkpoint, acknowledge.
 * At least once: a position is saved only when everything up to it is confirmed or in quarantine. Ends when the source ends
 * or the signal aborts; the first failure ends it too, and is thrown after what was confirmed is saved.
 * One attempt: reconnecting is the caller's, with `nextDelay` between the attempts.
 */
export function runPump<N>(options: PumpOptions<N>): Promise<PumpCounts> {
  return new Pump(options).run();
}

class Pump<N> {
  readonly #options: PumpOptions<N>;
  readonly #stop = new AbortController();
  readonly #watermark = new Watermark<Position>();
  readonly #checkpoints: Checkpoints;
  readonly #counts = { deliveries: 0, events: 0, quarantined: 0 };
  #saved: Position | undefined;
  #inFlight = 0;
  #failure: { readonly error: unknown } | undefined;
  /** Wakes the loop: something was settled, or it is to stop. */
  #wake: () => void = () => undefined;

  constructor(options: PumpOptions<N>) {
    this.#options = options;
    this.#checkpoints = new Checkpoints({
      save: options.savePosition,
      ack: (position) => options.source.ack(options.stream, position),
      everyMs: options.checkpointEveryMs ?? 500,
      onSaved: (position) => {
        this.#saved = position;
        options.onProgress?.(this.#progress());
      },
      onError: (error) => {
        this.#fail(error);
      },
    });
  }

  async run(): Promise<PumpCounts> {
    const { signal } = this.#options;
    const stop = (): void => {
      this.#stop.abort(signal.reason);
      this.#wake();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await this.#pull();
    } catch (error) {
      this.#fail(error);
    }
    try {
      await this.#drain();
      await this.#checkpoints.flush();
    } catch (error) {
      this.#fail(error);
    } finally {
      signal.removeEventListener('abort', stop);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#progress();
  }

  async #pull(): Promise<void> {
    const { source, stream, start, maxInFlight } = this.#options;
    const { signal } = this.#stop;
    for await (const delivery of source.subscribe(stream, { start, maxInFlight, signal })) {
      if (this.#isStopped()) break;
      await this.#take(delivery);
      while (this.#inFlight >= maxInFlight && !this.#isStopped()) await this.#change();
    }
  }

  /** A call, because it changes across every await. */
  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #take(delivery: Delivery<N>): Promise<void> {
    const { position, kind } = delivery;
    this.#options.onDelivery?.(kind);
    if (delivery.kind === 'keepalive') {
      this.#track(position);
      return;
    }
    this.#counts.deliveries++;
    if (delivery.kind === 'undecodable') {
      const { code, message, bytes } = delivery;
      this.#quarantine({ stream: this.#options.stream, position, code, message, bytes });
      return;
    }
    let events: readonly CanonicalEvent[];
    try {
      events = await this.#options.normalise(delivery.native);
    } catch (error) {
      if (!(error instanceof Unmappable)) throw this.#defect(position, error);
      const { code, message } = error;
      this.#quarantine({ stream: this.#options.stream, position, code, message, native: delivery.native });
      return;
    }
    // What failed meanwhile comes again before this one: publishing it now would only repeat it.
    if (this.#failure === undefined) this.#publish(position, events);
  }

  #publish(position: Position, events: readonly CanonicalEvent[]): void {
    if (events.length === 0) {
      this.#track(position);
      return;
    }
    const confirms = events.map((event) => this.#options.publish(event));
    this.#track(position, Promise.all(confirms), () => (this.#counts.events += events.length));
  }

  #quarantine(entry: QuarantineEntry<N>): void {
    this.#track(entry.position, this.#options.quarantine(entry), () => this.#counts.quarantined++);
  }

  /** Settles a position: at once, or when its work is done. */
  #track(position: Position, work?: Promise<unknown>, onDone?: () => void): void {
    const settle = this.#watermark.add(position);
    if (work === undefined) {
      settle();
      this.#reach();
      return;
    }
    this.#inFlight++;
    const done = (): void => {
      onDone?.();
      settle();
      this.#reach();
    };
    const ended = (): void => {
      this.#inFlight--;
      this.#wake();
    };
    work
      .then(done, (error: unknown) => {
        this.#fail(error);
      })
      .finally(ended);
  }

  #reach(): void {
    const { reached } = this.#watermark;
    if (reached !== undefined) this.#checkpoints.reach(reached);
  }

  #defect(position: Position, error: unknown): unknown {
    const { streak, stream } = this.#options;
    return streak === undefined ? error : streak.count(stream, position, error);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop.abort();
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  async #drain(): Promise<void> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      this.#wake();
    }, this.#options.drainMs ?? 10_000);
    while (this.#inFlight > 0 && !late.signal.aborted) await this.#change();
    clearTimeout(timer);
  }

  #progress(): PumpCounts {
    const position = this.#saved === undefined ? {} : { position: this.#saved };
    return { ...this.#counts, inFlight: this.#inFlight, ...position };
  }
}

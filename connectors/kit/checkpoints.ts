import type { Position } from '../contract';

export interface CheckpointOptions {
  readonly save: (position: Position) => Promise<void>;
  /** Called with each saved position, after it was saved. */
  readonly ack: (position: Position) => Promise<void>;
  /** The least time between two saves, in ms. */
  readonly everyMs: number;
  readonly onSaved: (position: Position) => void;
  /** A save or ack that failed. Nothing more is saved but by `flush`. */
  readonly onError: (error: unknown) => void;
}

/** Saves the latest safe position, one save at a time, then acknowledges it. */
export class Checkpoints {
  readonly #options: CheckpointOptions;
  #latest: Position | undefined;
  #saved: Position | undefined;
  #savedAt = -Infinity;
  #saving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** Everything up to this position is safe. */
  reach(position: Position): void {
    this.#latest = position;
    this.#schedule();
  }

  /** Saves what is not saved yet, and stops. Rejects when that fails. */
  async flush(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#saving;
    if (this.#latest !== this.#saved) await this.#save();
  }

  #schedule(): void {
    if (this.#isStopped || this.#saving !== undefined || this.#timer !== undefined) return;
    const wait = this.#savedAt + this.#options.everyMs - performance.now();
    if (wait <= 0) {
      this.#start();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, wait);
  }

  #start(): void {
    this.#saving = this.#save()
      .catch((error: unknown) => {
        this.#isStopped = true;
        this.#options.onError(error);
      })
      .finally(() => {
        this.#saving = undefined;
        if (this.#latest !== this.#saved) this.#schedule();
      });
  }

  async #save(): Promise<void> {
    const position = this.#latest;
    if (position === undefined) return;
    await this.#options.save(position);
    this.#saved = position;
    this.#savedAt = performance.now();
    this.#options.onSaved(position);
    await this.#options.ack(position);
  }
}

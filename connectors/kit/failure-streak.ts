import { Permanent, type Position } from '../contract';

/** Failures at one place after which asking again is of no use. */
const defaultLimit = 5;

/**
 * Tells a stream that fails at one and the same place, again and again, from one that merely stumbles.
 * Keep one per stream across the attempts of its pump.
 */
export class FailureStreak {
  readonly #limit: number;
  #place: string | undefined;
  #length = 0;

  /** @param limit consecutive failures at one position until it is hopeless */
  constructor(limit = defaultLimit) {
    this.#limit = limit;
  }

  /** Counts a failure. The answer is what to throw: the error itself, or Permanent when the limit is reached. */
  count(stream: string, position: Position, error: unknown): unknown {
    const place = `${stream} ${JSON.stringify(position)}`;
    this.#length = place === this.#place ? this.#length + 1 : 1;
    this.#place = place;
    if (this.#length < this.#limit) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new Permanent(
      'SBX_PUMP_STUCK',
      `${this.#length} attempts failed alike at ${place}: ${reason}. It is a defect of the connector: the stream waits until it is mended`,
      { cause: error },
    );
  }
}

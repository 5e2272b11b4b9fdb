interface Entry<P> {
  readonly position: P;
  settled: boolean;
}

/**
 * How far a stream is safe: acknowledgements come in any order, but only the contiguous prefix of what was delivered may be
 * saved. Saving the newest acknowledged position instead would lose what was still under way before it.
 */
export class Watermark<P> {
  #entries: Entry<P>[] = [];
  /** Entries before it are settled; dropped in bulk, because shifting an array one by one is quadratic. */
  #head = 0;
  #reached: P | undefined;

  /** The position of the last delivery before which, itself included, everything is settled. */
  get reached(): P | undefined {
    return this.#reached;
  }

  /** Deliveries that are not yet part of the prefix. */
  get pending(): number {
    return this.#entries.length - this.#head;
  }

  /** Notes a delivery, in the stream's order. Call the answer once the delivery is safe; again does nothing. */
  add(position: P): () => void {
    const entry: Entry<P> = { position, settled: false };
    this.#entries.push(entry);
    return () => {
      entry.settled = true;
      this.#advance();
    };
  }

  #advance(): void {
    for (let entry = this.#entries[this.#head]; entry?.settled === true; entry = this.#entries[this.#head]) {
      this.#reached = entry.position;
      this.#head++;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}

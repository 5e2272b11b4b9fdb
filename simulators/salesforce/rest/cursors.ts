/** The rest of a query's answer, waiting to be fetched by `nextRecordsUrl`. */
export interface Cursor {
  readonly records: readonly unknown[];
  readonly batchSize: number;
}

/** Open query cursors; the oldest is dropped when there are too many, as the real limit of 10 per user does. */
export class Cursors {
  readonly #open = new Map<string, Cursor>();
  #made = 0;

  constructor(private readonly limit = 100) {}

  /** Keeps a cursor and answers its locator id, `01gSb0…`. */
  open(cursor: Cursor): string {
    this.#made += 1;
    const locator = `01gSb0${String(this.#made).padStart(12, '0')}`;
    this.#open.set(locator, cursor);
    const [oldest] = this.#open.keys();
    if (this.#open.size > this.limit && oldest !== undefined) this.#open.delete(oldest);
    return locator;
  }

  /** The cursor of a locator id. */
  find(locator: string): Cursor | undefined {
    return this.#open.get(locator);
  }
}

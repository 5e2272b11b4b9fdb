import type { Log } from '../connectors/contract';

/** How many requests were answered, by status, for each connection: `{ '202': 17, '401': 1 }`. */
export type Counts = Readonly<Record<string, number>>;

/** Counts a door's answers, and tells the log about those that are new. */
export class Answers {
  private readonly counts = new Map<string, Record<string, number>>();
  private readonly news = new Map<string, Record<string, number>>();
  private readonly timer: NodeJS.Timeout;

  /** @param everyMs how often the log is told; never about nothing */
  constructor(
    private readonly log: Log,
    everyMs = 60_000,
  ) {
    this.timer = setInterval(() => {
      this.tell();
    }, everyMs);
    this.timer.unref();
  }

  /** @param where `<tenant>/<connection>`, or what a request that belongs to none is counted under */
  add(where: string, status: number): void {
    for (const counts of [this.counts, this.news]) {
      const of = counts.get(where) ?? {};
      counts.set(where, of);
      of[status] = (of[status] ?? 0) + 1;
    }
  }

  of(where: string): Counts {
    return { ...this.counts.get(where) };
  }

  /** Tells what is new and ends. */
  close(): void {
    clearInterval(this.timer);
    this.tell();
  }

  private tell(): void {
    for (const [where, answers] of this.news) this.log.info({ where, answers }, 'requests answered');
    this.news.clear();
  }
}

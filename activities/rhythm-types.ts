export interface CountInput {
  readonly tenant: string;
  readonly connection: string;
  /** How long after an hour its events may still be on their way, ms. Default: a quarter of an hour. */
  readonly latenessMs?: number;
}

/** What counting the hours of a connection has led to. */
export interface Counted {
  /** Hours that were complete and not counted before. */
  readonly hours: number;
  /** Counts that were published, to be judged. */
  readonly published: number;
  /** Counts of hours that ended more than a day ago: the past of their streams, and judged no more. */
  readonly remembered: number;
  /** Hours that a gap overlaps: what was read back are records, not events. */
  readonly skipped: number;
  /** When to look again, ms. */
  readonly nextMs: number;
}

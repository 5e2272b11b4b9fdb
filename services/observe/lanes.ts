/** The steps of a lane in their order. */
const steps = ['context', 'infer', 'record', 'engage'] as const;
export type Step = (typeof steps)[number];

/** A lane that cannot decide. */
export interface StalledLane {
  /** The workflow's id, `lane/<tenant>/<partition>`. */
  readonly lane: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** For a person; the code first, where there is one. */
  readonly cause: string;
}

/** Tries again every 5 s and its tries take 30 s at most: who has not failed for so long is no longer here, ms. */
const staleAfterMs = 90_000;

interface Stall {
  readonly since: number;
  readonly step: Step;
  cause: string;
  renewedAt: number;
}

/** What this process sees of lanes: those whose steps fail here, and those that it waits for. Kept in memory only. */
export class Lanes {
  private readonly stalls = new Map<string, Stall>();
  private readonly given = new Map<string, number>();

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number = Date.now) {}

  /** A batch is handed to the lane; again for a further try of it. */
  give(lane: string): void {
    if (!this.given.has(lane)) this.given.set(lane, this.now());
  }

  /** The lane has answered, or is served here no more. */
  answered(lane: string): void {
    this.given.delete(lane);
  }

  /** Lanes that leave a batch unanswered for longer than so many ms. */
  silent(ms: number): readonly Omit<StalledLane, 'cause'>[] {
    const before = this.now() - ms;
    return [...this.given].flatMap(([lane, since]) => (since <= before ? [{ lane, since }] : []));
  }

  /** @param isLast whether the lane gives up on it for a while */
  failed(lane: string, step: Step, cause: string, isLast: boolean): void {
    const known = this.stalls.get(lane);
    if (known !== undefined) {
      known.cause = cause;
      known.renewedAt = this.now();
    } else if (isLast) this.stalls.set(lane, { since: this.now(), step, cause, renewedAt: this.now() });
  }

  /** A step went well: the lane goes on where it, or one before it, had failed. */
  passed(lane: string, step: Step): void {
    const stall = this.stalls.get(lane);
    if (stall !== undefined && steps.indexOf(step) >= steps.indexOf(stall.step)) this.stalls.delete(lane);
  }

  stalled(): readonly StalledLane[] {
    const before = this.now() - staleAfterMs;
    for (const [lane, { renewedAt }] of this.stalls) if (renewedAt < before) this.stalls.delete(lane);
    return [...this.stalls].map(([lane, { since, cause }]) => ({ lane, since, cause }));
  }
}

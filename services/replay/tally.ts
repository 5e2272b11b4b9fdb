import type { Decision } from '../../canonical-schema/decision';
import type { Verdict } from '../../workflows/policy';

/** What one decision led to. */
export type Led = Verdict & { readonly opens: boolean; readonly opensTask: boolean };

/** One decision on both sides. */
export interface Side {
  readonly decision: Decision;
  readonly was: Led;
  readonly now: Led;
  /** The score now. */
  readonly score: number;
  /** Whether what the score is about has happened; undefined where that is not known. */
  readonly happened: boolean | undefined;
}

/** A decision whose score moved. */
export interface Moved {
  readonly decision: string;
  readonly subject: string;
  readonly scoreBefore: number;
  readonly scoreAfter: number;
  readonly bandBefore?: string;
  readonly bandAfter?: string;
}

/** Acting as a guess that it happens, held against what happened. */
export interface Agreement {
  /** Decisions whose outcome is known. */
  readonly known: number;
  /** Of those that called for action, the share that it happened to; absent where there are none. */
  readonly precision?: number;
  /** Of those that it happened to, the share that called for action; absent where there are none. */
  readonly recall?: number;
}

/** What is counted of one side. */
export interface SideCounts {
  /** Decisions by band; `-` for none. */
  readonly bands: Readonly<Record<string, number>>;
  readonly engagements: number;
  readonly tasks: number;
  readonly agreement: Agreement;
}

/** What is told of a use case. */
export interface TallyCounts {
  readonly decisions: number;
  /** Decisions that could not be compared, by why. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly before: SideCounts;
  readonly after: SideCounts;
  /** Decisions that would be in another band. */
  readonly otherBand: number;
  /** Largest first, one for each record. */
  readonly largest: readonly Moved[];
}

/** Counts of one use case; memory does not grow with the decisions. */
export interface Tally {
  add(side: Side): void;
  leaveOut(why: string): void;
  counts(): TallyCounts;
}

const mostMoved = 10;

export function newTally(): Tally {
  const [before, after] = [new Counting(), new Counting()];
  const leftOut: Record<string, number> = {};
  let [decisions, otherBand] = [0, 0];
  let largest: readonly Moved[] = [];
  return {
    add: (side) => {
      decisions += 1;
      before.add(side.was, side.happened);
      after.add(side.now, side.happened);
      if (side.was.band !== side.now.band) otherBand += 1;
      largest = withMoved(largest, movedOf(side));
    },
    leaveOut: (why) => {
      leftOut[why] = (leftOut[why] ?? 0) + 1;
    },
    counts: () => ({ decisions, leftOut, before: before.counts(), after: after.counts(), otherBand, largest }),
  };
}

class Counting {
  private readonly bands: Record<string, number> = {};
  private engagements = 0;
  private tasks = 0;
  /** Decisions with a known outcome: called for action or not, happened or not. */
  private readonly held = { actedYes: 0, actedNo: 0, leftYes: 0, leftNo: 0 };

  add({ band = '-', outcome, opens, opensTask }: Led, happened: boolean | undefined): void {
    this.bands[band] = (this.bands[band] ?? 0) + 1;
    this.engagements += Number(opens);
    this.tasks += Number(opensTask);
    if (happened !== undefined) this.held[`${outcome === 'act' ? 'acted' : 'left'}${happened ? 'Yes' : 'No'}`] += 1;
  }

  counts(): SideCounts {
    const { actedYes, actedNo, leftYes, leftNo } = this.held;
    const [acted, yes] = [actedYes + actedNo, actedYes + leftYes];
    const agreement = {
      known: acted + leftYes + leftNo,
      ...(acted === 0 ? {} : { precision: actedYes / acted }),
      ...(yes === 0 ? {} : { recall: actedYes / yes }),
    };
    return { bands: this.bands, engagements: this.engagements, tasks: this.tasks, agreement };
  }
}

function movedOf({ decision, was, now, score }: Side): Moved {
  return {
    ...{ decision: decision.id, subject: decision.subject, scoreBefore: decision.score ?? NaN, scoreAfter: score },
    ...(was.band === undefined ? {} : { bandBefore: was.band }),
    ...(now.band === undefined ? {} : { bandAfter: now.band }),
  };
}

const change = ({ scoreBefore, scoreAfter }: Moved): number => Math.abs(scoreAfter - scoreBefore);

/** The largest changes, the larger one of each record. */
function withMoved(largest: readonly Moved[], moved: Moved): readonly Moved[] {
  const isChange = change(moved) > 0 || moved.bandBefore !== moved.bandAfter;
  const least = largest.length < mostMoved ? -1 : change(largest.at(-1) ?? moved);
  if (!isChange || change(moved) <= least) return largest;
  const own = largest.find(({ subject }) => subject === moved.subject);
  if (own !== undefined && change(own) >= change(moved)) return largest;
  const others = largest.filter((one) => one !== own);
  return [...others, moved].sort((a, b) => change(b) - change(a)).slice(0, mostMoved);
}

/** Where something is found: a column of a file, a path in a canonical record. */
interface Source {
  readonly column: string;
  readonly path: string;
}

/** What becomes of a row or event whose cell cannot be used: no score, or the input is wrong. */
type Unusable = 'abstain' | 'refuse';

/** Something that an event tells of its series. */
export interface Told extends Source {
  readonly name: string;
  readonly label: string;
  readonly kind: 'number' | 'text';
  /** Of a number: least and greatest value that makes sense, both included. */
  readonly range?: readonly [number, number];
  /** `unknown`: the event counts, and tells nothing here. */
  readonly missing: 'unknown' | Unusable;
  readonly invalid: Unusable;
  readonly outOfRange: Unusable;
}

/**
 * A number or text about what a series went through before an event. `count`, `sum` and `hoursSince` leave the event itself
 * out; `last` counts back from it (0 is its own value), and `had` takes it in. `deviation` is how many robust standard deviations a number
 * is from what its own past lets expect at this hour and weekday of the tenant's zone; `rate` the same of the number of events in the last hours.
 * `rhythm` is how far the count that an hour tells, or those of the last hours together, are from the rhythm of a stream that is counted
 * by the hour; nothing before so many days are known. Its words say what is counted (`what`).
 */
export type HistoryValue = { readonly name: string } & (
  | { readonly by: 'count'; readonly withinHours: number }
  | { readonly by: 'sum'; readonly of: string; readonly withinHours: number }
  | { readonly by: 'hoursSince' }
  | { readonly by: 'last'; readonly of: string; readonly back: number }
  | { readonly by: 'had'; readonly of: string; readonly value: string }
  | { readonly by: 'deviation'; readonly of: string }
  | { readonly by: 'rate'; readonly hours: number }
  | {
      readonly by: 'rhythm';
      readonly of: string;
      readonly what: string;
      readonly hours: number;
      readonly learnDays: number;
    }
);

/** What a model wants to know of the past: declared once, computed by the same code for files and for events. */
export interface History {
  /** Whose past it is: the first of the paths that a record has; events of one series are in order. */
  readonly series: {
    readonly column: string;
    readonly paths: readonly string[];
    readonly label: string;
    readonly missing: Unusable;
  };
  /** The group that a young series is compared with; without one, all series of the use case. */
  readonly peers?: Source;
  /** Column of the time in files; an event has its own. `outOfOrder`: earlier than the series' newest. */
  readonly time: { readonly column: string; readonly invalid: Unusable; readonly outOfOrder: Unusable };
  readonly told: readonly Told[];
  /** Newest events of a series that are looked back on. */
  readonly most: number;
  readonly values: readonly HistoryValue[];
}

/** An event as its series remembers it. */
export interface Observation {
  /** ms since 1970. */
  readonly at: number;
  /** What was told, by name; what was not is absent. */
  readonly told: Readonly<Record<string, number | string>>;
}

/** What the past says of an event: values by name, and words that reasons may show, `<name>.<word>`. */
export interface HistoryFacts {
  readonly values: Readonly<Record<string, number | string>>;
  readonly words: Readonly<Record<string, string>>;
}

/** What the past of a series says of an event. */
export interface Remembered {
  /** Of the series, before the event, oldest first. */
  readonly past: readonly Observation[];
  /** Of other series of the group, before the event, oldest first. */
  readonly peers: readonly Observation[];
}

/** Newest observations of other series that a young one is compared with. */
export const mostPeers = 200;

/** Features read what the past says below this key, in files and in records. */
export const historyRoot = 'history';

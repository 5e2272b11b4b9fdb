import { createHash } from 'node:crypto';
import type { BySplit, ClassFigures, Figure, Figures } from './figures';
import type { History } from './history/history';
import type { Gate, ManifestBase } from './manifest-base';
import type { TextManifest } from './text/text-manifest';

/**
 * What to do with a cell that cannot be used as it is. `default` takes `value` (null: the model's own missing bin, which
 * adds nothing to the score) and says so in `defaults`; `refuse` rejects the row; `abstain` gives no score for it.
 */
export type CellPolicy =
  | { readonly on: 'default'; readonly value: number | string | null }
  | { readonly on: 'refuse' }
  | { readonly on: 'abstain' };

/** A number outside `range`; `clamp` takes the nearest end of the range and says so in `defaults`. */
export type RangePolicy = { readonly on: 'clamp' } | { readonly on: 'refuse' } | { readonly on: 'abstain' };

interface FeatureBase {
  /** Unique camelCase name; also the single term's name. */
  readonly name: string;
  /** Column of the training data set, which CSV files to be scored carry too. */
  readonly column: string;
  /** Dotted path in a canonical record, e.g. `attributes.empVarRate`. */
  readonly path: string;
  /** Human name, for messages. */
  readonly label: string;
  /** The cell is empty, null or absent. */
  readonly missing: CellPolicy;
  /** The cell is not of the feature's kind: text in a number, NaN, infinity, an object. */
  readonly invalid: CellPolicy;
  /**
   * How a reason reads, with `{value}`; `phrases` gives the exact words for single values. Of a value of the past also
   * with its words, `{<name of the value>.<word>}`.
   */
  readonly phrase: string;
  readonly phrases?: Readonly<Record<string, string>>;
  /** Name of a group of the manifest: terms with the feature are told in the group's reason. */
  readonly group?: string;
}

/** Rows with a value, and by class. */
export interface Support {
  readonly of: number;
  readonly times: Readonly<Record<string, number>>;
}

/** A value of a closed dictionary, given to the model as its 1-based position (0 missing, last + 1 unseen). */
export interface CategoricalFeature extends FeatureBase {
  readonly kind: 'categorical';
  readonly categories: readonly string[];
  /** Values that are read as another, e.g. "No internet service" as "No". */
  readonly synonyms?: Readonly<Record<string, string>>;
  /**
   * Of training rows with the value: how many there were, and how many of them had each class. A reason may show them as
   * `{times}` of the class that is best and `{of}` in all, and that class as `{label}`.
   */
  readonly support?: Readonly<Record<string, Support>>;
  /** The value is not in `categories`; a null default is the model's own unseen bin, which adds nothing to the score. */
  readonly unseen: CellPolicy;
}

/**
 * How a number is made of the feature's column, and of a second one where two are needed. `times`, `over` and `minus` are
 * multiplied by `factor` (1). Times are `d/m/yyyy hh:mm` or ISO 8601; `hourOfDay` and `weekday` (1 is Monday) are those of
 * the tenant's zone where the time tells its offset and the file names a zone, else of the clock where it was written, `hoursSince` is the time from the second column's moment to the first's.
 */
export type Derivation =
  | {
      readonly by: 'times' | 'over' | 'minus';
      readonly column: string;
      readonly path: string;
      readonly factor?: number;
    }
  | { readonly by: 'hoursSince'; readonly column: string; readonly path: string }
  | { readonly by: 'hourOfDay' | 'weekday' };

/** A number, in the unit of the column. */
export interface NumericFeature extends FeatureBase {
  readonly kind: 'numeric';
  readonly derive?: Derivation;
  /** How many decimals a reason shows; all when absent. */
  readonly decimals?: number;
  /** Sentinels of the column and what they stand for, e.g. pdays 999 = never, read as -1. */
  readonly replace?: Readonly<Record<string, number>>;
  /** Least and greatest value that makes sense, both included, after `replace`. */
  readonly range: readonly [number, number];
  /** Least and greatest value among the training rows; beyond them the score stays that of the nearest end. */
  readonly seen: readonly [number, number];
  readonly outOfRange: RangePolicy;
}

/** 1 when the number (after `replace`) is at least `atLeast`, else 0. */
export interface FlagFeature extends Omit<NumericFeature, 'kind'> {
  readonly kind: 'flag';
  readonly atLeast: number;
}

/** One declared input of the model, in the order of the ONNX input tensor. */
export type Feature = CategoricalFeature | NumericFeature | FlagFeature;

/** One column of the model's `contributions` output: the features whose joint effect it is. */
export interface Term {
  readonly name: string;
  readonly features: readonly string[];
}

/** A model of columns. */
interface TabularBase extends ManifestBase {
  /** More features than this from defaults, and the model abstains. */
  readonly maxDefaults: number;
  readonly features: readonly Feature[];
  readonly terms: readonly Term[];
  /** How a reason reads that tells the terms of several features as one, by the group's name; its contribution is their sum. */
  readonly groups?: Readonly<Record<string, string>>;
  /** What it wants to know of the past: features with a path below `history`. */
  readonly history?: History;
}

/** Two classes: the score is the probability of one of them. */
export interface BinaryManifest extends TabularBase {
  readonly task: 'binary';
  /** Labels; `positive` is the one whose probability is the score. */
  readonly classes: readonly [string, string];
  readonly positive: string;
  /** Log-odds before any contribution: sigmoid(intercept + sum of contributions) = score. */
  readonly intercept: number;
  /** From `label` on the positive class is given, and why there; precision, recall and share called on the held-out rows. */
  readonly threshold: {
    readonly label: number;
    readonly costs: {
      readonly falsePositive: number;
      readonly falseNegative: number;
      readonly unit: string;
      readonly why: string;
    };
    readonly precision: number;
    readonly recall: number;
    readonly share: number;
  };
  /** What other thresholds would do, for whoever sets bands. */
  readonly operatingPoints: readonly {
    readonly threshold: number;
    readonly precision: number;
    readonly recall: number;
    readonly share: number;
  }[];
  /** Of events without any anomaly, where the positive class is one: the share that may be called, and what is. */
  readonly falseAlarms?: {
    readonly budget: number;
    readonly rows: number;
    readonly alarms: number;
    readonly share: number;
    readonly perRecordWeek: number;
  };
  readonly metrics: BySplit<Figures>;
}

/** Three classes or more: the score is the probability of the best. */
export interface MulticlassManifest extends TabularBase {
  readonly task: 'multiclass';
  readonly classes: readonly string[];
  /** Log-odds of each class before any contribution. */
  readonly intercepts: readonly number[];
  /** From where on the best class is suggested, and from where on it may be given without asking. */
  readonly gates: { readonly suggest: Gate; readonly automate: Gate };
  /** Coverage against accuracy. */
  readonly operatingPoints: readonly {
    readonly threshold: number;
    readonly coverage: number;
    readonly accuracy: number;
  }[];
  readonly metrics: BySplit<ClassFigures>;
}

/**
 * The arms of a randomised trial: the score is the probability of an outcome under the arm that is recommended. `classes`
 * are the arms, `control` the one in which nothing is done.
 */
export interface UpliftManifest extends TabularBase {
  readonly task: 'uplift';
  readonly classes: readonly string[];
  readonly control: string;
  /** Log-odds of the outcome under each arm before any contribution. */
  readonly intercepts: readonly number[];
  readonly policy: {
    /** What an arm must add to the control's probability to be recommended, and why. */
    readonly leastUplift: number;
    readonly why: string;
    /** Share of decisions whose arm is drawn by lot, so that later outcomes can value other choices. */
    readonly exploration: number;
    /** How many of the held-out rows are recommended each arm. */
    readonly shares: Readonly<Record<string, number>>;
  };
  /** By split: effect and Qini of each arm, value of each single arm and of the policy; `se` is the standard error. */
  readonly trial: BySplit<Readonly<Record<string, number | (Figure & { readonly se: number })>>>;
  /** Of the outcome under the arm that each row was given. */
  readonly metrics: BySplit<Figures>;
}

/** What manifest.json says about a model whose features are columns. */
export type TabularManifest = BinaryManifest | MulticlassManifest | UpliftManifest;

/** What manifest.json says about the files beside it. */
export type Manifest = TabularManifest | TextManifest;

/** A manifest, or the ONNX file it names, that cannot be used; the message names the file, the place and the fix. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** The model's content address: it changes with the ONNX file (whose hash the manifest holds) or any word of the manifest. */
export function digestOf(manifest: Manifest): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(manifest)).digest('hex')}`;
}

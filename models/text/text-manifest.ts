import type { ClassFigures } from '../figures';
import type { Gate, ManifestBase } from '../manifest-base';

/** What to do with a text that the model cannot read: `refuse` rejects the row, `abstain` gives no score for it. */
export type TextPolicy = { readonly on: 'refuse' } | { readonly on: 'abstain' };

/** The one input of a text model. */
export interface TextFeature {
  readonly kind: 'text';
  readonly name: string;
  /** Column of the training data set, which CSV files to be scored carry too. */
  readonly column: string;
  /** Dotted paths in a canonical record; the texts that are there are read in this order, one under the other. */
  readonly paths: readonly string[];
  /** Human name, for messages. */
  readonly label: string;
  /** Empty, null or absent. */
  readonly missing: TextPolicy;
  /** Not a text: a number, an object. */
  readonly invalid: TextPolicy;
  /** More characters than this, and `tooLong` holds. */
  readonly longest: number;
  readonly tooLong: TextPolicy;
  /** No word of Latin letters or digits, mostly another script, another language than English, or too few words known. */
  readonly unreadable: TextPolicy;
  /**
   * The least share of a text's words that must be among those of the training texts, or, instead, among these and the words of
   * the encoder's English vocabulary; and the share of the held-out texts that pass.
   */
  readonly known: { readonly least: number; readonly english: number; readonly kept: number };
}

/** A threshold of the score, below which a text belongs to no class; shares of held-out texts kept and rejected. */
export interface Beyond {
  readonly label: string;
  readonly below: number;
  /** On what it was chosen, none of it held out: it keeps that share of the texts of a class, and rejects that of the others. */
  readonly chosen: { readonly keep: number; readonly why: string; readonly rejected: number; readonly rows: number };
  /** How well the score tells texts of a class from texts of none. */
  readonly auc: number;
  readonly kept: number;
  readonly rejected: number;
  readonly rows: number;
}

/** How the model serves with the sentence encoder (`full`) or without it (`words`): each is calibrated and measured. */
export interface Mode {
  /** What the log-odds of each half count. */
  readonly weights: { readonly words: number; readonly sentence: number };
  readonly gates: { readonly suggest: Gate; readonly automate: Gate };
  readonly beyond?: Beyond;
  readonly operatingPoints: readonly {
    readonly threshold: number;
    readonly coverage: number;
    readonly accuracy: number;
  }[];
}

/** Which halves of a text model a score is made of. */
export type ModeName = 'full' | 'words';

/** A text in, one of several classes out: TF-IDF and a sentence encoder, each with a linear model, their log-odds added. */
export interface TextManifest extends ManifestBase {
  readonly task: 'text';
  readonly classes: readonly string[];
  readonly features: readonly [TextFeature];
  /** SHA-256 in hex over the SHA-256s of the encoder's weights, lower graph, upper graph and vocabulary. */
  readonly encoder: string;
  /** The model's own upper half of the encoder, an ONNX file; the published one where it is absent. */
  readonly top?: { readonly file: string; readonly sha256: string };
  readonly modes: Readonly<Record<ModeName, Mode>>;
  /** On the same held-out texts: `holdout` in mode `full`, `words` in mode `words`. */
  readonly metrics: { readonly holdout: ClassFigures; readonly words: ClassFigures };
}

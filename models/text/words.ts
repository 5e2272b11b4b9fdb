/** Lengths of the runs of letters within a word and its edges. */
const RUNS = [3, 4, 5];
const word = /[a-z0-9]+/g;

/** The words of a text: runs of a-z and 0-9 after lower-casing, nothing else, so that every language's regular expressions agree. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(word) ?? [];
}

/** Runs of letters, as a reader sees them: for how many of them a model knows, not for what they say. */
const letterRun = /\p{L}+/gu;

/** The words of a text in any script, in lower case; the twin of `known_share` in training. */
export function readersWordsOf(text: string): readonly string[] {
  return text.normalize('NFC').toLowerCase().match(letterRun) ?? [];
}

/** Runs of three to five letters of ` word `, edges included. */
export function runsOf(of: string): readonly string[] {
  const edged = ` ${of} `;
  return RUNS.flatMap((size) =>
    Array.from({ length: Math.max(0, edged.length - size + 1) }, (_, n) => edged.slice(n, n + size)),
  );
}

/** Each word with its right neighbour. */
export function pairsOf(words: readonly string[]): readonly string[] {
  return words.slice(1).map((right, n) => `${words[n] ?? ''} ${right}`);
}

/** A term of the vocabulary that is in a text. */
export interface Term {
  /** Row of the weights. */
  readonly place: number;
  /** Times it is in the text. */
  readonly count: number;
  /** TF-IDF, the terms of a block scaled to length one together. */
  readonly value: number;
}

/** The vocabulary of one block: words and pairs, or runs of letters. */
export class Vocabulary {
  private readonly places: ReadonlyMap<string, number>;

  /**
   * @param terms in the order of their rows
   * @param first row of the first
   * @param idf of every row of the model
   */
  constructor(
    terms: readonly string[],
    private readonly first: number,
    private readonly idf: Float32Array,
  ) {
    this.places = new Map(terms.map((term, n) => [term, first + n]));
  }

  has(term: string): boolean {
    return this.places.has(term);
  }

  /** Those of `found` that the model knows, by term. */
  weigh(found: readonly string[]): ReadonlyMap<string, Term> {
    const counts = new Map<string, number>();
    for (const term of found) if (this.places.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
    const raw = [...counts].map(([term, count]) => {
      const place = this.places.get(term) ?? this.first;
      return { term, place, count, value: count * (this.idf[place] ?? NaN) };
    });
    const length = Math.sqrt(raw.reduce((sum, { value }) => sum + value * value, 0));
    return new Map(raw.map(({ term, place, count, value }) => [term, { place, count, value: value / length }]));
  }
}

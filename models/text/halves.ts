import { WIDTH, type Encoded } from './encoder';
import { isEnglish } from './english';
import type { Tensors } from './safetensors';
import { pairsOf, readersWordsOf, runsOf, Vocabulary, wordsOf, type Term } from './words';

/** What one half of a text model says of a text. */
export interface Opinion {
  /** Log-odds of each class, up to what is common to all. */
  readonly logits: readonly number[];
  /** What each word adds to the log-odds of the first class against the second; with `intercept` they are the whole difference. */
  parts(first: number, second: number): { readonly intercept: number; readonly words: ReadonlyMap<string, number> };
}

/** What no single word adds. */
export const WHOLE = '(whole text)';

/** How many words a text has, how many of them were in the training texts, and how many are these or English. */
export interface WordCount {
  readonly words: number;
  readonly known: number;
  readonly english: number;
}

/** TF-IDF of words, pairs and runs of letters, and a linear model over it. */
export interface WordHalf {
  read(text: string): Opinion;
  count(text: string): WordCount;
}

/** @param tensors of weights.safetensors @param classes how many */
export function wordHalf(tensors: Tensors, classes: number): WordHalf {
  const [words, runs] = [tensors.lines('terms.words'), tensors.lines('terms.letters')];
  const idf = tensors.floats('words.idf');
  const blocks = [new Vocabulary(words, 0, idf), new Vocabulary(runs, words.length, idf)] as const;
  const scale = tensors.floats('words.scale');
  const weights = tensors.bytes('words.weights');
  const intercept = tensors.floats('words.intercept');
  const weight = (place: number, k: number): number => (scale[place] ?? NaN) * (weights[place * classes + k] ?? NaN);
  return {
    read(text) {
      const found = wordsOf(text);
      const ofWords = blocks[0].weigh([...found, ...pairsOf(found)]);
      const ofRuns = blocks[1].weigh(found.flatMap(runsOf));
      const logits = Array.from(intercept);
      for (const { place, value } of [...ofWords.values(), ...ofRuns.values()]) {
        for (let k = 0; k < classes; k += 1) logits[k] = (logits[k] ?? NaN) + value * weight(place, k);
      }
      const parts = (first: number, second: number) => {
        const added = ({ place, count, value }: Term) =>
          (value * (weight(place, first) - weight(place, second))) / count;
        const byWord = new Map<string, number>();
        found.forEach((word, n) => {
          const own = sumOf([word], ofWords, added) + sumOf(runsOf(word), ofRuns, added);
          const pairs = pairsOf(found.slice(Math.max(0, n - 1), n + 2));
          byWord.set(word, (byWord.get(word) ?? 0) + own + sumOf(pairs, ofWords, added) / 2);
        });
        return { intercept: (intercept[first] ?? NaN) - (intercept[second] ?? NaN), words: byWord };
      };
      return { logits, parts };
    },
    count(text) {
      const found = readersWordsOf(text);
      const known = found.filter((word) => blocks[0].has(word)).length;
      return {
        words: found.length,
        known,
        english: known + found.filter((w) => !blocks[0].has(w) && isEnglish(w)).length,
      };
    },
  };
}

function sumOf(terms: readonly string[], known: ReadonlyMap<string, Term>, added: (term: Term) => number): number {
  return terms.reduce((sum, term) => {
    const found = known.get(term);
    return found === undefined ? sum : sum + added(found);
  }, 0);
}

/** A linear model over the mean of the hidden states. */
export interface SentenceHalf {
  /** @param hidden the states of the encoded text, `WIDTH` for each of its pieces and marks */
  read(encoded: Encoded, hidden: Float32Array): Opinion;
}

const isWord = /[\p{L}\p{N}]/u;

/** @param tensors of weights.safetensors */
export function sentenceHalf(tensors: Tensors): SentenceHalf {
  const weights = tensors.floats('sentence.weights');
  const intercept = Array.from(tensors.floats('sentence.intercept'));
  return {
    read({ words }, hidden) {
      const mean = new Float64Array(WIDTH);
      for (let n = 0; n < hidden.length; n += 1)
        mean[n % WIDTH] = (mean[n % WIDTH] ?? NaN) + (hidden[n] ?? NaN) / words.length;
      const logits = intercept.map((start, k) => start + product(mean, weights, k * WIDTH));
      const parts = (first: number, second: number) => {
        const against = mean.map(
          (_, d) => ((weights[first * WIDTH + d] ?? NaN) - (weights[second * WIDTH + d] ?? NaN)) / words.length,
        );
        const byWord = new Map<string, number>();
        words.forEach((word, n) => {
          const added = product(against, hidden, n * WIDTH);
          const term = isWord.test(word) ? word : WHOLE;
          byWord.set(term, (byWord.get(term) ?? 0) + added);
        });
        return { intercept: (intercept[first] ?? NaN) - (intercept[second] ?? NaN), words: byWord };
      };
      return { logits, parts };
    },
  };
}

/** Sum of the products of a vector with the row that begins at a place of a matrix. */
function product(vector: Float64Array, matrix: Float32Array, from: number): number {
  let sum = 0;
  for (let d = 0; d < WIDTH; d += 1) sum += (vector[d] ?? NaN) * (matrix[from + d] ?? NaN);
  return sum;
}

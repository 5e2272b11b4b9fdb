import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Where vocab.txt is, from sources and from `dist/` alike. */
const isBuilt = path.basename(path.resolve(__dirname, '../..')) === 'dist';
const file = path.resolve(__dirname, isBuilt ? '../../../models/text' : '.', 'vocab.txt');

const letters = /^\p{L}+$/u;

let words: ReadonlySet<string> | undefined;

/** Whether a word (lower case) is one of the encoder's vocabulary, which was made of English texts. Read at first need. */
export function isEnglish(word: string): boolean {
  words ??= new Set(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => letters.test(line)),
  );
  return words.has(word);
}

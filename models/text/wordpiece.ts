/** A piece of a word, as the encoder's vocabulary has it. */
export interface Piece {
  readonly id: number;
  /** The word or mark that it is a piece of, lower-case and without accents. */
  readonly word: string;
}

/** Cuts a text into the pieces that the encoder was trained on; the same as BERT's own, uncased. */
export type WordPiece = (text: string) => readonly Piece[];

const UNKNOWN = '[UNK]';
/** A longer word is unknown as a whole. */
const LONGEST_WORD = 100;

/** Control and format characters but tab and line ends, and the replacement character: they are dropped. */
const dropped = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]/gu;
/** CJK ideographs: each is a word. */
const ideograph =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;
const accent = /\p{Mn}/gu;
/** Words, and marks one by one: what ASCII or Unicode calls punctuation. */
const wordOrMark = /[!-/:-@[-`{-~\p{P}]|[^\s!-/:-@[-`{-~\p{P}]+/gu;

/**
 * @param vocabulary pieces in the order of their ids; those within a word begin with ##
 * @throws Error when it has no piece for unknown words
 */
export function wordPiece(vocabulary: readonly string[]): WordPiece {
  const ids = new Map(vocabulary.map((piece, id) => [piece, id]));
  const unknown = ids.get(UNKNOWN);
  if (unknown === undefined) throw new Error(`the vocabulary has no ${UNKNOWN}`);
  return (text) =>
    (normal(text).match(wordOrMark) ?? []).flatMap((word) => idsOf(word, ids, unknown).map((id) => ({ id, word })));
}

function normal(text: string): string {
  const spaced = text.replace(dropped, '').replace(ideograph, ' $& ').normalize('NFD').replace(accent, '');
  // One by one, as a letter of a word: a final sigma stays what it is.
  return Array.from(spaced, (letter) => letter.toLowerCase()).join('');
}

/** The longest pieces from the left; a word that cannot be made of pieces is unknown as a whole. */
function idsOf(word: string, ids: ReadonlyMap<string, number>, unknown: number): readonly number[] {
  const letters = Array.from(word);
  if (letters.length > LONGEST_WORD) return [unknown];
  const found: number[] = [];
  for (let from = 0; from < letters.length;) {
    let to = letters.length;
    let id: number | undefined;
    for (; to > from; to -= 1) {
      id = ids.get((from > 0 ? '##' : '') + letters.slice(from, to).join(''));
      if (id !== undefined) break;
    }
    if (id === undefined) return [unknown];
    found.push(id);
    from = to;
  }
  return found;
}

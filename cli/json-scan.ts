import { endOfText, parseLossless } from '../connectors/kit/lossless-json';

/** What may stand before a document on its own line, and how many lines before the first: no prose with examples in it. */
const mostWords = 400;
const mostLinesBefore = 2;

/** What a line begins with. */
interface Piece {
  /** The words of a log before the document, or all of a line that has none. */
  readonly words: string;
  readonly document?: unknown;
  /** The index after it. */
  readonly end: number;
  /** Nothing else stands on the line where it ends. */
  readonly isLast: boolean;
}

/** The index after the value that begins at `start` with a bracket; undefined where it has no end. */
const endOf = (text: string, start: number): number | undefined => {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') at = endOfText(text, at) - 1;
    else if ('{['.includes(character)) depth += 1;
    else if ('}]'.includes(character)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
};

/** Where on the line a JSON object begins, or a list of them: `[2026-03-01 09:30]` is none. Its end where none does. */
const startOf = (text: string, from: number, lineEnd: number): number => {
  for (let at = from; at < lineEnd; at++) {
    if (text[at] === '{' || (text[at] === '[' && /^\[\s*\{/.test(text.slice(at, at + 80)))) return at;
  }
  return lineEnd;
};

/** Undefined for what begins like a document and is none: it is not skipped, it would be lost. */
const pieceAt = (text: string, at: number): Piece | undefined => {
  const lineBreak = text.indexOf('\n', at);
  const lineEnd = lineBreak < 0 ? text.length : lineBreak;
  const start = startOf(text, at, lineEnd);
  const words = text.slice(at, start).trim();
  if (start === lineEnd) return /[{}]/.test(words) ? undefined : { words, end: lineEnd, isLast: true };
  const end = start - at > mostWords ? undefined : endOf(text, start);
  if (end === undefined) return undefined;
  try {
    const [rest = ''] = text.slice(end, end + mostWords).split('\n', 1);
    return { words, document: parseLossless(text.slice(start, end)), end, isLast: rest.trim() === '' };
  } catch {
    return undefined;
  }
};

/** The index of the next character that is not blank. */
const nextWord = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && text.charAt(at).trim() === '') at += 1;
  return at;
};

const piecesOf = (text: string): readonly Piece[] | undefined => {
  const pieces: Piece[] = [];
  let at = nextWord(text, 0);
  while (at < text.length) {
    const piece = pieceAt(text, at);
    const isProse = pieces.length >= mostLinesBefore && piece?.document === undefined;
    if (piece === undefined || isProse) return undefined;
    pieces.push(piece);
    at = nextWord(text, piece.end);
  }
  return pieces;
};

/**
 * The JSON documents of a text that holds nothing else but blanks between them, or the words of a log before each on its line.
 * Undefined for any other text.
 */
export const scanJson = (text: string): readonly unknown[] | undefined => {
  const pieces = piecesOf(text) ?? [];
  const first = pieces.findIndex(({ document }) => document !== undefined);
  const told = first < 0 ? [] : pieces.slice(first);
  const isLog = told[0]?.words !== '';
  const isFitting = ({ words, document, isLast }: Piece): boolean =>
    document !== undefined && (words !== '') === isLog && (isLast || !isLog);
  if (told.length === 0 || (!isLog && first > 0) || !told.every(isFitting)) return undefined;
  return told.map(messageOf);
};

/** CAP's file-based messaging writes the name of an event, and behind it what it carries. */
const messageOf = ({ words, document }: Piece): unknown => {
  const isMessage = typeof document === 'object' && document !== null && 'data' in document && 'headers' in document;
  return isMessage && !('event' in document) && /^[\w./-]+$/.test(words) ? { event: words, ...document } : document;
};

import { parseLossless } from '../connectors/kit/lossless-json';

/** What may stand before a document on its own line, and on the lines before the first: no prose with examples in it. */
const mostWords = 400;
const mostLinesBefore = 2;

/** The index after the value that begins at `start` with a bracket; undefined where it has no end. */
const endOf = (text: string, start: number): number | undefined => {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
};

interface Found {
  readonly value: unknown;
  readonly end: number;
}

/** The first JSON object, or list of them, on the line from `from` on; `[2026-03-01 09:30]` is none. */
const firstOf = (text: string, from: number, lineEnd: number): (Found & { readonly start: number }) | undefined => {
  for (let at = from; at < lineEnd; at++) {
    const isList = text[at] === '[' && /^\[\s*\{/.test(text.slice(at, at + 80));
    if (text[at] !== '{' && !isList) continue;
    const end = endOf(text, at);
    // What begins like one and is none is not skipped: it would be lost.
    if (end === undefined) return undefined;
    try {
      return { start: at, value: parseLossless(text.slice(at, end)), end };
    } catch {
      return undefined;
    }
  }
  return undefined;
};

/**
 * The JSON documents of a text that holds nothing else but line breaks between them, or the words of a log before each on its
 * line. Undefined for any other text.
 */
export const scanJson = (text: string): readonly unknown[] | undefined => {
  const values: unknown[] = [];
  let at = 0;
  let linesBefore = 0;
  let isLog: boolean | undefined;
  while (at < text.length) {
    const lineEnd = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
    if (text.slice(at, lineEnd).trim() === '') {
      at = lineEnd + 1;
      continue;
    }
    const found = firstOf(text, at, lineEnd);
    if (found === undefined) {
      linesBefore += 1;
      if (values.length > 0 || linesBefore > mostLinesBefore || /[{}]/.test(text.slice(at, lineEnd))) return undefined;
      at = lineEnd + 1;
      continue;
    }
    const hasWords = text.slice(at, found.start).trim() !== '';
    isLog ??= hasWords;
    const next = text.slice(found.end).search(/\S/);
    const isAlone = next < 0 || !isLog || text.slice(found.end, found.end + next).includes('\n');
    if (hasWords !== isLog || found.start - at > mostWords || !isAlone || (!isLog && linesBefore > 0)) return undefined;
    values.push(found.value);
    at = found.end;
  }
  return values.length === 0 ? undefined : values;
};

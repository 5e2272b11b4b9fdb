import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type Document,
  type Scalar,
} from 'yaml';
import type { Fault } from './faults';

/** Keys and indices from the top of a document. */
export type Path = readonly (string | number)[];

/** `useCases.lead-scoring.act.hot[0]` */
export const pathText = (path: Path): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');

/** What a fault points at: a key, a value (the default), or a character of a text value. */
export interface Target {
  readonly key?: boolean;
  readonly offset?: number;
}

/** A YAML file with the way back from every value to its place in the text. */
export interface TenantDocument {
  /** Plain values; undefined when the text is no YAML. */
  readonly value: unknown;
  /** What is wrong with the YAML itself. */
  readonly faults: readonly Fault[];
  /** The line and column of what lies at a path, or of the nearest thing above it that is there. */
  place(path: Path, target?: Target): { readonly line: number; readonly column: number };
}

interface Found {
  readonly key?: Node;
  readonly value?: Node;
}

const child = (document: Document, node: Node | undefined, step: string | number): Found | undefined => {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isMap(target)) {
    const pair = target.items.find(({ key }) => (isScalar(key) ? String(key.value) : undefined) === String(step));
    if (pair === undefined) return undefined;
    return { key: pair.key as Node, ...(pair.value === null ? {} : { value: pair.value as Node }) };
  }
  if (isSeq(target) && typeof step === 'number') {
    const item = target.items[step] as Node | null | undefined;
    return item == null ? undefined : { value: item };
  }
  return undefined;
};

/** Steps as far down as there is something. A key that is asked for and is not there leaves its map's own key. */
const find = (document: Document, path: Path): Found => {
  let found: Found = document.contents === null ? {} : { value: document.contents };
  for (const step of path) {
    const next = child(document, found.value, step);
    if (next === undefined) break;
    found = next;
  }
  return found;
};

const isSpace = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);

/** Lengths of the numbered escapes of a double-quoted text, backslash and letter included. */
const numbered: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

const escaped = (source: string, at: number): readonly [string, number] => {
  const letter = source[at + 1] ?? '';
  const length = numbered[letter];
  if (length === undefined) return ['ntr0 \n'.includes(letter) ? ' ' : 'x', 2];
  return [String.fromCodePoint(parseInt(source.slice(at + 2, at + length), 16)), length];
};

/** The text's next character and its length in the source, seen through the scalar's quotes. */
const sourceCharacter = (source: string, at: number, type: Scalar.Type | undefined): readonly [string, number] => {
  if (type === 'QUOTE_SINGLE' && source.startsWith("''", at)) return ["'", 2];
  if (type === 'QUOTE_DOUBLE' && source[at] === '\\') return escaped(source, at);
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  return [character, character.length];
};

const firstCharacter = (source: string, start: number, type: Scalar.Type | undefined): number => {
  if (type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE') return start + 1;
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? source.indexOf('\n', start) + 1 : start;
};

/**
 * Where in the source the character at `offset` of a scalar's value stands. Quoting, folding and indentation change only
 * white space and escapes, so the n-th visible character of the value is the n-th of the source.
 */
const offsetInScalar = (source: string, scalar: Scalar, offset: number): number => {
  const [start, end] = scalar.range ?? [0, source.length];
  const type = scalar.type;
  let left = Array.from(String(scalar.value).slice(0, offset)).filter((character) => !isSpace(character)).length;
  let at = firstCharacter(source, start, type);
  while (at < end) {
    const [character, length] = sourceCharacter(source, at, type);
    const visible = !isSpace(character);
    if (visible && left === 0) return at;
    if (visible) left -= 1;
    at += length;
  }
  return Math.max(start, Math.min(at, end) - 1);
};

/** `*name` without an `&name` before it: the parser leaves that to whoever uses the value. */
const danglingAliases = (
  document: Document,
): readonly { readonly pos: readonly number[]; readonly message: string }[] => {
  const found: { readonly pos: readonly number[]; readonly message: string }[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      found.push({ pos: alias.range ?? [0], message: `there is no anchor &${alias.source} before *${alias.source}` });
    },
  });
  return found;
};

/** Reads YAML 1.2; never throws. */
export const readTenantDocument = (file: string, text: string): TenantDocument => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false, stringKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings, ...danglingAliases(document)].map(({ pos, message }) => ({
    file,
    ...at(pos[0] ?? 0),
    path: '',
    message: `this is not well-formed YAML: ${message}`,
    fix: 'mend the YAML here; indentation is by spaces, and a text with ": " or "{" stands in quotes',
  }));
  return {
    value: faults.length === 0 ? (document.toJS() as unknown) : undefined,
    faults,
    place: (path, target = {}) => {
      const { key, value } = find(document, path);
      if (target.offset !== undefined && isScalar(value)) return at(offsetInScalar(text, value, target.offset));
      const node = target.key === true ? (key ?? value) : (value ?? key);
      return at(node?.range?.[0] ?? 0);
    },
  };
};

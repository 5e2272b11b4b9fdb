import { Refusal } from '../org/refusal';

/** A piece of a query. `at` is its offset. */
export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'date' | 'symbol' | 'end';
  /** Text literals without quotes and escapes; everything else as written. */
  readonly text: string;
  readonly at: number;
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['text', /'((?:[^'\\]|\\.)*)'/y],
  ['date', /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))?/y],
  ['number', /[+-]?\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_][\w.]*(?::\d+)?/y],
  ['symbol', /!=|<>|<=|>=|[=<>(),]/y],
];

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Undoes `\'`, `\\`, `\n` and the like. `\%` and `\_` stay for LIKE. */
const unescape = (body: string): string =>
  body.replace(/\\(.)/g, (whole, character: string) =>
    character === '%' || character === '_' ? whole : (escapes[character] ?? character),
  );

/** A refusal that points at the place, in the form of the real one. */
export const malformed = (query: string, at: number, what: string): Refusal => {
  const context = query.slice(Math.max(0, at - 20), at + 20);
  const pointer = ' '.repeat(Math.min(at, 20)) + '^';
  return new Refusal(400, 'MALFORMED_QUERY', `\n${context}\n${pointer}\nERROR at Row:1:Column:${at + 1}\n${what}`);
};

/** Cuts a query into tokens. @throws Refusal MALFORMED_QUERY at the first character that starts none */
export const tokenize = (query: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    let matched = false;
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const match = pattern.exec(query);
      if (match === null) continue;
      if (kind !== 'space') tokens.push({ kind, text: kind === 'text' ? unescape(match[1] ?? '') : match[0], at });
      at = pattern.lastIndex;
      matched = true;
      break;
    }
    if (!matched) throw malformed(query, at, `unexpected token: '${query.charAt(at)}'`);
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: query.length });
  return tokens;
};

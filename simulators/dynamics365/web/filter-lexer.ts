import { Refusal } from '../org/refusal';

/** A piece of a filter. */
export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'moment' | 'guid' | 'alias' | 'symbol' | 'end';
  /** As written; a text without its quotes. */
  readonly text: string;
  readonly at: number;
}

const forms: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /^\s+/],
  ['text', /^'(?:[^']|'')*'/],
  ['guid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i],
  ['moment', /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?/],
  ['number', /^-?\d+(?:\.\d+)?/],
  ['alias', /^@\w+/],
  ['name', /^[A-Za-z_][\w.]*(?:\/[A-Za-z_]\w*)*/],
  ['symbol', /^[(),=[\]"]/],
];

/** What the service says about a query it cannot read. */
export const syntaxError = (text: string, at: number): Refusal =>
  new Refusal(400, '0x80060888', `Syntax error at position ${at} in '${text}'.`);

/** A filter in pieces. @throws Refusal where a piece is none */
export const lex = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const [kind, form] = forms.find(([, candidate]) => candidate.test(rest)) ?? [];
    const found = form?.exec(rest)?.[0];
    if (kind === undefined || found === undefined) throw syntaxError(text, at);
    const plain = kind === 'text' ? found.slice(1, -1).replaceAll("''", "'") : found;
    if (kind !== 'space') tokens.push({ kind, text: plain, at });
    at += found.length;
  }
  return [...tokens, { kind: 'end', text: '', at }];
};

import { badRequest } from './odata-error';
import type { Value } from './values';

/** Forms of literals in paths and filters, tried in order; the text after each is where the next token starts. */
const forms: readonly (readonly [RegExp, (body: string) => Value])[] = [
  [/^'((?:[^']|'')*)'/, (body) => body.replaceAll("''", "'")],
  [/^datetime(?:offset)?'([^']*)'/, (body) => instant(body)],
  [/^guid'([^']*)'/, (body) => body.toLowerCase()],
  [/^time'([^']*)'/, (body) => body],
  [/^binary'([^']*)'/, (body) => body],
  [/^(true|false)\b/, (body) => body === 'true'],
  [/^(null)\b/, () => null],
  [/^(-?\d+(?:\.\d+)?)[mMlLdDfF]?\b/, (body) => Number(body)],
];

const instant = (text: string): number => {
  const decoded = text.replaceAll('%3A', ':');
  const parsed = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(decoded) ? decoded : `${decoded}Z`);
  if (Number.isNaN(parsed)) throw badRequest(`Invalid date literal '${text}'`);
  return parsed;
};

/** Takes a literal off the front of a text. */
export const takeLiteral = (text: string): { readonly value: Value; readonly rest: string } | undefined => {
  for (const [form, read] of forms) {
    const [all, body] = form.exec(text) ?? [];
    if (all !== undefined && body !== undefined) return { value: read(body), rest: text.slice(all.length) };
  }
  return undefined;
};

/** Reads what stands between the brackets of a path: values by name, or one value under ''. @throws ODataError */
export const readKey = (text: string): ReadonlyMap<string, Value> => {
  const key = new Map<string, Value>();
  let left = text;
  while (left !== '') {
    const [named = '', name = ''] = /^(\w+)=/.exec(left) ?? [];
    const literal = takeLiteral(left.slice(named.length));
    if (literal === undefined || !/^(,|$)/.test(literal.rest)) throw badRequest(`Invalid key predicate '(${text})'`);
    key.set(name, literal.value);
    left = literal.rest.slice(1);
  }
  return key;
};

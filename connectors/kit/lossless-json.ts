/** Any run of 16 digits and dots: what is shorter fits a double. */
const longNumber = /\d[\d.]{15,}|\d[eE][+-]?\d{3,}/;
const numberText = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Whether a number's text comes back from a double digit by digit. */
const survives = (text: string): boolean => {
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(Number(text));
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '');
  return Number.isFinite(Number(text)) && (digits.length <= 15 || String(Number(text)) === text);
};

/** `1.5E17` as `150000000000000000`: the same number, as whoever reads decimals expects it. Not what is longer than any of them. */
const withoutExponent = (text: string): string => {
  const [, sign = '', whole = '', rest = '', exponent = ''] =
    /^(-?)(\d+)(?:\.(\d+))?[eE]\+?(-?\d{1,2})$/.exec(text) ?? [];
  if (exponent === '') return text;
  const point = whole.length + Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${rest}`.padEnd(point, '0');
  const cut = Math.max(1, point);
  return `${sign}${digits.slice(0, cut).replace(/^0+(?=\d)/, '')}${digits.length > cut ? `.${digits.slice(cut)}` : ''}`;
};

/** The index after the text that begins at `start` (its opening quote). */
export const endOfText = (json: string, start: number): number => {
  for (let at = json.indexOf('"', start + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (json[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return json.length;
};

const quoteLongNumbers = (json: string): string => {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const character = json[at] ?? '';
    if (character === '"') {
      at = endOfText(json, at);
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      numberText.lastIndex = at;
      const [text] = numberText.exec(json) ?? [character];
      if (!survives(text)) {
        parts.push(json.slice(copied, at), `"${withoutExponent(text)}"`);
        copied = at + text.length;
      }
      at += text.length;
    } else {
      at += 1;
    }
  }
  parts.push(json.slice(copied));
  return parts.join('');
};

/** Levels of lists and objects: what is nested deeper than this nobody meant, and writing it again would exhaust the stack. */
const deepest = 500;

const isTooDeep = (json: string): boolean => {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') at = endOfText(json, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
};

/**
 * JSON.parse, except that a number which a double cannot hold exactly (a 64-bit replay id, a long decimal) becomes a text
 * with the very same digits. Throws SyntaxError as JSON.parse does, and for what is nested deeper than 500 levels.
 */
export const parseLossless = (json: string): unknown => {
  // First as it is, so that an error tells its place in what was given.
  const value: unknown = JSON.parse(json);
  if (json.length > deepest && isTooDeep(json)) throw new SyntaxError(`nested deeper than ${deepest} levels`);
  return longNumber.test(json) ? (JSON.parse(quoteLongNumbers(json)) as unknown) : value;
};

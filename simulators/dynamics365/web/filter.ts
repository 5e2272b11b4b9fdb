import { lex, syntaxError, type Token } from './filter-lexer';

/** What a row's property gives to a comparison. Moments are epoch milliseconds. */
export type Comparable = string | number | boolean | null;

/** Reads a property of the row at hand; `a/b` is a property of the row that a lookup points to. */
export type Read = (path: string) => Comparable;

/** Says of a row whether it is wanted. */
export type Predicate = (read: Read) => boolean;

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

/** The database compares text without case. */
const folded = (value: Comparable): Comparable => (typeof value === 'string' ? value.toLowerCase() : value);

/** Order of two values of a kind; null comes first. */
export const compare = (one: Comparable, other: Comparable): number => {
  const [a, b] = [folded(one), folded(other)];
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
};

/** A literal fits what the column holds: a moment as milliseconds or as its day. */
type Literal = (held: Comparable) => Comparable;

const textFunctions: Readonly<Record<string, (value: string, part: string) => boolean>> = {
  contains: (value, part) => value.includes(part),
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
};

const words: Readonly<Record<string, Literal>> = { null: () => null, true: () => true, false: () => false };

const literals: Readonly<Partial<Record<Token['kind'], (text: string) => Literal>>> = {
  text: (text) => () => text,
  guid: (text) => () => text,
  number: (text) => () => Number(text),
  moment: (text) => (held) => (typeof held === 'string' ? text : Date.parse(text)),
};

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(
    private readonly text: string,
    private readonly aliases: URLSearchParams,
  ) {
    this.#tokens = lex(text);
  }

  parse(): Predicate {
    const predicate = this.#or();
    this.#take('end');
    return predicate;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: this.text.length };
  }

  #take(kind: Token['kind'], text?: string): Token {
    const token = this.#token;
    if (token.kind !== kind || (text !== undefined && token.text !== text)) throw syntaxError(this.text, token.at);
    this.#next += 1;
    return token;
  }

  #is(kind: Token['kind'], text: string): boolean {
    if (this.#token.kind !== kind || this.#token.text !== text) return false;
    this.#next += 1;
    return true;
  }

  #or(): Predicate {
    const parts = [this.#and()];
    while (this.#is('name', 'or')) parts.push(this.#and());
    return (read) => parts.some((part) => part(read));
  }

  #and(): Predicate {
    const parts = [this.#not()];
    while (this.#is('name', 'and')) parts.push(this.#not());
    return (read) => parts.every((part) => part(read));
  }

  #not(): Predicate {
    if (this.#is('name', 'not')) {
      const part = this.#not();
      return (read) => !part(read);
    }
    if (this.#is('symbol', '(')) {
      const inner = this.#or();
      this.#take('symbol', ')');
      return inner;
    }
    return this.#condition();
  }

  #condition(): Predicate {
    const { text: name, at } = this.#take('name');
    if (this.#is('symbol', '(')) {
      const textFunction = textFunctions[name];
      if (textFunction !== undefined) return this.#textFunction(textFunction);
      if (name === 'Microsoft.Dynamics.CRM.In') return this.#in();
      throw syntaxError(this.text, at);
    }
    const { text: word, at: place } = this.#take('name');
    const operator = operators[word];
    if (operator === undefined) throw syntaxError(this.text, place);
    const literal = this.#literal();
    return (read) => {
      const held = read(name);
      const wanted = literal(held);
      // As in SQL, a missing value is neither equal nor unequal to anything but null itself.
      if (wanted !== null && held === null) return false;
      return operator(compare(held, wanted));
    };
  }

  #textFunction(fits: (value: string, part: string) => boolean): Predicate {
    const { text: name } = this.#take('name');
    this.#take('symbol', ',');
    const part = this.#take('text').text.toLowerCase();
    this.#take('symbol', ')');
    return (read) => {
      const held = read(name);
      return typeof held === 'string' && fits(held.toLowerCase(), part);
    };
  }

  #in(): Predicate {
    this.#take('name', 'PropertyName');
    this.#take('symbol', '=');
    const { text: name } = this.#take('text');
    this.#take('symbol', ',');
    this.#take('name', 'PropertyValues');
    this.#take('symbol', '=');
    this.#take('symbol', '[');
    const wanted: string[] = [];
    do wanted.push(this.#take('text').text.toLowerCase());
    while (this.#is('symbol', ','));
    this.#take('symbol', ']');
    this.#take('symbol', ')');
    return (read) => {
      const held = read(name);
      return held !== null && wanted.includes(String(held).toLowerCase());
    };
  }

  #literal(): Literal {
    const token = this.#token;
    this.#next += 1;
    const { kind, text } = token;
    if (kind === 'alias') {
      const value = this.aliases.get(text);
      if (value === null) throw syntaxError(this.text, token.at);
      return new Parser(value, this.aliases).#literal();
    }
    const literal = kind === 'name' ? words[text] : literals[kind]?.(text);
    if (literal !== undefined) return literal;
    throw syntaxError(this.text, token.at);
  }
}

/** Reads `$filter`. @throws Refusal where it is no filter, or has what is not simulated */
export const parseFilter = (text: string, aliases: URLSearchParams): Predicate => new Parser(text, aliases).parse();

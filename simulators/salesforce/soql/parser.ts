import { malformed, tokenize, type Token } from './lexer';

/** A literal of a condition; `date` keeps the text of a date or datetime, `range` that of `TODAY` or `LAST_N_DAYS:3`. */
export type Literal =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'date'; readonly value: string }
  | { readonly kind: 'range'; readonly value: string }
  | { readonly kind: 'null' };

/** A comparison operator. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN';

/** A WHERE clause. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly all: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare';
      readonly path: string;
      readonly operator: Operator;
      readonly literals: readonly Literal[];
      readonly at: number;
    };

/** A parsed query. */
export interface SoqlQuery {
  readonly text: string;
  /** Field paths as written; `['COUNT()']` for a count. */
  readonly fields: readonly { readonly path: string; readonly at: number }[];
  readonly from: string;
  readonly where?: Condition;
  readonly orderBy: readonly { readonly path: string; readonly descending: boolean; readonly nullsLast: boolean }[];
  readonly limit?: number;
  readonly offset?: number;
}

const dateRange = /^(TODAY|YESTERDAY|TOMORROW|LAST_N_DAYS:\d+|NEXT_N_DAYS:\d+)$/i;

/** Recursive descent over the tokens of one query. */
class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(readonly query: string) {
    this.#tokens = tokenize(query);
  }

  parse(): SoqlQuery {
    this.#keyword('SELECT');
    const fields = this.#fields();
    this.#keyword('FROM');
    const from = this.#word();
    const where = this.#accept('WHERE') ? this.#or() : undefined;
    const orderBy = this.#acceptPair('ORDER', 'BY') ? this.#orderings() : [];
    const limit = this.#accept('LIMIT') ? this.#integer() : undefined;
    const offset = this.#accept('OFFSET') ? this.#integer() : undefined;
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return {
      text: this.query,
      fields,
      from,
      orderBy,
      ...(where === undefined ? {} : { where }),
      ...(limit === undefined ? {} : { limit }),
      ...(offset === undefined ? {} : { offset }),
    };
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] ?? { kind: 'end', text: '', at: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #is(word: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return (token.kind === 'word' || token.kind === 'symbol') && token.text.toUpperCase() === word;
  }

  #accept(word: string): boolean {
    const found = this.#is(word);
    if (found) this.#next += 1;
    return found;
  }

  #acceptPair(first: string, second: string): boolean {
    if (!this.#is(first) || !this.#is(second, 1)) return false;
    this.#next += 2;
    return true;
  }

  #keyword(word: string): void {
    if (!this.#accept(word))
      throw malformed(this.query, this.#peek().at, `expecting ${word}, found '${this.#peek().text}'`);
  }

  #unexpected(): Error {
    const { text, at } = this.#peek();
    return malformed(this.query, at, `unexpected token: '${text}'`);
  }

  #word(): string {
    if (this.#peek().kind !== 'word') throw this.#unexpected();
    return this.#take().text;
  }

  #integer(): number {
    const token = this.#take();
    if (token.kind === 'number' && /^\d+$/.test(token.text)) return Number(token.text);
    throw malformed(this.query, token.at, `expecting a number, found '${token.text}'`);
  }

  #fields(): SoqlQuery['fields'] {
    const fields: { path: string; at: number }[] = [];
    do {
      const { at } = this.#peek();
      let path = this.#word();
      if (this.#accept('(')) {
        const argument = this.#is(')') ? '' : this.#word();
        this.#keyword(')');
        path = `${path}(${argument})`.toUpperCase();
      }
      fields.push({ path, at });
    } while (this.#accept(','));
    return fields;
  }

  #or(): Condition {
    return this.#list('or', () => this.#list('and', () => this.#term()));
  }

  #list(kind: 'and' | 'or', element: () => Condition): Condition {
    const first = element();
    const all = [first];
    while (this.#accept(kind.toUpperCase())) all.push(element());
    return all.length === 1 ? first : { kind, all };
  }

  #term(): Condition {
    if (this.#accept('NOT')) return { kind: 'not', of: this.#term() };
    if (this.#accept('(')) {
      const inner = this.#or();
      this.#keyword(')');
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Condition {
    const { at } = this.#peek();
    const path = this.#word();
    if (this.#accept('IN')) return { kind: 'compare', path, operator: 'IN', literals: this.#literals(), at };
    if (this.#acceptPair('NOT', 'IN'))
      return { kind: 'compare', path, operator: 'NOT IN', literals: this.#literals(), at };
    if (this.#accept('LIKE')) return { kind: 'compare', path, operator: 'LIKE', literals: [this.#literal()], at };
    const operator = this.#take();
    if (operator.kind !== 'symbol' || !/^(=|!=|<>|<=?|>=?)$/.test(operator.text)) {
      throw malformed(this.query, operator.at, `unknown operator: '${operator.text}'`);
    }
    const sign = (operator.text === '<>' ? '!=' : operator.text) as Operator;
    return { kind: 'compare', path, operator: sign, literals: [this.#literal()], at };
  }

  #literals(): readonly Literal[] {
    this.#keyword('(');
    const literals: Literal[] = [];
    do literals.push(this.#literal());
    while (this.#accept(','));
    this.#keyword(')');
    return literals;
  }

  #literal(): Literal {
    const { kind, text, at } = this.#take();
    if (kind === 'text') return { kind, value: text };
    if (kind === 'number') return { kind, value: Number(text) };
    if (kind === 'date') return { kind, value: text };
    const word = text.toUpperCase();
    if (word === 'NULL') return { kind: 'null' };
    if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE' };
    if (dateRange.test(word)) return { kind: 'range', value: word };
    throw malformed(this.query, at, `unexpected token: '${text}'`);
  }

  #orderings(): SoqlQuery['orderBy'] {
    const orderings: { path: string; descending: boolean; nullsLast: boolean }[] = [];
    do {
      const path = this.#word();
      const descending = this.#accept('DESC');
      if (!descending) this.#accept('ASC');
      const nullsLast = this.#acceptPair('NULLS', 'LAST');
      if (!nullsLast) this.#acceptPair('NULLS', 'FIRST');
      orderings.push({ path, descending, nullsLast });
    } while (this.#accept(','));
    return orderings;
  }
}

/** Parses the supported part of SOQL. @throws Refusal MALFORMED_QUERY */
export const parseSoql = (query: string): SoqlQuery => new Parser(query).parse();

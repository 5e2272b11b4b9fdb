import type { EntityType } from '../model/entity-type';
import { takeLiteral } from './literals';
import { badRequest, ODataError } from './odata-error';
import type { Value, Values } from './values';

/** What a service's filters can do. */
export interface FilterRules {
  /** substringof, startswith, endswith, tolower, toupper. */
  readonly functions: boolean;
  /** `or` between conditions on different properties. */
  readonly anyOr: boolean;
}

type Test = (values: Values) => boolean;
type Term = (values: Values) => Value;

/** A condition and the properties that it looks at. */
interface Condition {
  readonly test: Test;
  readonly properties: ReadonlySet<string>;
}

const rank = (value: Value): string | number => (typeof value === 'boolean' ? Number(value) : (value ?? ''));

/** Decimals are kept as text and compared as numbers where the other side is one. */
const compare = (left: Value, right: Value): number => {
  if (left === null || right === null) return left === right ? 0 : NaN;
  const [a, b] = [rank(left), rank(right)];
  const [x, y] = typeof a === 'number' || typeof b === 'number' ? [Number(a), Number(b)] : [a, b];
  if (x === y) return 0;
  return x < y ? -1 : 1;
};

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const tests: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  substringof: (part, whole) => whole.includes(part),
  startswith: (whole, part) => whole.startsWith(part),
  endswith: (whole, part) => whole.endsWith(part),
};

const conversions: Readonly<Record<string, (text: string) => string>> = {
  tolower: (text) => text.toLowerCase(),
  toupper: (text) => text.toUpperCase(),
};

/** Reads one `$filter`. */
class FilterReader {
  #properties = new Set<string>();

  constructor(
    private left: string,
    private readonly type: EntityType,
    private readonly rules: FilterRules,
  ) {}

  read(): Test {
    const { test } = this.#or();
    if (this.left.trim() !== '') throw this.#bad();
    return test;
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#take(/^\s+or\s+/) !== undefined) parts.push(this.#and());
    const properties = new Set(parts.flatMap((part) => [...part.properties]));
    if (parts.length > 1 && properties.size > 1 && !this.rules.anyOr) {
      throw new ODataError(400, 'OR', 'The OR operator is not supported between different properties');
    }
    return { test: (values) => parts.some(({ test }) => test(values)), properties };
  }

  #and(): Condition {
    const parts = [this.#condition()];
    while (this.#take(/^\s+and\s+/) !== undefined) parts.push(this.#condition());
    return {
      test: (values) => parts.every(({ test }) => test(values)),
      properties: new Set(parts.flatMap((part) => [...part.properties])),
    };
  }

  #condition(): Condition {
    if (this.#take(/^\s*not\s+/) !== undefined) {
      const { test, properties } = this.#condition();
      return { test: (values) => !test(values), properties };
    }
    if (this.#take(/^\s*\(/) !== undefined) {
      const inner = this.#or();
      if (this.#take(/^\s*\)/) === undefined) throw this.#bad();
      return inner;
    }
    this.#properties = new Set();
    const test = this.#call() ?? this.#comparison();
    return { test, properties: this.#properties };
  }

  #call(): Test | undefined {
    const name = this.#take(/^\s*(substringof|startswith|endswith)\s*\(/);
    const holds = tests[name ?? ''];
    if (holds === undefined) return undefined;
    this.#needFunctions(name ?? '');
    const first = this.#term();
    if (this.#take(/^\s*,/) === undefined) throw this.#bad();
    const second = this.#term();
    if (this.#take(/^\s*\)/) === undefined) throw this.#bad();
    const wanted = this.#take(/^\s+eq\s+(true|false)\b/) !== 'false';
    return (values) => holds(String(first(values) ?? ''), String(second(values) ?? '')) === wanted;
  }

  #comparison(): Test {
    const first = this.#term();
    const holds = operators[this.#take(/^\s+(eq|ne|gt|ge|lt|le)\s+/) ?? ''];
    if (holds === undefined) throw this.#bad();
    const second = this.#term();
    return (values) => holds(compare(first(values), second(values)));
  }

  #term(): Term {
    this.left = this.left.trimStart();
    const literal = takeLiteral(this.left);
    if (literal !== undefined) {
      this.left = literal.rest;
      return () => literal.value;
    }
    const name = this.#take(/^(\w+)/) ?? '';
    const convert = conversions[name];
    if (convert !== undefined && this.#take(/^\s*\(/) !== undefined) {
      this.#needFunctions(name);
      const inner = this.#term();
      if (this.#take(/^\s*\)/) === undefined) throw this.#bad();
      return (values) => convert(String(inner(values) ?? ''));
    }
    if (!this.type.properties.some((property) => property.name === name)) {
      throw badRequest(`Property '${name}' not found in type '${this.type.name}'`, name);
    }
    this.#properties.add(name);
    return (values) => values[name] ?? null;
  }

  #needFunctions(name: string): void {
    if (!this.rules.functions) throw new ODataError(501, 'FUNCTION', `Function '${name}' is not supported in $filter`);
  }

  /** Takes the pattern off the front; answers its first group, or all of it. */
  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.left);
    if (found === null) return undefined;
    this.left = this.left.slice(found[0].length);
    return found[1] ?? found[0];
  }

  #bad(): ODataError {
    return badRequest(`Invalid $filter: cannot read it at '${this.left}'`);
  }
}

/** Reads a `$filter`. @throws ODataError where it cannot be read or uses what the service does not know */
export const readFilter = (text: string, type: EntityType, rules: FilterRules): Test =>
  new FilterReader(text, type, rules).read();

/** Orders two values as `$orderby` does: null first. */
export const order = (left: Value, right: Value): number => {
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  return compare(left, right);
};

import { V2Error } from './v2-error';

type Members = Readonly<Record<string, unknown>>;
type Test = (record: Members) => boolean;

/** The value at `adminData/updatedOn`, or `adminData.updatedOn`; undefined where there is none. */
export const valueAt = (record: Members, path: string): unknown =>
  path
    .split(/[./]/)
    .reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Record<string, unknown>)[step]
          : undefined,
      record,
    );

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Instants, texts, numbers; what is not there comes first. */
export const compare = (left: unknown, right: unknown): number => {
  const [a, b] = [left ?? '', right ?? ''];
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  const [x, y] = [textOf(a), textOf(b)];
  return x === y ? 0 : x < y ? -1 : 1;
};

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const literalOf = (text: string): unknown => {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
};

/** Reads one `$filter`: eq, ne, lt, le, gt, ge, and, or, not, brackets. No functions. */
class Reader {
  constructor(
    private left: string,
    private readonly check: (path: string) => void,
  ) {}

  read(): Test {
    const test = this.#or();
    if (this.left.trim() !== '') throw this.#bad();
    return test;
  }

  #or(): Test {
    const parts = [this.#and()];
    while (this.#take(/^\s+or\s+/) !== undefined) parts.push(this.#and());
    return (record) => parts.some((part) => part(record));
  }

  #and(): Test {
    const parts = [this.#condition()];
    while (this.#take(/^\s+and\s+/) !== undefined) parts.push(this.#condition());
    return (record) => parts.every((part) => part(record));
  }

  #condition(): Test {
    if (this.#take(/^\s*not\s*(?=\()/) !== undefined) {
      const inner = this.#condition();
      return (record) => !inner(record);
    }
    if (this.#take(/^\s*\(/) === undefined) return this.#comparison();
    const inner = this.#or();
    if (this.#take(/^\s*\)/) === undefined) throw this.#bad();
    return inner;
  }

  #comparison(): Test {
    const path = this.#take(/^\s*([A-Za-z_][\w./]*)/);
    const holds = operators[this.#take(/^\s+(eq|ne|gt|ge|lt|le)\s+/) ?? ''];
    const literal = this.#take(/^('(?:[^']|'')*'|[^\s()]+)/);
    if (path === undefined || holds === undefined || literal === undefined) throw this.#bad();
    this.check(path);
    const wanted = literalOf(literal);
    return (record) => holds(compare(valueAt(record, path), wanted));
  }

  /** Takes the pattern off the front; answers its first group, or all of it. */
  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.left);
    if (found === null) return undefined;
    this.left = this.left.slice(found[0].length);
    return found[1] ?? found[0];
  }

  #bad(): V2Error {
    return new V2Error(400, 'query.1001', `Invalid filter: cannot read it at '${this.left}'`, '$filter');
  }
}

/**
 * Reads a `$filter`.
 * @param check refuses a path that the collection cannot be asked for
 * @throws V2Error 400 where it cannot be read
 */
export const readV2Filter = (text: string, check: (path: string) => void): Test => new Reader(text, check).read();

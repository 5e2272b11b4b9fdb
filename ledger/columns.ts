import { sql, type RawBuilder } from 'kysely';

/** JSON text never holds this control character as it is: JSON.stringify escapes it. */
export const separator = '\u001e';

/**
 * Documents as one parameter, a `json[]`; undefined becomes null. An array literal would escape every quote of every
 * document, there and back: a third of a batch's time.
 */
export function documents(values: readonly unknown[]): RawBuilder<string[]> {
  const text = values.map((value) => (value === undefined ? '' : JSON.stringify(value))).join(separator);
  return sql<string[]>`string_to_array(${text}, ${sql.lit(separator)}, '')::json[]`;
}

const firstYear = Date.UTC(1, 0, 1);
const firstYearBeyond = Date.UTC(10000, 0, 1);

/** The right side of `column = any of the values`, as one parameter. */
export function anyOf(values: readonly string[]): RawBuilder<string> {
  return sql<string>`any(${values}::text[])`;
}

/** An RFC 3339 time as the database takes it; null where it names none of the years 1 to 9999. */
export function time(text: string): string | null {
  const at = Date.parse(text);
  return Number.isNaN(at) || at < firstYear || at >= firstYearBeyond ? null : new Date(at).toISOString();
}

/** A message as a text column takes it: PostgreSQL stores no NUL, and 4,000 characters tell enough. */
export function bounded(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll('\0', '\uFFFD').slice(0, 4000);
}

/**
 * One row per key, the one with the greatest sequence: a statement may not touch a row twice. In the keys' order, so that of
 * two batches with rows in common one waits for the other, never both.
 */
export function newest<T>(rows: readonly T[], key: (row: T) => string, sequence: (row: T) => string): T[] {
  const kept = new Map<string, T>();
  for (const row of rows) {
    const before = kept.get(key(row));
    if (before === undefined || sequence(row) >= sequence(before)) kept.set(key(row), row);
  }
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

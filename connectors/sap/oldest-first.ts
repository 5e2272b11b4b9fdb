import type { Fields } from './json';

/** A row with what orders it. */
export interface Changed {
  readonly row: Fields;
  readonly key: string;
  /** When it was changed, as exactly as the row says it: RFC 3339. */
  readonly at: string;
}

/** Rows of several objects, each in its own order, as one: the oldest of all first. */
export async function* oldestFirst<O, C extends Changed>(
  objects: readonly O[],
  rowsOf: (object: O) => AsyncGenerator<C, void, undefined>,
): AsyncGenerator<C & { readonly of: O }, void, undefined> {
  const heads: { readonly of: O; readonly rows: AsyncGenerator<C, void, undefined>; next: C }[] = [];
  for (const of of objects) {
    const rows = rowsOf(of);
    const head = await rows.next();
    if (head.done !== true) heads.push({ of, rows, next: head.value });
  }
  while (heads.length > 0) {
    const head = heads.reduce((oldest, one) => (one.next.at < oldest.next.at ? one : oldest));
    yield { ...head.next, of: head.of };
    const next = await head.rows.next();
    if (next.done === true) heads.splice(heads.indexOf(head), 1);
    else head.next = next.value;
  }
}

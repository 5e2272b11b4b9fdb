import { objectOf, ownOf, textOf } from '../kit/json';
import type { GraphApi } from './graph-api';
import type { Fields } from './native';

/** The rows of a collection, page by page. Rejects with Retryable or Permanent. */
export async function* followed(
  api: GraphApi,
  what: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Fields, void, undefined> {
  for await (const { rows } of pages(api, what, path, signal)) yield* rows;
}

/** A page of a collection. */
export interface Page {
  readonly rows: readonly Fields[];
  /** Where what comes later is told: on the last page of a delta query. */
  readonly deltaLink?: string | undefined;
}

/** The pages of a collection, to its end. @param pageRows most rows of one, where `$top` is not taken */
export async function* pages(
  api: GraphApi,
  what: string,
  path: string,
  signal: AbortSignal,
  pageRows?: number,
): AsyncGenerator<Page, void, undefined> {
  let next: string | undefined = path;
  while (next !== undefined) {
    const page: Fields = objectOf(await api.read(what, next, signal, pageRows)) ?? {};
    const value = ownOf(page, 'value');
    const rows = (Array.isArray(value) ? value : []).map(objectOf).filter((row) => row !== undefined);
    yield { rows, deltaLink: textOf(ownOf(page, '@odata.deltaLink')) };
    next = textOf(ownOf(page, '@odata.nextLink'));
  }
}

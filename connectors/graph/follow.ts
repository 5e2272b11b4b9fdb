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
  let next: string | undefined = path;
  while (next !== undefined) {
    const page = objectOf(await api.read(what, next, signal)) ?? {};
    const rows = ownOf(page, 'value');
    for (const row of Array.isArray(rows) ? rows : []) {
      const fields = objectOf(row);
      if (fields !== undefined) yield fields;
    }
    next = textOf(ownOf(page, '@odata.nextLink'));
  }
}

import { Permanent, type Reader } from '../contract';
import { objectOf, ownOf, textOf } from '../kit/json';
import type { Fields, RowNative } from './native';
import { dayOf } from './normalise/dates';
import type { TableDefinition, TableDefinitions } from './table-definitions';
import type { WebApi } from './web-api';

/** Ids of one query: its URL must stay far below the 32 kB that Dataverse takes. */
const mostIds = 50;

/** With labels of choices, and names and tables of lookups. */
const annotated = 'odata.include-annotations="*"';

/** Reads whole rows over the Web API. */
export class RowReader implements Reader<RowNative> {
  readonly #api: WebApi;
  readonly #definitions: TableDefinitions;
  readonly #pageRows: number;

  /** @param pageRows rows of one page */
  constructor(api: WebApi, definitions: TableDefinitions, pageRows = 500) {
    this.#api = api;
    this.#definitions = definitions;
    this.#pageRows = pageRows;
  }

  /** See Reader. */
  async read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly RowNative[]> {
    const definition = await this.#definitions.of(nativeType, signal);
    const found: RowNative[] = [];
    for (let from = 0; from < ids.length; from += mostIds) {
      const some = ids.slice(from, from + mostIds).filter((id) => /^[0-9a-f-]{36}$/i.test(id));
      if (some.length === 0) continue;
      const filter = some.map((id) => `${definition.idColumn} eq ${id}`).join(' or ');
      for await (const row of this.#rows(definition, `$filter=${encodeURIComponent(filter)}`, signal)) found.push(row);
    }
    return found;
  }

  /**
   * See Reader. The next links of Dataverse go on behind the last row of a page, by its order, so that rows which change
   * meanwhile shift nothing. What was deleted leaves no row to query.
   */
  async *changed(
    stream: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): AsyncGenerator<RowNative, void, undefined> {
    if (dayOf(from) === undefined || dayOf(to) === undefined) {
      throw new Permanent('SBX_DYNAMICS365_WINDOW', `not a window of time: ${from} to ${to}`);
    }
    const definition = await this.#definitions.of(stream, signal);
    const filter = encodeURIComponent(`modifiedon ge ${from} and modifiedon lt ${to}`);
    const order = encodeURIComponent(`modifiedon asc,${definition.idColumn} asc`);
    yield* this.#rows(definition, `$filter=${filter}&$orderby=${order}`, signal);
  }

  async *#rows(
    { table, set }: TableDefinition,
    query: string,
    signal: AbortSignal,
  ): AsyncGenerator<RowNative, void, undefined> {
    const headers = { prefer: `${annotated},odata.maxpagesize=${this.#pageRows}` };
    let path: string | undefined = `${set}?${query}`;
    while (path !== undefined) {
      const { body } = await this.#api.read(`query ${table}`, path, signal, headers);
      const page: Fields = objectOf(body) ?? {};
      const rows = ownOf(page, 'value');
      for (const row of Array.isArray(rows) ? rows : []) {
        const fields = objectOf(row);
        if (fields !== undefined) yield { kind: 'row', nativeType: table, row: fields };
      }
      path = textOf(ownOf(page, '@odata.nextLink'));
    }
  }
}

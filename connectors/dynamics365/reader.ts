import { Permanent, type Position, PositionExpired, type Reader, type Tracked } from '../contract';
import { objectOf, ownOf, textOf } from '../kit/json';
import type { Fields, RowNative } from './native';
import { dayOf } from './normalise/dates';
import type { TableDefinition, TableDefinitions } from './table-definitions';
import type { WebApi } from './web-api';
import { WebApiFailure } from './web-api-failure';

/** Ids of one query: its URL must stay far below the 32 kB that Dataverse takes. */
const mostIds = 50;

/** With labels of choices, and names and tables of lookups. */
const annotated = 'odata.include-annotations="*"';

/** Rows of one page that tells ids and little more: as many as Dataverse gives. */
const briefRows = 5_000;

const guid = /^[0-9a-f-]{36}$/i;

/** "Entity … With Id = … Does Not Exist". */
const noSuchRow = '0x80040217';

/** "Version stamp associated with the client has expired." */
const expiredToken = '0x80044352';

/** Reads whole rows over the Web API. */
export class RowReader implements Reader<RowNative> {
  readonly #api: WebApi;
  readonly #definitions: TableDefinitions;
  readonly #now: () => number;
  readonly #pageRows: number;

  /**
   * @param now ms since the epoch
   * @param pageRows rows of one page
   */
  constructor(api: WebApi, definitions: TableDefinitions, now: () => number, pageRows = 500) {
    this.#api = api;
    this.#definitions = definitions;
    this.#now = now;
    this.#pageRows = pageRows;
  }

  /** See Reader. */
  async read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly RowNative[]> {
    const definition = await this.#definitions.of(nativeType, signal);
    return this.#byIds(definition, ids, '', signal);
  }

  /** See Reader. Streams are named after their tables. */
  holds(stream: string): { readonly nativeType: string; readonly idPrefix: string } {
    return { nativeType: stream, idPrefix: '' };
  }

  /**
   * See Reader. A query leaves out what is deleted and what is not for this user to see alike, so each row that it does not find
   * is asked for by itself: only the code for a row that does not exist is a deletion.
   */
  async gone(stream: string, ids: readonly string[], signal: AbortSignal): Promise<readonly RowNative[]> {
    const definition = await this.#definitions.of(stream, signal);
    const { table, idColumn } = definition;
    const there = await this.#byIds(definition, ids, `$select=${idColumn}&`, signal);
    const shown = new Set(there.map(({ row }) => textOf(ownOf(row, idColumn))?.toLowerCase()));
    const gone: RowNative[] = [];
    for (const id of ids.filter((one) => guid.test(one) && !shown.has(one.toLowerCase()))) {
      if (await this.#exists(definition, id, signal)) continue;
      const readAt = new Date(this.#now()).toISOString();
      gone.push({ kind: 'row', nativeType: table, row: { id, reason: 'deleted' }, isDeleted: true, readAt });
    }
    return gone;
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

  /**
   * See Reader. A first token is only to be had behind all rows of the table, so tracking tells ids and versions alone, and what
   * changed is then read whole. A row that is gone by then is a deletion of the next time.
   */
  async *tracked(
    stream: string,
    token: Position | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Tracked<RowNative>, void, undefined> {
    const definition = await this.#definitions.of(stream, signal);
    let path = token === undefined ? `${definition.set}?$select=${definition.idColumn},versionnumber` : linkOf(token);
    for (;;) {
      const page = await this.#trackedPage(definition, path, signal);
      if (token !== undefined) yield* this.#changes(definition, page.rows, signal);
      if (page.next === undefined) {
        yield { kind: 'token', token: { v: 1, link: page.end } };
        return;
      }
      path = page.next;
    }
  }

  async #byIds(
    definition: TableDefinition,
    ids: readonly string[],
    options: string,
    signal: AbortSignal,
  ): Promise<readonly RowNative[]> {
    const found: RowNative[] = [];
    for (let from = 0; from < ids.length; from += mostIds) {
      const some = ids.slice(from, from + mostIds).filter((id) => guid.test(id));
      if (some.length === 0) continue;
      const filter = encodeURIComponent(some.map((id) => `${definition.idColumn} eq ${id}`).join(' or '));
      for await (const row of this.#rows(definition, `${options}$filter=${filter}`, signal)) found.push(row);
    }
    return found;
  }

  async #exists({ table, set, idColumn }: TableDefinition, id: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#api.read(`${table} ${id}`, `${set}(${id})?$select=${idColumn}`, signal);
      return true;
    } catch (error) {
      if (!(error instanceof Permanent)) throw error;
      if (error.code === noSuchRow) return false;
      // It is there, and not for this user to see.
      if (error.cause instanceof WebApiFailure && error.cause.status === 403) return true;
      throw error;
    }
  }

  async #trackedPage({ table }: TableDefinition, path: string, signal: AbortSignal): Promise<TrackedPage> {
    const headers = { prefer: `odata.track-changes,odata.maxpagesize=${briefRows}` };
    const page = await this.#page(`changes of ${table}`, path, headers, signal).catch((error: unknown) => {
      if (!(error instanceof Permanent) || error.code !== expiredToken) throw error;
      throw new PositionExpired(error.code, error.message, { cause: error });
    });
    const end = textOf(ownOf(page.body, '@odata.deltaLink'));
    if (page.next !== undefined) return { rows: page.rows, next: page.next };
    if (end !== undefined) return { rows: page.rows, end };
    throw new Permanent('SBX_DYNAMICS365_TRACKING', `changes of ${table}: an answer without a delta link`);
  }

  async *#changes(
    { table, idColumn }: TableDefinition,
    rows: readonly Fields[],
    signal: AbortSignal,
  ): AsyncGenerator<Tracked<RowNative>, void, undefined> {
    const isGone = (row: Fields): boolean => textOf(ownOf(row, '@odata.context'))?.endsWith('/$deletedEntity') === true;
    const ids = rows.filter((row) => !isGone(row)).flatMap((row) => textOf(ownOf(row, idColumn)) ?? []);
    for (let from = 0; from < ids.length; from += mostIds) {
      const whole = await this.read(table, ids.slice(from, from + mostIds), signal);
      for (const native of whole) yield { kind: 'change', native };
    }
    const readAt = new Date(this.#now()).toISOString();
    for (const row of rows.filter(isGone)) {
      yield { kind: 'change', native: { kind: 'row', nativeType: table, row, isDeleted: true, readAt } };
    }
  }

  async *#rows(
    { table, set }: TableDefinition,
    query: string,
    signal: AbortSignal,
  ): AsyncGenerator<RowNative, void, undefined> {
    const headers = { prefer: `${annotated},odata.maxpagesize=${this.#pageRows}` };
    let path: string | undefined = `${set}?${query}`;
    while (path !== undefined) {
      const { rows, next } = await this.#page(`query ${table}`, path, headers, signal);
      for (const row of rows) yield { kind: 'row', nativeType: table, row };
      path = next;
    }
  }

  async #page(what: string, path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) {
    const answer = await this.#api.read(what, path, signal, headers);
    const body: Fields = objectOf(answer.body) ?? {};
    const value = ownOf(body, 'value');
    const rows = (Array.isArray(value) ? value : []).flatMap((row: unknown): Fields[] => {
      const fields = objectOf(row);
      return fields === undefined ? [] : [fields];
    });
    return { body, rows, next: textOf(ownOf(body, '@odata.nextLink')) };
  }
}

/** A page of change tracking: more follows, or it is the last one with the link to what comes later. */
type TrackedPage = { readonly rows: readonly Fields[] } & (
  { readonly next: string; readonly end?: undefined } | { readonly next?: undefined; readonly end: string }
);

/** Throws PositionExpired for what no version of this connector has saved: everything has to be looked at again. */
function linkOf({ v, link }: Position): string {
  if (v === 1 && typeof link === 'string') return link;
  throw new PositionExpired('SBX_POSITION_UNKNOWN', `a token of another kind: version ${v}`);
}

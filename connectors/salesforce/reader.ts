import type { Connection, Record as JsforceRecord } from 'jsforce';
import { Permanent, type Reader } from '../contract';
import { bulkQuery, type Column } from './bulk-query';
import type { Rest } from './jsforce-connection';
import type { RecordNative } from './native';
import { outboundObject } from './outbound/stream';

/** Ids of one collections call. */
const mostIds = 200;

/** Describes change once in months; a connection that lives longer than this asks again. */
const describeMs = 60 * 60_000;

/** How much the reader takes at once. */
export interface ReaderOptions {
  readonly now: () => number;
  /** More records than this are read by a job of the Bulk API. */
  readonly bulkAbove: number;
  /** Records of one page over the REST API. */
  readonly pageRows?: number;
}

/** Reads whole records: over the REST API, and many of them over the Bulk API. */
export class RestReader implements Reader<RecordNative> {
  readonly #rest: Rest;
  readonly #now: () => number;
  readonly #bulkAbove: number;
  readonly #pageRows: number;
  readonly #columns = new Map<string, { readonly columns: Promise<readonly Column[]>; readonly at: number }>();

  constructor(rest: Rest, { now, bulkAbove, pageRows = 2000 }: ReaderOptions) {
    this.#rest = rest;
    this.#now = now;
    this.#bulkAbove = bulkAbove;
    this.#pageRows = pageRows;
  }

  /** See Reader. */
  async read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly RecordNative[]> {
    const fields = (await this.#columnsOf(nativeType, signal)).map(({ name }) => name);
    const found: RecordNative[] = [];
    for (let from = 0; from < ids.length; from += mostIds) {
      const some = ids.slice(from, from + mostIds);
      const records = await this.#rest.read(
        `retrieve ${nativeType}`,
        (connection) => connection.retrieve(nativeType, some, { fields }) as Promise<readonly (JsforceRecord | null)[]>,
        signal,
      );
      for (const record of records) if (record !== null) found.push(nativeOf(nativeType, record));
    }
    return found;
  }

  /**
   * See Reader. Platform events cannot be read back: their streams give nothing. What a job of the Bulk API brings is in the
   * job's order: to ask it for another one would keep Salesforce from dividing the work.
   */
  async *changed(
    stream: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): AsyncGenerator<RecordNative, void, undefined> {
    const nativeType = objectOf(stream);
    if (nativeType === undefined) return;
    const columns = await this.#columnsOf(nativeType, signal);
    const select = `SELECT ${columns.map(({ name }) => name).join(', ')} FROM ${nativeType}`;
    const window = `SystemModstamp >= ${from} AND SystemModstamp < ${to}`;
    if ((await this.#count(nativeType, window, signal)) > this.#bulkAbove) {
      const rows = bulkQuery(this.#rest, `${select} WHERE ${window}`, columns, signal);
      for await (const fields of rows) yield { kind: 'record', nativeType, fields };
    } else yield* this.#pages(nativeType, select, from, to, signal);
  }

  async *#pages(
    nativeType: string,
    select: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): AsyncGenerator<RecordNative, void, undefined> {
    let after = `SystemModstamp >= ${from}`;
    for (;;) {
      const soql = `${select} WHERE ${after} AND SystemModstamp < ${to} ORDER BY SystemModstamp, Id LIMIT ${this.#pageRows}`;
      const records = await this.#page(nativeType, soql, signal);
      for (const record of records) yield nativeOf(nativeType, record);
      const last = records.at(-1);
      if (last === undefined || records.length < this.#pageRows) return;
      const { SystemModstamp: at, Id: id } = last as { SystemModstamp: string; Id: string };
      const instant = at.replace('+0000', 'Z');
      after = `(SystemModstamp > ${instant} OR (SystemModstamp = ${instant} AND Id > '${id}'))`;
    }
  }

  async #count(nativeType: string, window: string, signal: AbortSignal): Promise<number> {
    const soql = `SELECT COUNT() FROM ${nativeType} WHERE ${window}`;
    const count = async (connection: Connection): Promise<number> =>
      (await connection.query(soql, { scanAll: true })).totalSize;
    return this.#rest.read(`count ${nativeType}`, count, signal);
  }

  /** All of one page's rows: the server may cut a page smaller than its LIMIT. */
  async #page(nativeType: string, soql: string, signal: AbortSignal): Promise<readonly JsforceRecord[]> {
    const query = async (connection: Connection): Promise<readonly JsforceRecord[]> =>
      (await connection.query(soql, { scanAll: true, autoFetch: true, maxFetch: this.#pageRows })).records;
    return this.#rest.read(`query ${nativeType}`, query, signal);
  }

  async #columnsOf(nativeType: string, signal: AbortSignal): Promise<readonly Column[]> {
    const known = this.#columns.get(nativeType);
    if (known !== undefined && this.#now() - known.at < describeMs) return known.columns;
    const columns = this.#describe(nativeType, signal);
    this.#columns.set(nativeType, { columns, at: this.#now() });
    columns.catch(() => this.#columns.delete(nativeType));
    return columns;
  }

  /** Compound fields are left out: their parts are fields of their own. Binaries cannot be queried in bulk. */
  async #describe(nativeType: string, signal: AbortSignal): Promise<readonly Column[]> {
    const { fields } = await this.#rest.read(
      `describe ${nativeType}`,
      (connection) => connection.describe(nativeType),
      signal,
    );
    return fields
      .filter(({ type }) => !['address', 'location', 'base64'].includes(type))
      .map(({ name, type }) => ({ name, type }));
  }
}

/** The object that a topic tells about; none for a platform event. Throws Permanent for a channel of several objects. */
function objectOf(stream: string): string | undefined {
  if (stream.startsWith('/event/')) return undefined;
  const told = outboundObject(stream);
  if (told !== undefined) return told;
  const name = /^\/data\/(\w+)ChangeEvent$/.exec(stream)?.[1];
  if (name !== undefined) return name.endsWith('__') ? `${name}c` : name;
  throw new Permanent(
    'SBX_SALESFORCE_STREAM',
    `${stream} does not say which objects it carries, so they cannot be read: subscribe to each object's own topic (/data/LeadChangeEvent)`,
  );
}

function nativeOf(nativeType: string, record: JsforceRecord): RecordNative {
  const fields = Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'attributes'));
  return { kind: 'record', nativeType, fields };
}

import type { Connection, Record as JsforceRecord } from 'jsforce';
import { Permanent, type Reader } from '../contract';
import type { Rest } from './jsforce-connection';
import type { RecordNative } from './native';

/** Ids of one collections call. */
const mostIds = 200;

/** Describes change once in months; a connection that lives longer than this asks again. */
const describeMs = 60 * 60_000;

/** Reads whole records over the REST API. */
export class RestReader implements Reader<RecordNative> {
  readonly #rest: Rest;
  readonly #now: () => number;
  readonly #pageRows: number;
  readonly #fields = new Map<string, { readonly names: Promise<readonly string[]>; readonly at: number }>();

  /** @param rows records of one page */
  constructor(rest: Rest, now: () => number, rows = 2000) {
    this.#rest = rest;
    this.#now = now;
    this.#pageRows = rows;
  }

  /** See Reader. */
  async read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly RecordNative[]> {
    const fields = [...(await this.#fieldsOf(nativeType, signal))];
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

  /** See Reader. Platform events cannot be read back: their streams give nothing. */
  async *changed(
    stream: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): AsyncGenerator<RecordNative, void, undefined> {
    const nativeType = objectOf(stream);
    if (nativeType === undefined) return;
    const fields = (await this.#fieldsOf(nativeType, signal)).join(', ');
    let after = `SystemModstamp >= ${from}`;
    for (;;) {
      const soql = `SELECT ${fields} FROM ${nativeType} WHERE ${after} AND SystemModstamp < ${to} ORDER BY SystemModstamp, Id LIMIT ${this.#pageRows}`;
      const records = await this.#page(nativeType, soql, signal);
      for (const record of records) yield nativeOf(nativeType, record);
      const last = records.at(-1);
      if (last === undefined || records.length < this.#pageRows) return;
      const { SystemModstamp: at, Id: id } = last as { SystemModstamp: string; Id: string };
      const instant = at.replace('+0000', 'Z');
      after = `(SystemModstamp > ${instant} OR (SystemModstamp = ${instant} AND Id > '${id}'))`;
    }
  }

  /** All of one page's rows: the server may cut a page smaller than its LIMIT. */
  async #page(nativeType: string, soql: string, signal: AbortSignal): Promise<readonly JsforceRecord[]> {
    const query = async (connection: Connection): Promise<readonly JsforceRecord[]> =>
      (await connection.query(soql, { scanAll: true, autoFetch: true, maxFetch: this.#pageRows })).records;
    return this.#rest.read(`query ${nativeType}`, query, signal);
  }

  async #fieldsOf(nativeType: string, signal: AbortSignal): Promise<readonly string[]> {
    const known = this.#fields.get(nativeType);
    if (known !== undefined && this.#now() - known.at < describeMs) return known.names;
    const names = this.#describe(nativeType, signal);
    this.#fields.set(nativeType, { names, at: this.#now() });
    names.catch(() => this.#fields.delete(nativeType));
    return names;
  }

  /** Compound fields are left out: their parts are fields of their own. Binaries cannot be queried in bulk. */
  async #describe(nativeType: string, signal: AbortSignal): Promise<readonly string[]> {
    const { fields } = await this.#rest.read(
      `describe ${nativeType}`,
      (connection) => connection.describe(nativeType),
      signal,
    );
    return fields.filter(({ type }) => !['address', 'location', 'base64'].includes(type)).map(({ name }) => name);
  }
}

/** The object that a topic tells about; none for a platform event. Throws Permanent for a channel of several objects. */
function objectOf(stream: string): string | undefined {
  if (stream.startsWith('/event/')) return undefined;
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

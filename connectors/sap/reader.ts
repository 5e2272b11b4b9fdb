import { type Log, Permanent, type Reader } from '../contract';
import type { Fields } from './json';
import { textOf } from './json';
import type { RowNative } from './native';
import { dayAndTime } from './normalise/row';
import { dayOf, instantOf } from './normalise/values';
import { type Changed, oldestFirst } from './oldest-first';
import type { ODataClient } from './odata/client';
import { connectorErrorOf } from './odata/failure';
import { type EntitySet, type ODataProduct, quoted, setOf, setsOf } from './odata/services';

export interface ReaderOptions {
  readonly client: ODataClient;
  readonly product: ODataProduct;
  /** Objects of the stream of events. */
  readonly objects: readonly string[];
  readonly log: Log;
  readonly ownUsers: readonly string[];
  /** Rows of one page. */
  readonly pageRows?: number;
}

/** Reads whole records over OData. */
export class ODataReader implements Reader<RowNative> {
  constructor(private readonly options: ReaderOptions) {}

  /** See Reader. Of an object that has no service here nothing is found: its events must not stop all others. */
  async read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly RowNative[]> {
    const { client, product, log } = this.options;
    const set = setOf(product, nativeType);
    if (set === undefined) {
      log.warn({ nativeType, product }, unknownObject(nativeType, product).message);
      return [];
    }
    try {
      const rows = await client.byKeys(set, ids, expanded(set), 'read', signal);
      return rows.map((row) => this.#native(set, row));
    } catch (error) {
      signal.throwIfAborted();
      throw connectorErrorOf(error, `read ${set.set}`);
    }
  }

  /** See Reader. IDocs cannot be read back; deletions cannot be told, for OData does not keep them. */
  async *changed(
    stream: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): AsyncGenerator<RowNative, void, undefined> {
    if (stream !== 'events') return;
    const { product, objects } = this.options;
    const sets = objects.flatMap((name) => {
      const set = setOf(product, name);
      if (set === undefined) throw unknownObject(name, product);
      return listedOf(set);
    });
    for await (const { of, row } of oldestFirst(sets, (set) => this.#changedRows(set, { from, to }, signal))) {
      yield this.#native(of, row);
    }
  }

  /**
   * Rows of one object by time of change, then key. C4C joins no conditions on different properties with `or`, so a page
   * begins at the time of the last one's last row and what was told at that time is left out; many rows of one time are read
   * by their keys.
   */
  async *#changedRows(set: Listed, { from, to }: Window, signal: AbortSignal): AsyncGenerator<Placed, void, undefined> {
    const { field, type } = set.changed;
    const { pageRows = 500 } = this.options;
    const orderby = `${field},${set.key}`;
    const end = `${field} ${type === 'day' ? 'le' : 'lt'} ${literal(type, to)}`;
    let cursor = type === 'day' ? from.slice(0, 10) : from;
    let told = new Set<string>();
    for (;;) {
      const page = await this.#page(set, `${field} ge ${literal(type, cursor)} and ${end}`, orderby, signal);
      yield* within(
        page.filter((one) => !told.has(one.key) && isMeant(set, one)),
        from,
        to,
      );
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return;
      if (last.place === cursor) {
        const others = await this.#sameTime(set, cursor, last.key, signal);
        yield* within(
          others.filter((one) => isMeant(set, one)),
          from,
          to,
        );
        cursor = after(type, cursor);
        told = new Set();
      } else {
        cursor = last.place;
        told = new Set(page.filter(({ place }) => place === cursor).map(({ key }) => key));
      }
    }
  }

  /** What comes behind a key at one time. */
  async #sameTime(set: EntitySet, time: string, behind: string, signal: AbortSignal): Promise<readonly Placed[]> {
    const { field, type } = set.changed;
    const { pageRows = 500 } = this.options;
    const all: Placed[] = [];
    let key = behind;
    for (;;) {
      const filter = `${field} eq ${literal(type, time)} and ${set.key} gt ${quoted(key)}`;
      const page = await this.#page(set, filter, set.key, signal);
      all.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return all;
      key = last.key;
    }
  }

  async #page(set: EntitySet, filter: string, orderby: string, signal: AbortSignal): Promise<readonly Placed[]> {
    const { client, pageRows = 500 } = this.options;
    try {
      const rows = await client.query(set, { filter, orderby, top: pageRows, ...expanded(set) }, 'read', signal);
      return rows.map((row) => changedOf(set, row));
    } catch (error) {
      signal.throwIfAborted();
      throw connectorErrorOf(error, `query ${set.set}`);
    }
  }

  #native({ nativeType }: EntitySet, fields: Fields): RowNative {
    return { kind: 'row', nativeType, fields, own: this.options.ownUsers };
  }
}

/** Rows of a set in the order of one of their fields. */
interface Listed extends EntitySet {
  /** Those alone whose field of this name is empty. */
  readonly empty?: string;
}

/** By their change; where creation leaves that empty, what was never changed by its creation. */
function listedOf(set: EntitySet): readonly Listed[] {
  const { field, created } = set.changed;
  return created === undefined ? [set] : [set, { ...set, changed: { field: created, type: 'day' }, empty: field }];
}

function isMeant({ empty }: Listed, { row }: Placed): boolean {
  return empty === undefined || dayOf(row[empty]) === undefined;
}

interface Window {
  readonly from: string;
  readonly to: string;
}

interface Placed extends Changed {
  /** What the row is ordered by: an instant, or a day. */
  readonly place: string;
}

function expanded({ expand }: EntitySet): { readonly expand?: string } {
  return expand === undefined ? {} : { expand };
}

function changedOf({ key, changed: { field, type } }: EntitySet, row: Fields): Placed {
  const place = (type === 'day' ? dayOf(row[field]) : instantOf(row[field])) ?? '';
  const moment = type === 'day' ? dayAndTime(row, field.replace(/Date$/, '')) : place;
  return { row, key: textOf(row[key]) ?? '', place, at: moment ?? `${place}T00:00:00.000Z` };
}

/** Those of the window; a day's rows in the order of their times. */
function within(rows: readonly Placed[], from: string, to: string): readonly Placed[] {
  return rows.filter(({ at }) => at >= from && at < to).toSorted((a, b) => a.at.localeCompare(b.at));
}

function literal(type: 'instant' | 'day', value: string): string {
  return type === 'day' ? `datetime'${value.slice(0, 10)}T00:00:00'` : `datetimeoffset'${value}'`;
}

function after(type: 'instant' | 'day', value: string): string {
  return new Date(Date.parse(value) + (type === 'day' ? 86_400_000 : 1))
    .toISOString()
    .slice(0, type === 'day' ? 10 : 24);
}

function unknownObject(name: string, product: ReaderOptions['product']): Permanent {
  const known = setsOf(product).map(({ nativeType }) => nativeType);
  return new Permanent('SBX_SAP_OBJECT', `${name} cannot be read over OData. Can be: ${known.join(', ')}`);
}

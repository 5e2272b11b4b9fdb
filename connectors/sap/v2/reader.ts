import { type Log, Permanent, type Reader } from '../../contract';
import { type Fields, objectOf, textOf } from '../json';
import type { RowNative } from '../native';
import { instantOf } from '../normalise/values';
import { type Changed, oldestFirst } from '../oldest-first';
import { connectorErrorOf } from '../odata/failure';
import { quotedText, type V2Client } from './client';
import { type V2Object, v2Object, v2Objects } from './objects';

export interface V2ReaderOptions {
  readonly client: V2Client;
  /** Objects of the stream of events. */
  readonly objects: readonly string[];
  readonly log: Log;
  readonly ownUsers: readonly string[];
  /** Records of one page. */
  readonly pageRows?: number;
}

/** Records that are read at the same time; each is a request. */
const atOnce = 4;
/** Nothing can be skipped to behind this: asked for more, the services refuse. */
const mostSkipped = 10_000;
const changedOn = 'adminData/updatedOn';

/** Reads whole records of Sales and Service Cloud V2. */
export class V2Reader implements Reader<RowNative> {
  constructor(private readonly options: V2ReaderOptions) {}

  /** See Reader. Of an object that has no service here nothing is found: its events must not stop all others. */
  async read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly RowNative[]> {
    const { client, log } = this.options;
    const object = v2Object(nativeType);
    if (object === undefined) {
      log.warn({ nativeType, product: 'v2' }, unknownObject(nativeType).message);
      return [];
    }
    try {
      const rows: RowNative[] = [];
      for (let from = 0; from < ids.length; from += atOnce) {
        const some = ids.slice(from, from + atOnce);
        const found = await Promise.all(some.map((id) => client.read(object, id, 'read', signal)));
        rows.push(...found.flatMap((record) => (record === undefined ? [] : [this.#native(object, record.fields)])));
      }
      return rows;
    } catch (error) {
      signal.throwIfAborted();
      throw connectorErrorOf(error, `read ${object.path}`);
    }
  }

  /** See Reader. IDocs cannot be read back; deletions cannot be told, for the services do not keep them. */
  async *changed(
    stream: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): AsyncGenerator<RowNative, void, undefined> {
    if (stream !== 'events') return;
    const objects = this.options.objects.map((name) => {
      const object = v2Object(name);
      if (object === undefined) throw unknownObject(name);
      return object;
    });
    for await (const { of, row } of oldestFirst(objects, (object) => this.#changedOf(object, { from, to }, signal))) {
      yield this.#native(of, row);
    }
  }

  /**
   * Records of one object by time of change, then id. As nothing can be skipped to behind 10,000, a page begins at the time of
   * the last one's last record, and what was told at that time is left out.
   */
  async *#changedOf(
    object: V2Object,
    { from, to }: { readonly from: string; readonly to: string },
    signal: AbortSignal,
  ): AsyncGenerator<Changed, void, undefined> {
    const { pageRows = 100 } = this.options;
    let cursor = from;
    let skip = 0;
    let told = new Set<string>();
    for (;;) {
      const page = await this.#page(object, { cursor, to, skip }, signal);
      yield* page.filter(({ key }) => !told.has(key));
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return;
      if (last.at === cursor) {
        skip += pageRows;
        if (skip >= mostSkipped) throw tooManyAtOnce(object, cursor);
      } else {
        cursor = last.at;
        skip = 0;
        told = new Set(page.filter(({ at }) => at === cursor).map(({ key }) => key));
      }
    }
  }

  async #page(
    object: V2Object,
    { cursor, to, skip }: { readonly cursor: string; readonly to: string; readonly skip: number },
    signal: AbortSignal,
  ): Promise<readonly Changed[]> {
    const { client, pageRows = 100 } = this.options;
    const filter = `${changedOn} ge ${quotedText(cursor)} and ${changedOn} lt ${quotedText(to)}`;
    try {
      const query = { filter, orderby: `${changedOn},id`, top: pageRows, skip };
      return (await client.query(object, query, 'read', signal)).map(changedRow);
    } catch (error) {
      signal.throwIfAborted();
      throw connectorErrorOf(error, `query ${object.path}`);
    }
  }

  #native({ nativeType }: V2Object, fields: Fields): RowNative {
    return { kind: 'row', nativeType, fields, own: this.options.ownUsers };
  }
}

function changedRow(row: Fields): Changed {
  return { row, key: textOf(row.id) ?? '', at: instantOf(objectOf(row.adminData)?.updatedOn) ?? '' };
}

function unknownObject(name: string): Permanent {
  const known = v2Objects.map(({ nativeType }) => nativeType);
  return new Permanent(
    'SBX_SAP_OBJECT',
    `${name} cannot be read from Sales and Service Cloud V2. Can be: ${known.join(', ')}`,
  );
}

function tooManyAtOnce({ path }: V2Object, at: string): Permanent {
  return new Permanent(
    'SBX_SAP_V2_TOO_MANY',
    `${path}: more than ${mostSkipped} records were changed at ${at}, and the service hands out no more of one instant. Fix: backfill the time after it`,
  );
}

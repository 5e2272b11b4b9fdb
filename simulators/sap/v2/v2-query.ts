import { V2Error } from './v2-error';
import { compare, readV2Filter, valueAt } from './v2-filter';
import type { V2Record } from './v2-store';

/** Rows where nobody says how many, and at most. */
const rows = { usual: 50, most: 1000 };
/** Behind so many nothing can be skipped to. */
const mostSkipped = 10_000;

/** How old a record is that an index which lags behind does not know yet, in ms. */
const indexLagMs = 10_000;

/** What a collection was asked: `$filter`, `$orderby`, `$top`, `$skip`, `$select`, `$count`. */
export class V2Query {
  readonly #test: (record: V2Record) => boolean;

  constructor(
    private readonly asked: URLSearchParams,
    check: (path: string) => void,
  ) {
    const filter = asked.get('$filter');
    this.#test = filter === null ? () => true : readV2Filter(filter, check);
  }

  /** `{ count, value }` @param late without what was made just now @throws V2Error 400 */
  answer(records: readonly V2Record[], late: boolean): object {
    const isKnown = ({ adminData }: V2Record): boolean =>
      !late || Date.parse(adminData.updatedOn) < Date.now() - indexLagMs;
    const found = records.filter((record) => isKnown(record) && this.#test(record));
    const skip = this.#number('$skip', 0);
    if (skip >= mostSkipped) throw new V2Error(400, 'query.1002', `$skip must be below ${mostSkipped}`, '$skip');
    const top = Math.min(this.#number('$top', rows.usual), rows.most);
    const page = this.#ordered(found).slice(skip, skip + top);
    const value = page.map((record) => this.#selected(record));
    return { ...(this.asked.get('$count') === 'true' ? { count: found.length } : {}), value };
  }

  #ordered(records: readonly V2Record[]): readonly V2Record[] {
    const keys = (this.asked.get('$orderby') ?? '').split(',').flatMap((text) => {
      const [path, direction = 'asc'] = text.trim().split(/\s+/);
      return path === undefined || path === '' ? [] : [{ path, sign: direction === 'desc' ? -1 : 1 }];
    });
    return records.toSorted((a, b) => {
      for (const { path, sign } of keys) {
        const order = compare(valueAt(a, path), valueAt(b, path)) * sign;
        if (order !== 0) return order;
      }
      return 0;
    });
  }

  #selected(record: V2Record): object {
    const names = this.asked.get('$select')?.split(',');
    if (names === undefined) return record;
    return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
  }

  #number(name: string, usual: number): number {
    const text = this.asked.get(name);
    if (text === null) return usual;
    if (!/^\d+$/.test(text)) throw new V2Error(400, 'query.1003', `${name} is no number`, name);
    return Number(text);
  }
}

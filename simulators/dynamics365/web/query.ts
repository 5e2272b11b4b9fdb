import { Refusal } from '../org/refusal';
import type { Row, Table } from '../org/table';
import type { TableType } from '../org/table-type';
import type { Answer, WebCall } from './call';
import { readCookie, writeCookie } from './cookies';
import { expander } from './expand';
import { compare, parseFilter, type Comparable } from './filter';
import { checkProperty, reader } from './properties';
import { renderRow } from './render';

/** Query options that the service has not, or the simulator not. */
const refusedOptions = ['$skip', '$search', '$apply', 'fetchXml', 'savedQuery', 'userQuery'];

/** The properties of `$select`. @throws Refusal where one does not exist */
export const readSelect = (call: WebCall, type: TableType): readonly string[] | undefined => {
  const text = call.query.get('$select');
  if (text === null || text.trim() === '') return undefined;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) checkProperty(call.context.org, type, name);
  return names;
};

interface Order {
  readonly path: string;
  readonly sign: 1 | -1;
}

const readOrder = (call: WebCall, type: TableType): readonly Order[] => {
  const text = call.query.get('$orderby') ?? '';
  const given = text.split(',').filter((part) => part.trim() !== '');
  const orders = given.map((part): Order => {
    const [path = '', direction = 'asc'] = part.trim().split(/\s+/);
    checkProperty(call.context.org, type, path);
    return { path, sign: direction === 'desc' ? -1 : 1 };
  });
  // The id makes the order total, so that pages neither repeat nor miss a row.
  return [...orders, { path: type.id, sign: 1 }];
};

const numberOption = (call: WebCall, name: string): number | undefined => {
  const text = call.query.get(name);
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Refusal(400, '0x80060888', `The value '${text}' of '${name}' is not a number.`);
};

/** Rows on a page: `odata.maxpagesize`, where it is smaller than the service's own. */
export const pageSize = ({ context, preferences }: WebCall): number => {
  const wanted = Number(preferences.get('odata.maxpagesize') ?? NaN);
  return wanted >= 1 ? Math.min(wanted, context.pageSize) : context.pageSize;
};

/** What a collection's `@odata.context` says after `$metadata#`. */
export const contextOf = (type: TableType, select: readonly string[] | undefined): string =>
  `${type.set}${select === undefined ? '' : `(${select.join(',')})`}`;

/** The request's own URL with other options. */
export const linkWith = (call: WebCall, option: string, value: string): string => {
  const [path = '', queryText = ''] = call.path.split('?');
  const kept = queryText.split('&').filter((part) => part !== '' && !/^(\$|%24)(skiptoken|deltatoken)=/i.test(part));
  return `${call.context.root}/${path}?${[...kept, `${option}=${encodeURIComponent(value)}`].join('&')}`;
};

const wantedRows = (call: WebCall, type: TableType, all: Iterable<Row>): Row[] => {
  const rows = [...all].filter(({ id }) => !call.context.hidden.has(id));
  const filter = call.query.get('$filter');
  if (filter === null) return rows;
  const fits = parseFilter(filter, call.query);
  return rows.filter((row) => fits(reader(call.context.org, type, row)));
};

/** Checks a filter's names even where there are no rows to meet them. */
const checkFilter = (call: WebCall, type: TableType): void => {
  const filter = call.query.get('$filter');
  if (filter === null) return;
  const fits = parseFilter(filter, call.query);
  const nothing: Row = { id: '', values: {}, version: 0 };
  const read = reader(call.context.org, type, nothing);
  fits((path) => {
    checkProperty(call.context.org, type, path);
    return read(path);
  });
};

interface Sortable {
  readonly row: Row;
  readonly keys: readonly Comparable[];
}

type KeyOrder = (one: readonly Comparable[], other: readonly Comparable[]) => number;

const keyOrder =
  (orders: readonly Order[]): KeyOrder =>
  (one, other) => {
    for (const [index, { sign }] of orders.entries()) {
      const difference = compare(one[index] ?? null, other[index] ?? null) * sign;
      if (difference !== 0) return difference;
    }
    return 0;
  };

const sorted = (call: WebCall, type: TableType, rows: Iterable<Row>, orders: readonly Order[]): readonly Sortable[] => {
  const order = keyOrder(orders);
  return wantedRows(call, type, rows)
    .map((row) => ({ row, keys: orders.map(({ path }) => reader(call.context.org, type, row)(path)) }))
    .sort((one, other) => order(one.keys, other.keys));
};

/** The rows of the page asked for, and the cookie of the next one, if there is one. */
const turnPage = (call: WebCall, all: readonly Sortable[], orders: readonly Order[]) => {
  const top = numberOption(call, '$top');
  const token = call.query.get('$skiptoken');
  const end = token === null ? undefined : readCookie(token);
  const order = keyOrder(orders);
  const rest = end === undefined ? all : all.filter(({ keys }) => order(keys, end.keys) > 0);
  const page = rest.slice(0, top ?? pageSize(call));
  const last = page.at(-1);
  // With $top there are no pages, as in the service.
  if (top !== undefined || last === undefined || rest.length === page.length) return { page };
  return { page, cookie: writeCookie({ page: (end?.page ?? 0) + 1, keys: last.keys }) };
};

/** Answers a query over rows of a table. @throws Refusal */
export const runQuery = (call: WebCall, { type }: Table, rows: Iterable<Row>): Answer => {
  const { context, query, preferences, annotations } = call;
  const { org } = context;
  const refused = refusedOptions.find((option) => query.has(option));
  if (refused !== undefined) throw new Refusal(501, '0x80060888', `The query parameter ${refused} is not supported.`);
  const select = readSelect(call, type);
  const orders = readOrder(call, type);
  checkFilter(call, type);
  const expand = expander(org, type, query.get('$expand'), annotations);
  const all = sorted(call, type, rows, orders);
  const { page, cookie } = turnPage(call, all, orders);
  return {
    status: 200,
    body: {
      '@odata.context': `${context.root}/$metadata#${contextOf(type, select)}`,
      ...(query.get('$count') === 'true' ? { '@odata.count': all.length } : {}),
      value: page.map(({ row }) => ({ ...renderRow(org, type, row, annotations, select), ...expand(row) })),
      ...(cookie === undefined ? {} : { '@odata.nextLink': linkWith(call, '$skiptoken', cookie) }),
    },
    headers: applied(preferences, annotations.isAny),
  };
};

/** `Preference-Applied` for what a read took up. */
export const applied = (
  preferences: ReadonlyMap<string, string>,
  isAnnotated: boolean,
): Readonly<Record<string, string>> => {
  const names = [
    ...(isAnnotated ? [`odata.include-annotations="${preferences.get('odata.include-annotations') ?? ''}"`] : []),
    ...(preferences.has('odata.maxpagesize')
      ? [`odata.maxpagesize=${preferences.get('odata.maxpagesize') ?? ''}`]
      : []),
    ...(preferences.has('odata.track-changes') ? ['odata.track-changes'] : []),
  ];
  return names.length === 0 ? {} : { 'preference-applied': names.join(',') };
};

/** How many rows a filter wants. @throws Refusal */
export const countRows = (call: WebCall, { type }: Table, rows: Iterable<Row>): number => {
  checkFilter(call, type);
  return wantedRows(call, type, rows).length;
};

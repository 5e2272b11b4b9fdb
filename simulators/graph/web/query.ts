import { render } from '../mailbox/mailboxes';
import type { Item, Values } from '../mailbox/item';
import { badRequest } from '../refusal';

/** A page of a collection. */
export interface Page {
  readonly value: readonly Values[];
  /** Items to leave out to get the next one. */
  readonly next?: number;
}

const defaultTop = 10;
const largestTop = 1000;

/** The extended property that a query asks for. */
const propertyIn = (query: URLSearchParams): string | undefined =>
  /singleValueExtendedProperties\(\$filter=id eq '([^']+)'\)/i.exec(query.get('$expand') ?? '')?.[1];

/** One item with the members that a query asks for. */
export const selected = (item: Item, query: URLSearchParams): Values => {
  const whole = render(item, propertyIn(query));
  const { linkedResources, ...bare } = whole;
  const expanded = /\blinkedResources\b/.test(query.get('$expand') ?? '') ? { linkedResources } : {};
  const select = query.get('$select');
  if (select === null) return { ...bare, ...expanded };
  const names = ['@odata.etag', 'id', 'singleValueExtendedProperties', ...select.split(',').map((name) => name.trim())];
  return { ...Object.fromEntries(Object.entries(bare).filter(([name]) => names.includes(name))), ...expanded };
};

/** @throws Refusal for a query that the simulator does not know */
export const pageOf = (items: readonly Item[], query: URLSearchParams): Page => {
  const found = sorted(items.filter(conditionIn(query.get('$filter'))), query.get('$orderby'));
  const top = Math.min(largestTop, Number(query.get('$top') ?? defaultTop));
  if (!(top >= 1)) throw badRequest(`Invalid $top '${query.get('$top') ?? ''}'.`);
  const skip = Number(query.get('$skip') ?? 0);
  const value = found.slice(skip, skip + top).map((item) => selected(item, query));
  return { value, ...(skip + top < found.length ? { next: skip + top } : {}) };
};

type Condition = (item: Item) => boolean;

const operators: Readonly<Record<string, (one: string, other: string) => boolean>> = {
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  ge: (one, other) => one >= other,
  gt: (one, other) => one > other,
  lt: (one, other) => one < other,
  le: (one, other) => one <= other,
};

/** Comparisons of texts and instants, joined by `and`. */
const conditionIn = (filter: string | null): Condition => {
  if (filter === null) return () => true;
  const conditions = filter.split(/ and /).map((part): Condition => {
    const [, name = '', operator = '', literal = ''] = /^(\w+) (eq|ne|ge|gt|lt|le) (.+)$/.exec(part.trim()) ?? [];
    const compare = operators[operator];
    if (compare === undefined) throw badRequest(`Invalid filter clause: ${part}`);
    const text = /^'(.*)'$/.exec(literal)?.[1];
    return ({ values }) => {
      const value = textOf(values[name]);
      return text === undefined ? compare(comparable(value), comparable(literal)) : compare(value, text);
    };
  });
  return (item) => conditions.every((condition) => condition(item));
};

/** What a member is compared by. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));

/** Instants in one form, whatever their fraction. */
const comparable = (text: string): string => {
  const [, whole = text, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return whole === text ? text : `${whole}.${fraction.padEnd(7, '0')}`;
};

const sorted = (items: readonly Item[], orderby: string | null): readonly Item[] => {
  if (orderby === null) return items;
  const [name = '', direction = 'asc'] = orderby.split(' ');
  const key = (item: Item): string => comparable(textOf(item.values[name]));
  const sign = direction === 'desc' ? -1 : 1;
  return items.toSorted((one, other) => {
    const [first, second] = [key(one), key(other)];
    return first === second ? one.version - other.version : first < second ? -sign : sign;
  });
};

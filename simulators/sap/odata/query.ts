import type { EntityType } from '../model/entity-type';
import type { Dialect } from './dialect';
import { order, readFilter } from './filter';
import { badRequest } from './odata-error';
import type { Row } from './store';

/** A page of a query. */
export interface Page {
  readonly rows: readonly Row[];
  /** Rows that the filter lets through, where `$inlinecount=allpages` asked for it. */
  readonly count?: number;
  /** What `$skiptoken` must be for the next page; absent on the last. */
  readonly next?: string;
}

const whole = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`Invalid value '${text}' for ${name}`);
  return Number(text);
};

const sorted = (rows: readonly Row[], type: EntityType, text: string): readonly Row[] => {
  const keys = text.split(',').map((part) => {
    const [name = '', direction = 'asc'] = part.trim().split(/\s+/);
    if (!type.properties.some((property) => property.name === name)) {
      throw badRequest(`Property '${name}' not found in type '${type.name}'`, name);
    }
    return { name, sign: direction === 'desc' ? -1 : 1 };
  });
  return rows.toSorted((a, b) => {
    for (const { name, sign } of keys) {
      const found = order(a.values[name] ?? null, b.values[name] ?? null);
      if (found !== 0) return found * sign;
    }
    return 0;
  });
};

/** The rows that `$filter` lets through. @throws ODataError */
export const filtered = (
  rows: readonly Row[],
  type: EntityType,
  query: URLSearchParams,
  dialect: Dialect,
): readonly Row[] => {
  const filter = query.get('$filter');
  if (filter === null || filter.trim() === '') return rows;
  const test = readFilter(filter, type, dialect.filter);
  return rows.filter(({ values }) => test(values));
};

/** Carries `$filter`, `$orderby`, `$skip`, `$top`, `$skiptoken` and `$inlinecount` out. @throws ODataError */
export const runQuery = (all: readonly Row[], type: EntityType, query: URLSearchParams, dialect: Dialect): Page => {
  const through = filtered(all, type, query, dialect);
  const orderBy = query.get('$orderby');
  const inOrder = orderBy === null ? through : sorted(through, type, orderBy);
  const skip = whole(query, '$skip') ?? 0;
  const end = Math.min(inOrder.length, skip + (whole(query, '$top') ?? Infinity));
  const from = skip + (whole(query, '$skiptoken') ?? 0);
  const to = Math.min(end, from + dialect.pageSize);
  return {
    rows: inOrder.slice(from, to),
    ...(query.get('$inlinecount') === 'allpages' ? { count: through.length } : {}),
    ...(to < end ? { next: String(to - skip) } : {}),
  };
};

import type { Value } from '../org/definitions';
import { parseId } from '../org/ids';
import type { ObjectType, Values } from '../org/object-type';
import type { Org } from '../org/org';
import { Refusal } from '../org/refusal';
import type { Row, Table } from '../org/table';
import { renderValue } from '../rest/render';
import { compileCondition } from './conditions';
import { malformed } from './lexer';
import { parseSoql, type Condition, type SoqlQuery } from './parser';
import { follow, resolvePath, valueAt, type ResolvedPath } from './paths';

/** A query's answer before it is cut into batches; `count` alone for `SELECT COUNT()`. */
export type QueryResult = { readonly count: number } | { readonly records: readonly Record<string, unknown>[] };

/** What a query needs besides the org. */
export interface QueryContext {
  readonly org: Org;
  /** `/services/data/v62.0`, for the records' URLs. */
  readonly dataPath: string;
  /** queryAll: deleted records too. */
  readonly withDeleted: boolean;
  readonly now: number;
}

const narrowedByAny = (table: Table, conditions: readonly Condition[]): readonly Row[] | undefined => {
  for (const condition of conditions) {
    const rows = narrowed(table, condition);
    if (rows !== undefined) return rows;
  }
  return undefined;
};

/** Rows an `Id =`, `Id IN` or indexed `=`/`IN` condition narrows the search to; undefined where all must be read. */
const narrowed = (table: Table, condition: Condition): readonly Row[] | undefined => {
  if (condition.kind === 'and') return narrowedByAny(table, condition.all);
  if (condition.kind !== 'compare' || !['=', 'IN'].includes(condition.operator)) return undefined;
  const texts = condition.literals.flatMap((literal) => (literal.kind === 'text' ? [literal.value] : []));
  if (texts.length !== condition.literals.length) return undefined;
  const name = table.type.field(condition.path)?.name ?? '';
  if (name === 'Id') return [...new Set(texts)].flatMap((text) => table.get(parseId(text) ?? '') ?? []);
  if (!table.hasIndex(name)) return undefined;
  return [...new Set(texts.map((text) => text.toLowerCase()))].flatMap((text) => table.find(name, text));
};

/** The rows that meet the WHERE clause. */
const matching = (context: QueryContext, table: Table, query: SoqlQuery): readonly Row[] => {
  const { org, withDeleted, now } = context;
  const live = (row: Row): boolean => withDeleted || row.values['IsDeleted'] !== true;
  if (query.where === undefined) return [...table.rows.values()].filter(live);
  const matches = compileCondition(org, table.type, query.where, now);
  // The indices know live records only.
  const candidates = withDeleted ? undefined : narrowed(table, query.where);
  return [...(candidates ?? table.rows.values())].filter((row) => live(row) && matches(row.values));
};

const sorted = (org: Org, type: ObjectType, rows: readonly Row[], query: SoqlQuery): readonly Row[] => {
  if (query.orderBy.length === 0) return rows;
  const keys = query.orderBy.map((ordering) => ({ ...ordering, resolved: resolvePath(org, type, ordering.path) }));
  const compareValues = (one: Value, other: Value, nullsLast: boolean): number => {
    if (one === other) return 0;
    if (one === null || other === null) return (one === null) === nullsLast ? 1 : -1;
    return one < other ? -1 : 1;
  };
  const decorated = rows.map((row) => ({ row, values: keys.map((key) => valueAt(org, key.resolved, row.values)) }));
  decorated.sort((one, other) => {
    for (const [index, key] of keys.entries()) {
      const a = one.values[index] ?? null;
      const b = other.values[index] ?? null;
      const result = compareValues(a, b, key.nullsLast);
      // NULLS FIRST and LAST hold in both directions.
      if (result !== 0) return key.descending && a !== null && b !== null ? -result : result;
    }
    return 0;
  });
  return decorated.map(({ row }) => row);
};

const expandFields = (type: ObjectType, query: SoqlQuery): readonly string[] =>
  query.fields.flatMap(({ path, at }) => {
    const group = /^FIELDS\((ALL|STANDARD|CUSTOM)\)$/.exec(path)?.[1];
    if (group === undefined) {
      if (path.includes('(')) throw malformed(query.text, at, `unexpected token: '${path}'`);
      return [path];
    }
    if (group !== 'STANDARD' && (query.limit ?? 201) > 200) {
      throw malformed(query.text, at, 'The SOQL FIELDS function must have a LIMIT of at most 200');
    }
    const names = type.fields.map((field) => field.name);
    return group === 'ALL' ? names : names.filter((name) => name.endsWith('__c') === (group === 'CUSTOM'));
  });

const project = (
  context: QueryContext,
  type: ObjectType,
  paths: readonly ResolvedPath[],
  values: Values,
): Record<string, unknown> => {
  const url = `${context.dataPath}/sobjects/${type.name}/${String(values['Id'])}`;
  const record: Record<string, unknown> = { attributes: { type: type.name, url } };
  for (const path of paths) {
    const [step] = path.steps;
    if (step === undefined) record[path.field.name] = renderValue(path.type, path.field, values);
    else record[step.name] = nested(context, path, values, record[step.name]);
  }
  return record;
};

/** A parent's fields nest in an object of their own, as in the real answer; only one level deep here. */
const nested = (context: QueryContext, path: ResolvedPath, values: Values, sofar: unknown): unknown => {
  const found = follow(context.org, path, values);
  if (found === undefined) return null;
  const url = `${context.dataPath}/sobjects/${found.type.name}/${String(found.values['Id'])}`;
  const field = found.type.field(path.field.name);
  const value = field === undefined ? valueAt(context.org, path, values) : renderValue(found.type, field, found.values);
  const base = typeof sofar === 'object' && sofar !== null ? sofar : { attributes: { type: found.type.name, url } };
  return { ...base, [path.field.name]: value };
};

/** Runs a query. @throws Refusal as the real service refuses it */
export const executeSoql = (context: QueryContext, text: string): QueryResult => {
  const query = parseSoql(text);
  const { org } = context;
  const table = org.find(query.from);
  if (table === undefined) {
    throw new Refusal(
      400,
      'INVALID_TYPE',
      `sObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  const { type } = table;
  const isCount = query.fields.length === 1 && query.fields[0]?.path === 'COUNT()';
  const paths = isCount ? [] : expandFields(type, query).map((path) => resolvePath(org, type, path));
  const rows = matching(context, table, query);
  const start = query.offset ?? 0;
  const end = query.limit === undefined ? undefined : start + query.limit;
  const chosen = sorted(org, type, rows, query).slice(start, end);
  if (isCount) return { count: chosen.length };
  return { records: chosen.map((row) => project(context, type, paths, row.values)) };
};

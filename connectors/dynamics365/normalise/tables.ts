import type { EntityName } from '../../../canonical-schema/entity';
import { standardTables, anyTable, type Table } from './standard-tables';
import type { Rule } from './rules';

/** The table of a standard entity; for any other the one that makes it a `record`. */
export function tableOf(nativeType: string): Table {
  return (Object.hasOwn(standardTables, nativeType) ? standardTables[nativeType] : undefined) ?? anyTable;
}

/** The canonical entity of a standard table; undefined for any other. */
export function entityOf(nativeType: string): EntityName | undefined {
  return Object.hasOwn(standardTables, nativeType) ? standardTables[nativeType]?.entity : undefined;
}

/** The column that holds a row's id: activities share theirs. */
export function idColumnOf(nativeType: string): string {
  return tableOf(nativeType).isActivity === true ? 'activityid' : `${nativeType}id`;
}

const addressParts = new Map<string, readonly [part: string, rule: Rule]>([
  ['line1', ['street', 'text']],
  ['city', ['city', 'text']],
  ['stateorprovince', ['state', 'text']],
  ['postalcode', ['postalCode', 'text']],
  ['country', ['country', 'text']],
  ['latitude', ['latitude', 'decimal']],
  ['longitude', ['longitude', 'decimal']],
]);

/** Where a native field goes, by the built-in tables. */
export interface Place {
  /** Canonical field. */
  readonly field: string;
  /** Its part, where the field is an address. */
  readonly part?: string;
  readonly rule: Rule;
}

/** The places of a native field; none where it stays native. */
export function placesOf(table: Table, native: string): readonly Place[] {
  const rules = Object.hasOwn(table.fields, native) ? table.fields[native] : undefined;
  if (rules !== undefined) return rules.map(([field, rule]) => ({ field, rule }));
  for (const [prefix, field] of Object.entries(table.addresses ?? {})) {
    const part = native.startsWith(prefix) ? addressParts.get(native.slice(prefix.length)) : undefined;
    if (part !== undefined) return [{ field, part: part[0], rule: part[1] }];
  }
  return [];
}

/** Whether a table has a built-in mapping. */
export function isStandard(nativeType: string): boolean {
  return entityOf(nativeType) !== undefined;
}

/** The standard tables that become the entity. */
export function tablesFor(entity: string): readonly string[] {
  return Object.keys(standardTables).filter((table) => entityOf(table) === entity);
}

/** The number of a standard choice by its word; undefined where the column has none such. */
export function choiceNumber(nativeType: string, column: string, word: string): number | undefined {
  for (const { rule } of placesOf(tableOf(nativeType), column)) {
    if (typeof rule === 'string' || !('choices' in rule)) continue;
    const found = Object.entries(rule.choices).find(([, one]) => one.toLowerCase() === word.toLowerCase());
    if (found !== undefined) return Number(found[0]);
  }
  return undefined;
}

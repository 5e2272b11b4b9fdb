import { objectOf, ownOf, textOf } from '../../kit/json';
import type { Fields } from '../native';
import { isWcfDate, webApiInstant } from './dates';
import { refuse } from '../../kit/canonical-event';

/** Nothing that Dataverse tells is nested this deep. */
const deepest = 40;

/** Marks of .NET's serializers: no data. */
const marks = new Set(['__type', 'ExtensionData']);

/** A value in the form of the Web API, with what else it said: a lookup's table and name, a choice's label. */
interface Plain {
  readonly value: unknown;
  readonly name?: string;
  readonly type?: string;
}

/**
 * The entries of a collection, however it was serialised: `[{"key", "value"}]` in any letter case, or an object.
 * Whatever is no entry is left out.
 */
export function entriesOf(collection: unknown): readonly (readonly [string, unknown])[] {
  if (!Array.isArray(collection))
    return Object.entries(objectOf(collection) ?? {}).filter(([name]) => !marks.has(name));
  return (collection as unknown[]).flatMap((item): [string, unknown][] => {
    const entry = objectOf(item);
    if (entry === undefined) return [];
    const key = ownOf(entry, 'key') ?? ownOf(entry, 'Key');
    const value = 'value' in entry ? ownOf(entry, 'value') : ownOf(entry, 'Value');
    return typeof key === 'string' && key !== '' ? [[key, value]] : [];
  });
}

/** The entry of a collection with that key. */
export function entryOf(collection: unknown, key: string): unknown {
  return entriesOf(collection).find(([name]) => name === key)?.[1];
}

/** Whether it is a serialised Entity: its attributes may be none. */
export function isEntity(value: unknown): value is Fields {
  return hasAttributes(objectOf(value) ?? {});
}

/** Whether it is a serialised EntityReference. */
export function isReference(value: unknown): value is Fields {
  return isLookup(objectOf(value) ?? {});
}

function hasAttributes(object: Fields): boolean {
  return typeof ownOf(object, 'Attributes') === 'object' && ownOf(object, 'Attributes') !== null;
}

function isLookup(object: Fields): boolean {
  return !hasAttributes(object) && textOf(ownOf(object, 'LogicalName')) !== undefined && Object.hasOwn(object, 'Id');
}

/** A record's id in small letters and without braces; undefined for none, the empty GUID too. */
export function recordIdOf(value: unknown): string | undefined {
  const inner = objectOf(value);
  const text = textOf(inner === undefined ? value : ownOf(inner, '__value'));
  const id = text?.replace(/^\{(.*)\}$/, '$1').toLowerCase();
  return id === '' || id === '00000000-0000-0000-0000-000000000000' ? undefined : id;
}

/**
 * The attributes of an Entity under their logical names, in the form in which the Web API writes a row: dates as text, choices
 * as numbers, several choices as `1,2`, lookups as ids. Beside them, as Dataverse itself calls them: `<lookup>name`,
 * `<lookup>type`, `<choice>name`. null is an empty column.
 */
export function flattenEntity(entity: Fields, depth = 0): Fields {
  const labels = new Map(entriesOf(ownOf(entity, 'FormattedValues')));
  const flat: [string, unknown][] = [];
  const beside: [string, unknown][] = [];
  for (const [name, told] of entriesOf(ownOf(entity, 'Attributes'))) {
    const { value, name: ownName, type } = plainOf(told, depth + 1);
    flat.push([name, value]);
    const label = ownName ?? (isChoice(told) ? textOf(labels.get(name)) : undefined);
    if (label !== undefined) beside.push([`${name}name`, label]);
    if (type !== undefined) beside.push([`${name}type`, type]);
  }
  return Object.fromEntries([...beside, ...flat]);
}

/** A parameter of a message in the same form. */
export function flattenValue(value: unknown): unknown {
  return plainOf(value, 0).value;
}

function plainOf(told: unknown, depth: number): Plain {
  if (depth > deepest) throw tooDeep();
  if (typeof told === 'string') return { value: isWcfDate(told) ? webApiInstant(told) : told };
  if (typeof told === 'number') return { value: exact(told) };
  if (Array.isArray(told)) return { value: listOf(told as unknown[], depth) };
  const object = objectOf(told);
  return object === undefined ? { value: told ?? null } : objectValue(object, depth);
}

function objectValue(object: Fields, depth: number): Plain {
  if (ownOf(object, '__value') !== undefined) return plainOf(ownOf(object, '__value'), depth + 1);
  if (hasAttributes(object)) return { value: flattenEntity(object, depth) };
  if (isLookup(object)) {
    const name = textOf(object.Name);
    const type = textOf(object.LogicalName);
    return {
      value: recordIdOf(object.Id) ?? null,
      ...(name === undefined ? {} : { name }),
      ...(type === undefined ? {} : { type }),
    };
  }
  const entities = ownOf(object, 'Entities');
  if (Array.isArray(entities)) return { value: listOf(entities as unknown[], depth + 1) };
  if (isWrapped(object)) return plainOf(object.Value, depth + 1);
  const members = Object.entries(object).filter(([name]) => !marks.has(name));
  return { value: flattenEntity({ Attributes: members.map(([key, value]) => ({ key, value })) }, depth) };
}

function listOf(list: readonly unknown[], depth: number): unknown {
  const values = list.map((item) => plainOf(item, depth + 1).value);
  return list.length > 0 && list.every(isChoice) ? values.join() : values;
}

/** OptionSetValue, Money, BooleanManagedProperty, AliasedValue: one value in a wrapper. */
function isWrapped(object: Fields): boolean {
  return Object.hasOwn(object, 'Value') && !Object.hasOwn(object, 'Key');
}

function isChoice(told: unknown): boolean {
  if (Array.isArray(told)) return told.length > 0 && told.every((item) => !Array.isArray(item) && isChoice(item));
  const object = objectOf(told);
  const type = textOf(object?.__type);
  if (object === undefined || !isWrapped(object)) return false;
  return type === undefined ? Number.isSafeInteger(object.Value) : type.startsWith('OptionSetValue');
}

/** A number that a double cannot hold exactly as its digits. */
function exact(value: number): unknown {
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return Number.isFinite(value) ? value : String(value);
  return BigInt(value).toString();
}

const formatted = '@OData.Community.Display.V1.FormattedValue';
const lookupType = '@Microsoft.Dynamics.CRM.lookuplogicalname';

/** A row of the Web API in the same form: `_ownerid_value` and its annotations become `ownerid`, `owneridname`, `owneridtype`. */
export function flattenRow(row: Fields, depth = 0): Fields {
  const flat: [string, unknown][] = [];
  const beside: [string, unknown][] = [];
  for (const [told, value] of Object.entries(row)) {
    if (told.includes('@') || told === '') continue;
    const lookup = /^_(\w+)_value$/.exec(told)?.[1];
    const name = lookup ?? told;
    flat.push([name, lookup === undefined ? rowValue(value, depth) : (recordIdOf(value) ?? null)]);
    beside.push(...annotationsOf(row, told, name));
  }
  return Object.fromEntries([...beside, ...flat]);
}

/** What the annotations of a column say: a lookup's name and table, a choice's label. */
function annotationsOf(row: Fields, told: string, name: string): readonly [string, unknown][] {
  const label = textOf(ownOf(row, told + formatted));
  const type = textOf(ownOf(row, told + lookupType));
  const isWanted = label !== undefined && (told !== name || isLabel(label, row[told]));
  return [
    ...(isWanted ? [[`${name}name`, label] satisfies [string, unknown]] : []),
    ...(type === undefined ? [] : [[`${name}type`, type] satisfies [string, unknown]]),
  ];
}

/** Everything has a formatted value; a choice's is a word for a whole number, or for several of them. */
function isLabel(label: string, value: unknown): boolean {
  const isNumber = Number.isSafeInteger(value) || (typeof value === 'string' && /^\d+(,\d+)*$/.test(value));
  return isNumber && /\p{L}/u.test(label);
}

function rowValue(value: unknown, depth: number): unknown {
  if (depth > deepest) throw tooDeep();
  const object = objectOf(value);
  if (Array.isArray(value)) return value.map((item: unknown) => rowValue(item, depth + 1));
  if (object !== undefined) return flattenRow(object, depth + 1);
  return typeof value === 'number' ? exact(value) : value;
}

function tooDeep(): Error {
  return refuse('SBX_DYNAMICS365_PAYLOAD', 'a value is nested deeper than any that Dataverse tells');
}

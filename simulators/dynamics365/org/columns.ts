import type { AttributeDefinition, AttributeType, Choice, LookupTarget, StateDefinition } from './definitions';

/** Short forms for the column lists of the standard tables. */

type Extra = Partial<Omit<AttributeDefinition, 'name' | 'type'>>;

const column =
  (type: AttributeType) =>
  (name: string, label: string, extra: Extra = {}): AttributeDefinition => ({ name, type, label, ...extra });

/** One line of text. */
export const text = (name: string, label: string, maxLength = 100, extra: Extra = {}): AttributeDefinition =>
  column('String')(name, label, { maxLength, ...extra });
/** Several lines of text. */
export const memo = (name: string, label: string, maxLength = 2000): AttributeDefinition =>
  column('Memo')(name, label, { maxLength });
/** A whole number. */
export const integer = column('Integer');
/** An amount of money. */
export const money = column('Money');
/** Yes or no. */
export const flag = column('Boolean');
/** Date and time, UTC. */
export const moment = column('DateTime');
/** A date. */
export const day = column('DateOnly');
/** A GUID that is no lookup. */
export const guid = column('Uniqueidentifier');
/** The logical name of a table. */
export const entityName = column('EntityName');

/** Labels by value, `{ 1: 'Hot' }`. */
type Labels = Readonly<Record<number, string>>;

/** Choices from their labels, ascending by value. */
export const choices = (labels: Labels): readonly Choice[] =>
  Object.entries(labels).map(([value, label]) => ({ value: Number(value), label }));

/** One of several choices. */
export const pick = (name: string, label: string, labels: Labels, extra: Extra = {}): AttributeDefinition =>
  column('Picklist')(name, label, { options: choices(labels), ...extra });

/** A lookup to one table; its navigation property has the column's name. */
export const lookup = (name: string, label: string, table: string, extra: Extra = {}): AttributeDefinition =>
  column('Lookup')(name, label, { targets: [{ table, navigation: name }], ...extra });

/** A lookup to several tables, with a navigation property for each. */
export const anyOf = (
  name: string,
  label: string,
  targets: readonly LookupTarget[],
  extra: Extra = {},
): AttributeDefinition => column('Lookup')(name, label, { targets, ...extra });

/** A customer: account or contact. */
export const customer = (name: string, label: string, collection: string, extra: Extra = {}): AttributeDefinition => ({
  name,
  type: 'Customer',
  label,
  targets: ['account', 'contact'].map((table) => ({
    table,
    navigation: `${name}_${table}`,
    collection: `${collection}_${table}s`,
  })),
  ...extra,
});

/** A state with its statuses, of which `first` (or the lowest) is its default. */
export const state = (value: number, label: string, statuses: Labels, first?: number): StateDefinition => {
  const all = choices(statuses);
  // Numeric keys come out ascending; the state's default may be another.
  const initial = all.filter((status) => status.value === first);
  return { value, label, statuses: [...initial, ...all.filter((status) => status.value !== first)] };
};

import type { AttributeDefinition, Reference, Value } from './definitions';
import type { TableType } from './table-type';

const isReference = (value: Value): value is Reference =>
  typeof value === 'object' && value !== null && 'table' in value;

const grouped = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: Math.max(digits, 10) });

const moment = (at: number): string =>
  new Date(at)
    .toLocaleString('en-US', {
      timeZone: 'UTC',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
    })
    // Newer ICU data puts a narrow no-break space before AM and PM.
    .replace(/[,\u202f]/g, (found) => (found === ',' ? '' : ' '));

const choice = (type: TableType, attribute: AttributeDefinition, values: readonly number[]): string | undefined => {
  const options = type.options(attribute);
  const labels = values.map((value) => options.find((option) => option.value === value)?.label);
  return labels.includes(undefined) ? undefined : labels.join('; ');
};

const number = (type: TableType, attribute: AttributeDefinition, value: number): string | undefined => {
  switch (attribute.type) {
    case 'Picklist':
    case 'State':
    case 'Status':
      return choice(type, attribute, [value]);
    case 'DateTime':
      return moment(value);
    case 'Money':
      return `$${grouped(value, 2)}`;
    case 'Decimal':
    case 'Double':
      return grouped(value, 2);
    default:
      return grouped(value);
  }
};

/**
 * The value as people read it, in the forms of an English user in UTC; undefined where a column's values have none.
 * @param nameOf the primary name of a row that a lookup points to
 */
export const formatted = (
  type: TableType,
  attribute: AttributeDefinition,
  value: Value,
  nameOf: (to: Reference) => string | null,
): string | undefined => {
  if (value === null || attribute.type === 'Uniqueidentifier') return undefined;
  if (isReference(value)) return nameOf(value) ?? undefined;
  if (typeof value === 'boolean') return choice(type, attribute, [value ? 1 : 0]);
  if (typeof value === 'number') return number(type, attribute, value);
  return typeof value === 'string' ? undefined : choice(type, attribute, value);
};

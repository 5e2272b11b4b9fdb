import type { FieldDefinition, Value } from '../org/definitions';
import { parseId } from '../org/ids';
import type { ObjectType, Values } from '../org/object-type';
import type { Org } from '../org/org';
import { Refusal } from '../org/refusal';
import { resolvePath, valueAt } from './paths';
import type { Condition, Literal, Operator } from './parser';

/** Whether a record's values meet a condition. */
export type Predicate = (values: Values) => boolean;

const DAY_MS = 86_400_000;

/** A comparable operand, or a half-open range of moments for `TODAY` and its like. */
type Operand = Value | { readonly from: number; readonly to: number };

const rangeOf = (word: string, now: number): { from: number; to: number } => {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const [name = '', count = '0'] = word.split(':');
  const days = Number(count);
  switch (name) {
    case 'YESTERDAY':
      return { from: today - DAY_MS, to: today };
    case 'TOMORROW':
      return { from: today + DAY_MS, to: today + 2 * DAY_MS };
    case 'LAST_N_DAYS':
      return { from: today - days * DAY_MS, to: today + DAY_MS };
    case 'NEXT_N_DAYS':
      return { from: today + DAY_MS, to: today + (days + 1) * DAY_MS };
    default:
      return { from: today, to: today + DAY_MS };
  }
};

const wrongType = (field: FieldDefinition, quotes: string): Refusal =>
  new Refusal(
    400,
    'INVALID_FIELD',
    `value of filter criterion for field '${field.name}' must be of type ${field.type} and ${quotes} be enclosed in quotes`,
  );

const numeric = new Set(['int', 'double', 'currency', 'percent']);

const textOperand = (field: FieldDefinition, value: string): Operand => {
  if (numeric.has(field.type) || ['boolean', 'date', 'datetime'].includes(field.type))
    throw wrongType(field, 'should not');
  if (field.type !== 'id' && field.type !== 'reference') return value.toLowerCase();
  if (value === '') return null;
  const id = parseId(value);
  if (id === undefined) throw new Refusal(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${value}`);
  return id;
};

const dateOperand = (field: FieldDefinition, value: string): Operand => {
  const isDay = value.length === 10;
  if (field.type === 'date' && isDay) return Date.parse(value);
  if (field.type === 'datetime' && !isDay) return Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  throw new Refusal(
    400,
    'INVALID_FIELD',
    `value of filter criterion for field '${field.name}' must be of type ${field.type === 'date' ? 'date' : 'dateTime'} and should not be enclosed in quotes`,
  );
};

const operandOf = (field: FieldDefinition, literal: Literal, now: number): Operand => {
  switch (literal.kind) {
    case 'null':
      return null;
    case 'text':
      return textOperand(field, literal.value);
    case 'date':
      return dateOperand(field, literal.value);
    case 'range':
      return rangeOf(literal.value, now);
    case 'number':
      if (!numeric.has(field.type)) throw wrongType(field, 'should');
      return literal.value;
    case 'boolean':
      if (field.type !== 'boolean') throw wrongType(field, 'should');
      return literal.value;
  }
};

/** Text compares without case; dates as moments. */
const comparable = (field: FieldDefinition, value: Value): Value => {
  if (value === null) return null;
  if (field.type === 'date') return Date.parse(String(value));
  if (typeof value === 'string' && field.type !== 'id' && field.type !== 'reference') return value.toLowerCase();
  return value;
};

const order = (one: Value, other: Value): number => (one === other ? 0 : (one ?? 0) < (other ?? 0) ? -1 : 1);

const isEqual = (value: Value, operand: Operand): boolean =>
  typeof operand === 'object' && operand !== null
    ? typeof value === 'number' && value >= operand.from && value < operand.to
    : value === operand;

const isBefore = (value: Value, operand: Operand): boolean =>
  value !== null && operand !== null && order(value, typeof operand === 'object' ? operand.from : operand) < 0;

const isAfter = (value: Value, operand: Operand): boolean =>
  value !== null && operand !== null && order(value, typeof operand === 'object' ? operand.to - 1 : operand) > 0;

const comparisons: Record<Exclude<Operator, 'LIKE' | 'IN' | 'NOT IN'>, (value: Value, operand: Operand) => boolean> = {
  '=': isEqual,
  '!=': (value, operand) => !isEqual(value, operand),
  '<': isBefore,
  '>': isAfter,
  '<=': (value, operand) => value !== null && operand !== null && !isAfter(value, operand),
  '>=': (value, operand) => value !== null && operand !== null && !isBefore(value, operand),
};

const likePattern = (literal: Literal | undefined): RegExp => {
  const text = literal?.kind === 'text' ? literal.value : '';
  const source = text.replace(/\\[%_]|[.*+?^${}()|[\]\\]|[%_]/g, (found) => {
    if (found === '%') return '[^]*';
    if (found === '_') return '[^]';
    return found.length === 2 ? found.charAt(1) : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 'i');
};

const compare = (
  org: Org,
  type: ObjectType,
  condition: Extract<Condition, { kind: 'compare' }>,
  now: number,
): Predicate => {
  const path = resolvePath(org, type, condition.path);
  const { field } = path;
  if (field.type === 'textarea' || field.type === 'html') {
    throw new Refusal(400, 'INVALID_FIELD', `field '${field.name}' can not be filtered in a query call`);
  }
  const read = (values: Values): Value => comparable(field, valueAt(org, path, values));
  const { operator } = condition;
  if (operator === 'LIKE') {
    const pattern = likePattern(condition.literals[0]);
    return (values) => pattern.test(String(read(values) ?? ''));
  }
  const operands = condition.literals.map((literal) => operandOf(field, literal, now));
  if (operator === 'IN' || operator === 'NOT IN') {
    const wanted = new Set(operands);
    return operator === 'IN' ? (values) => wanted.has(read(values)) : (values) => !wanted.has(read(values));
  }
  const matches = comparisons[operator];
  const operand = operands[0] ?? null;
  return (values) => matches(read(values), operand);
};

/** Makes a condition ready for use on an object's records. @throws Refusal for fields or literals that do not fit */
export const compileCondition = (org: Org, type: ObjectType, condition: Condition, now: number): Predicate => {
  switch (condition.kind) {
    case 'not': {
      const inner = compileCondition(org, type, condition.of, now);
      return (values) => !inner(values);
    }
    case 'and': {
      const all = condition.all.map((part) => compileCondition(org, type, part, now));
      return (values) => all.every((part) => part(values));
    }
    case 'or': {
      const any = condition.all.map((part) => compileCondition(org, type, part, now));
      return (values) => any.some((part) => part(values));
    }
    case 'compare':
      return compare(org, type, condition, now);
  }
};

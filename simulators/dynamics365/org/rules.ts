import { randomBytes } from 'node:crypto';
import type { Reference, Value, Values } from './definitions';
import { Refusal } from './refusal';
import type { Table } from './table';
import type { TableType } from './table-type';

/** What rules need to know of the write. */
interface Context {
  /** The write's time as columns store it. */
  readonly stamp: number;
  readonly businessUnit: Reference;
}

const fullName = (values: Readonly<Values>): Value => {
  const parts = [values['firstname'], values['lastname']].filter(
    (part): part is string => typeof part === 'string' && part !== '',
  );
  return parts.length === 0 ? null : parts.join(' ');
};

const isReference = (value: Value | undefined): value is Reference =>
  typeof value === 'object' && value !== null && 'table' in value;

const numberIn = (values: Readonly<Values>, name: string): number | undefined => {
  const value = values[name];
  return typeof value === 'number' ? value : undefined;
};

const ownership = (values: Readonly<Values>, { businessUnit }: Context): Values => {
  const owner = values['ownerid'];
  if (!isReference(owner)) return {};
  return {
    owninguser: owner.table === 'systemuser' ? owner : null,
    owningteam: owner.table === 'team' ? owner : null,
    owningbusinessunit: businessUnit,
  };
};

/** What the platform sets when a row is made. */
export const onCreate = (table: Table, values: Readonly<Values>, context: Context): Values => {
  const { type } = table;
  const set: Values = ownership(values, context);
  if (type.attribute('fullname') !== undefined) set['fullname'] = fullName(values);
  const letters = randomBytes(8).toString('hex').slice(0, 6).toUpperCase();
  if (type.name === 'incident')
    set['ticketnumber'] = `CAS-${String(table.rows.size + 1001).padStart(5, '0')}-${letters}`;
  const object = values['objectid'];
  if (type.attribute('objecttypecode') !== undefined) set['objecttypecode'] = isReference(object) ? object.table : null;
  if (type.name === 'queueitem') set['enteredon'] = context.stamp;
  return set;
};

/** The closing date of what is no longer open, unless one was given. */
const onClose = (type: TableType, values: Readonly<Values>, given: Readonly<Values>, stamp: number): Values => {
  if ((numberIn(given, 'statecode') ?? 0) === 0) return {};
  const day = new Date(stamp).toISOString().slice(0, 10);
  if (type.definition.isActivity === true) return { actualend: values['actualend'] ?? stamp };
  return type.name === 'opportunity' ? { actualclosedate: values['actualclosedate'] ?? day } : {};
};

/** What the platform sets when given columns change. */
export const onUpdate = (
  type: TableType,
  values: Readonly<Values>,
  given: Readonly<Values>,
  context: Context,
): Values => {
  const set: Values = {};
  if ('ownerid' in given) Object.assign(set, ownership(values, context));
  const isNamed = 'firstname' in given || 'lastname' in given;
  if (isNamed && type.attribute('fullname') !== undefined) set['fullname'] = fullName(values);
  return { ...set, ...onClose(type, values, given, context.stamp) };
};

/** What a resolved or canceled case says is not changed any more. @throws Refusal */
export const checkOpen = ({ name }: TableType, values: Readonly<Values>): void => {
  if (name !== 'incident' || (numberIn(values, 'statecode') ?? 0) === 0) return;
  const message = 'This case has already been resolved. Close and reopen the case record to see the updates.';
  throw new Refusal(400, '0x800404cf', message);
};

const camel = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** State and status that belong together, from what was given. @throws Refusal where they do not */
export const settleState = (type: TableType, id: string, current: number, given: Readonly<Values>): Values => {
  const state = numberIn(given, 'statecode') ?? current;
  const status = numberIn(given, 'statuscode') ?? type.defaultStatus(state);
  const definition = type.states.find(({ value }) => value === state);
  const isValid = definition?.statuses.some(({ value }) => value === status) === true;
  if (isValid && status !== undefined) return { statecode: state, statuscode: status };
  const message = `${status ?? 'null'} is not a valid status code for state code ${camel(type.name)}State.${definition?.label ?? state} on ${type.name} with Id ${id}.`;
  throw new Refusal(400, '0x80048408', message);
};

/** Columns by which published duplicate detection rules match. */
export const duplicateColumns: Readonly<Record<string, string>> = {
  account: 'name',
  contact: 'emailaddress1',
  lead: 'emailaddress1',
};

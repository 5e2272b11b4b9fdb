import type { Values } from './definitions';
import { invalidArgument, Refusal } from './refusal';
import { duplicateColumns } from './rules';
import type { Table } from './table';

const checkRequired = ({ type }: Table, values: Readonly<Values>): void => {
  if (type.name === 'incident' && (values['customerid'] ?? null) === null) {
    throw new Refusal(400, '0x80044410', 'You should specify a parent contact or account.');
  }
  for (const { name, required } of type.attributes) {
    if (required === true && (values[name] ?? null) === null) {
      throw invalidArgument(`The required field '${name}' of '${type.name}' is missing.`);
    }
  }
};

const isTaken = (table: Table, id: string, wanted: Readonly<Values>): boolean =>
  !Object.values(wanted).includes(null) && table.find(wanted).some((other) => other.id !== id);

const checkKeys = (table: Table, id: string, values: Readonly<Values>): void => {
  for (const [key, columns] of Object.entries(table.type.keys)) {
    const wanted = Object.fromEntries(columns.map((name) => [name, values[name] ?? null]));
    if (!isTaken(table, id, wanted)) continue;
    const message = `Entity Key ${key} violated. A record with the same value for ${columns.join(', ')} already exists. A duplicate record cannot be created. Select one or more unique values and try again.`;
    throw new Refusal(412, '0x80060892', message);
  }
};

const checkDuplicates = (table: Table, id: string, values: Readonly<Values>): void => {
  const column = duplicateColumns[table.type.name];
  if (column === undefined || !isTaken(table, id, { [column]: values[column] ?? null })) return;
  const message = 'A record was not created or updated because a duplicate of the current record already exists.';
  throw new Refusal(412, '0x80040333', message);
};

/** What the platform checks before it stores a row. @throws Refusal */
export const checkRow = (table: Table, id: string, values: Readonly<Values>, detectsDuplicates: boolean): void => {
  checkRequired(table, values);
  checkKeys(table, id, values);
  if (detectsDuplicates) checkDuplicates(table, id, values);
};

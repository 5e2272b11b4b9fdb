import type { ActionResult, AddNote, CreateCase, CreateTask } from '../../canonical-schema/action';
import { applied } from '../kit/action-result';
import { failedCall, failedRow, type RowAnswer } from './action-result';
import type { Rest } from './jsforce-connection';
import { recordsBy } from './soql';
import type { Row } from './task-fields';

/** An action that makes a record of its own, known by its key. */
export type Creation = CreateTask | AddNote | CreateCase;

/** A record to make. */
export interface Insert {
  readonly action: Creation;
  readonly row: Row;
}

export interface InsertOptions {
  readonly object: 'Task' | 'Case';
  /** External id field of the object, unique. */
  readonly keyField: string;
  /** The org's assignment rules find the owner. */
  readonly isAssigned?: boolean;
}

/**
 * Inserts records with their actions' ids in a unique field, rather than to upsert them: Salesforce refuses a second insert, so that
 * a late retry neither makes another one nor undoes what a person has done to the first one.
 * @param inserts at most 200
 * @returns results by action id
 */
export async function insertKeyed(
  inserts: readonly Insert[],
  options: InsertOptions,
  rest: Rest,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ActionResult>> {
  if (inserts.length === 0) return new Map();
  const { object, isAssigned = false } = options;
  const records = inserts.map(({ row }) => ({ attributes: { type: object }, ...row }));
  const actions = inserts.map(({ action }) => action);
  try {
    const answers = await rest.writeCollection('POST', records, signal, isAssigned);
    const results = new Map(actions.map((action, index) => [action.id, resultOf(action, answers[index])]));
    const doubled = actions.filter((_, index) => answers[index]?.errors.some(isDouble));
    return new Map([...results, ...(await find(doubled, options, rest, signal))]);
  } catch (error) {
    return new Map(actions.map((action) => [action.id, failedCall(action, error)]));
  }
}

/** What an earlier try of these actions made. One that is not there (yet) keeps its refusal. */
async function find(
  actions: readonly Creation[],
  { object, keyField }: InsertOptions,
  rest: Rest,
  signal: AbortSignal,
): Promise<readonly (readonly [string, ActionResult])[]> {
  const fields = ['Id', keyField, 'SystemModstamp'];
  try {
    const rows = await recordsBy({ object, fields, by: keyField, values: actions.map(({ id }) => id) }, rest, signal);
    // Unique fields do not tell small letters from capitals.
    const byKey = new Map(rows.map((row) => [String(row[keyField]).toLowerCase(), row]));
    return actions.flatMap((action) => {
      const row = byKey.get(action.id.toLowerCase());
      if (row === undefined) return [];
      const result = applied(action, 'already-applied', String(row.Id), row, String(row.SystemModstamp));
      return [[action.id, result] as const];
    });
  } catch (error) {
    return actions.map((action) => [action.id, failedCall(action, error)]);
  }
}

function resultOf(action: Creation, answer: RowAnswer | undefined): ActionResult {
  if (answer === undefined) return failedCall(action, new Error('the answer has no row for it'));
  return answer.success && answer.id !== undefined
    ? applied(action, 'applied', answer.id, answer)
    : failedRow(action, answer);
}

function isDouble({ statusCode }: RowAnswer['errors'][number]): boolean {
  return statusCode === 'DUPLICATE_VALUE';
}

import type { Action, ActionResult, CloseTask, SetFields, UpdateCase, UpdateTask } from '../../canonical-schema/action';
import { Permanent, Retryable } from '../contract';
import { applied, refused } from '../kit/action-result';
import { failedCall, failedRow, type RowAnswer } from './action-result';
import { changedCase } from './case-fields';
import type { Rest } from './jsforce-connection';
import type { NativeTypes } from './native-types';
import { changedTask, type Row } from './task-fields';

/** An action that changes a record that there is. */
export type Update = UpdateTask | CloseTask | UpdateCase | SetFields;

export const isUpdate = (action: Action): action is Update =>
  ['update-task', 'close-task', 'update-case', 'set-fields'].includes(action.kind);

interface Write {
  readonly action: Update;
  readonly id: string;
  readonly type: string;
  readonly row: Row;
}

/**
 * Applies updates through sObject Collections. A collection may not name a record twice, so several updates of one record go
 * in several calls, in order; where one of them has to be tried again, those behind it wait with it.
 * @returns results by action id
 */
export async function updateRecords(
  updates: readonly Update[],
  rest: Rest,
  types: NativeTypes,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ActionResult>> {
  const results = new Map<string, ActionResult>();
  let waiting = await writesOf(updates, types, signal, results);
  while (waiting.length > 0) {
    const ids = new Set<string>();
    const [round, later] = partition(waiting, ({ id }) => {
      const isFirst = !ids.has(id);
      ids.add(id);
      return isFirst;
    });
    const current = await unlessMoved(round, rest, signal, results);
    for (const [action, result] of await send(current, rest, signal)) results.set(action.id, result);
    const stuck = new Set(round.filter(({ action }) => isRetryable(results.get(action.id))).map(({ id }) => id));
    const [behind, next] = partition(later, ({ id }) => stuck.has(id));
    for (const { action, id } of behind) {
      const message = `an earlier change of ${id} has to be tried again first`;
      results.set(action.id, refused(action, 'retryable', 'SBX_SALESFORCE_BEHIND', message));
    }
    waiting = next;
  }
  return results;
}

async function writesOf(
  updates: readonly Update[],
  types: NativeTypes,
  signal: AbortSignal,
  results: Map<string, ActionResult>,
): Promise<readonly Write[]> {
  const writes = await Promise.all(
    updates.map(async (action): Promise<readonly Write[]> => {
      if (action.kind === 'update-case') return [{ action, id: action.caseId, type: 'Case', row: changedCase(action) }];
      if (action.kind !== 'set-fields') return [{ action, id: action.taskId, type: 'Task', row: changedTask(action) }];
      const { id } = action.about;
      try {
        return [{ action, id, type: await types.of(id, signal), row: action.fields }];
      } catch (error) {
        const isRefusal = error instanceof Permanent;
        results.set(
          action.id,
          isRefusal ? refused(action, 'permanent', error.code, error.message) : failedCall(action, error),
        );
        return [];
      }
    }),
  );
  return writes.flat();
}

/**
 * Leaves out writes whose record has moved on from the version that they expect, unless it has the wanted values already:
 * then it was this very write, its answer lost, that moved it.
 */
async function unlessMoved(
  writes: readonly Write[],
  rest: Rest,
  signal: AbortSignal,
  results: Map<string, ActionResult>,
): Promise<readonly Write[]> {
  const [versioned, others] = partition(writes, ({ action }) => expectedVersionOf(action) !== undefined);
  const checked = await Promise.all(
    [...groupByType(versioned)].map(async ([type, group]) => {
      const fields = [...new Set(['Id', 'SystemModstamp', ...group.flatMap(({ row }) => Object.keys(row))])];
      const ids = group.map(({ id }) => id);
      try {
        const records = await rest.call((connection) => connection.retrieve(type, ids, { fields }), 'write', signal);
        return group.filter((write, index) => isCurrent(write, (records as (Found | null)[])[index] ?? null, results));
      } catch (error) {
        for (const { action } of group) results.set(action.id, failedCall(action, error));
        return [];
      }
    }),
  );
  return [...others, ...checked.flat()];
}

type Found = Readonly<Record<string, unknown>>;

function isCurrent({ action, id, row }: Write, found: Found | null, results: Map<string, ActionResult>): boolean {
  if (found === null) {
    results.set(
      action.id,
      refused(action, 'gone', 'ENTITY_IS_DELETED', `${id} is deleted, or not for this user to see`),
    );
    return false;
  }
  const version = String(found.SystemModstamp);
  const expected = expectedVersionOf(action) ?? version;
  if (Date.parse(version) === Date.parse(expected)) return true;
  if (Object.entries(row).every(([field, value]) => found[field] === value)) {
    results.set(action.id, applied(action, 'already-applied', id, found, version));
  } else {
    const message = `${id} was changed at ${version}, after the expected ${expected}`;
    results.set(action.id, refused(action, 'conflict', 'SBX_SALESFORCE_VERSION', message, found));
  }
  return false;
}

async function send(
  writes: readonly Write[],
  rest: Rest,
  signal: AbortSignal,
): Promise<readonly (readonly [Action, ActionResult])[]> {
  if (writes.length === 0) return [];
  const records = writes.map(({ id, type, row }) => ({ ...row, attributes: { type }, id }));
  try {
    const answers = await rest.writeCollection('PATCH', records, signal);
    return writes.map(({ action, id }, index) => [action, resultOf(action, id, answers[index])]);
  } catch (error) {
    return writes.map(({ action }) => [action, failedCall(action, error)]);
  }
}

function resultOf(action: Update, id: string, answer: RowAnswer | undefined): ActionResult {
  if (answer === undefined)
    return failedCall(action, new Retryable('SBX_SALESFORCE_NO_ANSWER', 'the answer has no row for it'));
  return answer.success ? applied(action, 'applied', id, answer) : failedRow(action, answer);
}

function expectedVersionOf(action: Update): string | undefined {
  return action.kind === 'set-fields' ? action.expectedVersion : undefined;
}

function isRetryable(result: ActionResult | undefined): boolean {
  return result?.outcome === 'failed' && (result.failure === 'retryable' || result.failure === 'auth');
}

function groupByType(writes: readonly Write[]): ReadonlyMap<string, readonly Write[]> {
  const groups = new Map<string, Write[]>();
  for (const write of writes) groups.set(write.type, [...(groups.get(write.type) ?? []), write]);
  return groups;
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [readonly T[], readonly T[]] {
  const first: T[] = [];
  const second: T[] = [];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}

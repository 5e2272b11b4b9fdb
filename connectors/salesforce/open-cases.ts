import type { ActionResult, CreateCase } from '../../canonical-schema/action';
import { isOfCrm } from '../../canonical-schema/entity';
import { Permanent } from '../contract';
import { refused } from '../kit/action-result';
import { failedCall } from './action-result';
import { fieldsForCase, newCase } from './case-fields';
import { type Insert, insertKeyed } from './insert-keyed';
import type { Rest } from './jsforce-connection';
import type { NativeTypes } from './native-types';
import type { Found } from './soql';

export interface OpenOptions {
  readonly rest: Rest;
  readonly types: NativeTypes;
  /** External id field of Case, unique. */
  readonly keyField: string;
  /** The Origin of cases; undefined for the org's default. */
  readonly origin: string | undefined;
}

type Results = Map<string, ActionResult>;

/** What a case is about: the object and its record; neither where no record of the org stands for it. */
interface About {
  readonly object: string;
  readonly record: Found;
}

/**
 * Opens cases, each at most once. The records that they are about are read first: a case names its account and contact, and one about
 * a record that is not there is refused. Who is to work on a case that names nobody, the org's assignment rules find.
 * @param actions at most 200
 * @returns results by action id
 */
export async function openCases(
  actions: readonly CreateCase[],
  options: OpenOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ActionResult>> {
  const results: Results = new Map();
  const byObject = await groupByObject(actions, options, signal, results);
  const ready: Insert[] = [];
  for (const [object, group] of byObject) ready.push(...(await aboutRecords(object, group, options, signal, results)));
  const { rest, keyField } = options;
  for (const isAssigned of [true, false]) {
    const inserts = ready.filter(({ row }) => (row.OwnerId === undefined) === isAssigned);
    const made = await insertKeyed(inserts, { object: 'Case', keyField, isAssigned }, rest, signal);
    for (const [id, result] of made) results.set(id, result);
  }
  return results;
}

async function groupByObject(
  actions: readonly CreateCase[],
  { types }: OpenOptions,
  signal: AbortSignal,
  results: Results,
): Promise<ReadonlyMap<string, readonly CreateCase[]>> {
  const groups = new Map<string, CreateCase[]>();
  for (const action of actions) {
    const { entity, id } = action.about;
    try {
      const object = isOfCrm(entity) ? await types.of(id, signal) : '';
      groups.set(object, [...(groups.get(object) ?? []), action]);
    } catch (error) {
      const isRefusal = error instanceof Permanent && error.code === 'MALFORMED_ID';
      results.set(
        action.id,
        isRefusal ? refused(action, 'permanent', error.code, error.message) : failedCall(action, error),
      );
    }
  }
  return groups;
}

async function aboutRecords(
  object: string,
  actions: readonly CreateCase[],
  options: OpenOptions,
  signal: AbortSignal,
  results: Results,
): Promise<readonly Insert[]> {
  const insert = (action: CreateCase, about: About): Insert => ({ action, row: newCase(action, options, about) });
  if (object === '') return actions.map((action) => insert(action, { object, record: {} }));
  try {
    const ids = actions.map(({ about }) => about.id);
    const fields = [...fieldsForCase(object)];
    // In order, and null for what is not there: a query would be refused as a whole for one malformed id.
    const records = (await options.rest.call(
      (connection) => connection.retrieve(object, ids, { fields }),
      'write',
      signal,
    )) as readonly (Found | null)[];
    return actions.flatMap((action, index) => {
      const record = records[index] ?? null;
      if (record !== null) return [insert(action, { object, record })];
      const message = `there is no ${object} ${action.about.id}, or it is not for this user to see`;
      results.set(action.id, refused(action, 'permanent', 'SBX_SALESFORCE_RECORD_UNKNOWN', message));
      return [];
    });
  } catch (error) {
    for (const action of actions) results.set(action.id, failedCall(action, error));
    return [];
  }
}

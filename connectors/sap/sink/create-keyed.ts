import type { ActionResult, CreateCase, CreateTask } from '../../../canonical-schema/action';
import { type Fields, textOf } from '../json';
import type { BatchPart } from '../odata/batch';
import { etagOf, queryText, rowIn, rowsIn } from '../odata/client';
import type { Answer } from '../odata/failure';
import { type EntitySet, quoted, setOf, setOfEntity } from '../odata/services';
import { withLocks } from './key-locks';
import { applied, refused } from '../../kit/action-result';
import { failedAnswer, failedCall } from './results';
import type { SinkContext } from './sink-context';
import { newTask, partiesOf } from './task-fields';
import { newTicket } from './ticket-fields';

type Results = Map<string, ActionResult>;

/** An action that makes a row of its own, known by its key. */
export type Creation = CreateTask | CreateCase;

const objects = { 'create-task': 'Task', 'create-case': 'ServiceRequest' } as const;

/**
 * Creates activity tasks, or tickets, each at most once: its action's id is looked up first, under a lock in this process; the same
 * batch that creates it looks up again, and where another process has been quicker the own one is deleted.
 * @param actions all of the same kind
 */
export async function createKeyed(actions: readonly Creation[], given: SinkContext): Promise<Results> {
  const results: Results = new Map();
  const { product, baseUrl } = given;
  const [first] = actions;
  if (first === undefined) return results;
  const set = setOf(product, objects[first.kind]);
  if (set === undefined) {
    for (const action of actions) results.set(action.id, noSet(action));
    return results;
  }
  const context = { ...given, set };
  const locks = actions.map(({ id }) => `${baseUrl} ${id}`);
  await withLocks(locks, async () => {
    try {
      const fresh = await unlessFound(actions, context, results);
      const ready = await withParties(fresh, context, results);
      await create(ready, context, results);
    } catch (error) {
      for (const action of actions) if (!results.has(action.id)) results.set(action.id, failedCall(action, error));
    }
  });
  return results;
}

/** What the creations of one call share. */
type Context = SinkContext & { readonly set: EntitySet };

function noSet(action: Creation): ActionResult {
  if (action.kind === 'create-case') {
    const message =
      'with product s4 no cases are opened: let the use case act through a connection with product c4c or v2';
    return refused(action, 'permanent', 'SBX_SAP_NO_CASES', message);
  }
  const message =
    'S/4HANA has no tasks over OData: let the use case act through a connection with product c4c or v2, or create activities over RFC';
  return refused(action, 'permanent', 'SBX_SAP_NO_TASKS', message);
}

/** Answers for the tasks that an earlier try has made; the others are left. */
async function unlessFound(
  actions: readonly Creation[],
  context: Context,
  results: Results,
): Promise<readonly Creation[]> {
  const { client, set, taskKeyField: field, signal } = context;
  const keys = actions.map(({ id }) => id);
  const rows = await client.byKeys(set, keys, { field }, 'write', signal);
  const byKey = new Map(rows.map((row) => [textOf(row[field]) ?? '', row]));
  return actions.filter((action) => {
    const row = byKey.get(action.id);
    if (row !== undefined) results.set(action.id, found(action, row));
    return row === undefined;
  });
}

function found(action: Creation, row: Fields): ActionResult {
  return applied(action, 'already-applied', textOf(row.ObjectID) ?? '', row, etagOf(row));
}

interface Ready {
  readonly action: Creation;
  readonly body: Fields;
}

/** Reads the records that tasks are about; refuses those about a record that is not there. */
async function withParties(
  actions: readonly Creation[],
  context: Context,
  results: Results,
): Promise<readonly Ready[]> {
  const { client, product, taskKeyField, signal } = context;
  const ready: Ready[] = [];
  for (const [entity, group] of groupByEntity(actions)) {
    const set = setOfEntity(product, entity);
    const ids = [...new Set(group.map(({ about }) => about.id))];
    const rows = set === undefined ? [] : await client.byKeys(set, ids, {}, 'write', signal);
    const byId = new Map(rows.map((row) => [textOf(set === undefined ? '' : row[set.key]) ?? '', row]));
    for (const action of group) {
      const record = byId.get(action.about.id);
      if (record === undefined && set !== undefined) {
        const message = `there is no ${entity} ${action.about.id}, or it is not for this user to see`;
        results.set(action.id, refused(action, 'permanent', 'SBX_SAP_RECORD_UNKNOWN', message));
      } else ready.push({ action, body: bodyOf(action, taskKeyField, record ?? {}) });
    }
  }
  return ready;
}

function bodyOf(action: Creation, keyField: string, record: Fields): Fields {
  const parties = partiesOf(action.about.entity, record);
  return action.kind === 'create-task' ? newTask(action, keyField, parties) : newTicket(action, keyField, parties);
}

function groupByEntity(actions: readonly Creation[]): ReadonlyMap<string, readonly Creation[]> {
  const groups = new Map<string, Creation[]>();
  for (const action of actions) {
    groups.set(action.about.entity, [...(groups.get(action.about.entity) ?? []), action]);
  }
  return groups;
}

/** One batch: each row in a change set of its own, so that one that fails leaves the others, then a look at each key. */
async function create(ready: readonly Ready[], context: Context, results: Results): Promise<void> {
  if (ready.length === 0) return;
  const { client, taskKeyField, signal } = context;
  const { service, set } = context.set;
  const creations = ready.map(({ body }): BatchPart => ({
    changes: [{ method: 'POST', path: set, body: JSON.stringify(body) }],
  }));
  const looks = ready.map(({ action }): BatchPart => {
    const select = ['ObjectID', taskKeyField, 'CreationDateTime', 'ID'].join();
    return { read: `${set}?${queryText({ filter: `${taskKeyField} eq ${quoted(action.id)}`, select })}` };
  });
  const answers = await client.batch(service, [...creations, ...looks], signal);
  for (const [index, { action }] of ready.entries()) {
    const [created] = answers[index] ?? [];
    const [look] = answers[ready.length + index] ?? [];
    results.set(action.id, await resultOf(action, created, look, context));
  }
}

async function resultOf(
  action: Creation,
  created: Answer | undefined,
  look: Answer | undefined,
  context: Context,
): Promise<ActionResult> {
  if (created === undefined) return failedCall(action, new Error('the batch has no answer for it'));
  if (created.status >= 300) return failedAnswer(action, created);
  const row = rowIn(created);
  const id = textOf(row.ObjectID);
  if (id === undefined) return failedCall(action, new Error('the answer does not tell the id of what was made'));
  const first = look === undefined ? undefined : firstOf(rowsIn(look));
  const winner = textOf(first?.ObjectID);
  if (first === undefined || winner === undefined || winner === id) {
    return applied(action, 'applied', id, row, etagOf(row) ?? created.headers.etag);
  }
  return withdraw(action, id, first, context);
}

/** The older one stays: by its time, then by its number, so that all processes agree which that is. */
function firstOf(rows: readonly Fields[]): Fields | undefined {
  const place = (row: Fields): string =>
    `${(textOf(row.CreationDateTime) ?? '').padStart(30, '0')} ${(textOf(row.ID) ?? '').padStart(35, '0')}`;
  return rows.toSorted((a, b) => place(a).localeCompare(place(b)))[0];
}

async function withdraw(action: Creation, id: string, first: Fields, context: Context): Promise<ActionResult> {
  const { client, signal } = context;
  const { service, set } = context.set;
  const path = `${set}(${quoted(id)})`;
  const [answers] = await client.batch(
    service,
    [{ changes: [{ method: 'DELETE', path, headers: { 'If-Match': '*' } }] }],
    signal,
  );
  const answer = answers?.[0];
  if (answer !== undefined && answer.status >= 300 && answer.status !== 404) return failedAnswer(action, answer);
  return found(action, first);
}

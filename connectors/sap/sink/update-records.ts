import type {
  Action,
  ActionResult,
  CloseTask,
  SetFields,
  UpdateCase,
  UpdateTask,
} from '../../../canonical-schema/action';
import { type Fields, textOf } from '../json';
import { toldByRow } from '../normalise/row';
import type { BatchPart } from '../odata/batch';
import { etagOf } from '../odata/client';
import type { Answer } from '../odata/failure';
import { type EntitySet, quoted, setOf, setOfEntity } from '../odata/services';
import type { Request } from '../odata/session';
import { applied, refused } from '../../kit/action-result';
import { failedAnswer, failedCall } from './results';
import type { SinkContext } from './sink-context';
import { completed, noteOf, taskFields } from './task-fields';
import { descriptionOf, ticketFields } from './ticket-fields';

/** An action that changes a record that there is. */
export type Update = UpdateTask | CloseTask | UpdateCase | SetFields;

export const isUpdate = (action: Action): action is Update =>
  ['update-task', 'close-task', 'update-case', 'set-fields'].includes(action.kind);

/** What a task or ticket is about at length: a text node below it. */
interface Text {
  /** Where the nodes are. */
  readonly set: string;
  /** The node as it is made; its type tells it from the other nodes. */
  readonly node: Fields;
}

type Results = Map<string, ActionResult>;

interface Write {
  readonly action: Update;
  readonly set: EntitySet;
  readonly id: string;
  readonly fields: Fields;
  readonly text?: Text;
  /** The ETag that the record must still have. */
  readonly etag?: string;
}

/**
 * Applies updates in batches, each in a change set of its own. Several updates of one record go in several batches, in order;
 * where one of them has to be tried again, those behind it wait with it.
 */
export async function updateRecords(updates: readonly Update[], context: SinkContext): Promise<Results> {
  const results: Results = new Map();
  let waiting = updates.flatMap((action) => writeOf(action, context, results));
  while (waiting.length > 0) {
    const ids = new Set<string>();
    const round = waiting.filter(({ id }) => !ids.has(id) && ids.add(id));
    const later = waiting.filter((write) => !round.includes(write));
    const current = await unlessMoved(round, context, results);
    for (const [, group] of groupBy(current, ({ set }) => set.service)) await send(group, context, results);
    const stuck = new Set(round.filter(({ action }) => isRetryable(results.get(action.id))).map(({ id }) => id));
    for (const { action, id } of later.filter((write) => stuck.has(write.id))) {
      const message = `an earlier change of ${id} has to be tried again first`;
      results.set(action.id, refused(action, 'retryable', 'SBX_SAP_BEHIND', message));
    }
    waiting = later.filter(({ id }) => !stuck.has(id));
  }
  return results;
}

function writeOf(action: Update, context: SinkContext, results: Results): readonly Write[] {
  const [what, set] = targetOf(action, context);
  if (set === undefined) {
    const message = `a ${what} cannot be written over OData with product ${context.product}`;
    results.set(action.id, refused(action, 'permanent', 'SBX_SAP_NOT_WRITABLE', message));
    return [];
  }
  if (action.kind === 'set-fields') return [{ action, set, id: action.about.id, fields: action.fields }];
  if (action.kind === 'update-case') {
    const text = { set: ticketTexts, node: descriptionOf(action.case.description) };
    return [{ action, set, id: action.caseId, fields: ticketFields(action.case), text }];
  }
  const fields = action.kind === 'close-task' ? { Status: completed } : taskFields(action.task);
  const note = action.kind === 'close-task' ? action.description : action.task.description;
  const text = note === undefined ? {} : { text: { set: taskTexts, node: noteOf(note) } };
  return [{ action, set, id: action.taskId, fields, ...text }];
}

/** What is written, in words, and where its product has it. */
function targetOf(action: Update, { product }: SinkContext): readonly [string, EntitySet | undefined] {
  switch (action.kind) {
    case 'set-fields':
      return [action.about.entity, setOfEntity(product, action.about.entity)];
    case 'update-case':
      return ['case', setOf(product, 'ServiceRequest')];
    default:
      return ['task', setOf(product, 'Task')];
  }
}

/**
 * Leaves out writes whose record has moved on from the version that they expect, unless it has the wanted values already:
 * then it was this very write, its answer lost, that moved it.
 */
async function unlessMoved(
  writes: readonly Write[],
  context: SinkContext,
  results: Results,
): Promise<readonly Write[]> {
  const { client, signal } = context;
  const current = writes.filter(({ action }) => expectedVersionOf(action) === undefined);
  const versioned = writes.filter(({ action }) => expectedVersionOf(action) !== undefined);
  for (const [, group] of groupBy(versioned, ({ set }) => set.set)) {
    const [{ set }] = group as [Write, ...Write[]];
    try {
      const rows = await client.byKeys(
        set,
        group.map(({ id }) => id),
        {},
        'write',
        signal,
      );
      const byId = new Map(rows.map((row) => [textOf(row[set.key]) ?? '', row]));
      for (const write of group) current.push(...checked(write, byId.get(write.id), results));
    } catch (error) {
      for (const { action } of group) results.set(action.id, failedCall(action, error));
    }
  }
  return current;
}

function checked(write: Write, row: Fields | undefined, results: Results): readonly Write[] {
  const { action, id, fields, set } = write;
  if (row === undefined) {
    const message = `${id} is deleted, or not for this user to see`;
    results.set(action.id, refused(action, 'gone', 'SBX_SAP_RECORD_UNKNOWN', message));
    return [];
  }
  const etag = etagOf(row);
  const expected = expectedVersionOf(action) ?? '';
  if (isVersion(expected, row, set)) return [etag === undefined ? write : { ...write, etag }];
  if (Object.entries(fields).every(([field, value]) => row[field] === value)) {
    results.set(action.id, applied(action, 'already-applied', id, row, etag));
  } else {
    const message = `${id} was changed after the expected version ${expected}`;
    results.set(action.id, refused(action, 'conflict', 'SBX_SAP_VERSION', message, row));
  }
  return [];
}

/** A version is an ETag, or the instant of the last change. */
function isVersion(expected: string, row: Fields, { nativeType }: EntitySet): boolean {
  if (/^(W\/)?"/.test(expected)) return expected === etagOf(row);
  const { time } = toldByRow({ kind: 'row', nativeType, fields: row });
  return Date.parse(time) === Date.parse(expected);
}

async function send(writes: readonly Write[], context: SinkContext, results: Results): Promise<void> {
  try {
    const known = await textsOf(writes, context);
    const parts = writes.map((write): BatchPart => ({ changes: changesOf(write, known.get(write.id)) }));
    const answers = await context.client.batch((writes[0] as Write).set.service, parts, context.signal);
    for (const [index, { action, id }] of writes.entries())
      results.set(action.id, resultOf(action, id, answers[index]));
  } catch (error) {
    for (const { action } of writes) results.set(action.id, failedCall(action, error));
  }
}

function resultOf(action: Update, id: string, answers: readonly Answer[] | undefined): ActionResult {
  const [first] = answers ?? [];
  if (first === undefined) return failedCall(action, new Error('the batch has no answer for it'));
  const failed = answers?.find(({ status }) => status >= 300);
  return failed === undefined ? applied(action, 'applied', id, { status: first.status }) : failedAnswer(action, failed);
}

const taskTexts = 'TaskTextCollection';
const ticketTexts = 'ServiceRequestDescriptionCollection';

/** By task or ticket, the text node that says what it is about. */
async function textsOf(
  writes: readonly Write[],
  { client, signal }: SinkContext,
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  for (const [, group] of groupBy(writes, ({ text }) => text?.set ?? '')) {
    const [{ set, text }] = group as [Write, ...Write[]];
    if (text === undefined) continue;
    const nodes: EntitySet = { ...set, set: text.set };
    const ids = group.map(({ id }) => id);
    const rows = await client.byKeys(nodes, ids, { field: 'ParentObjectID' }, 'write', signal);
    const own = rows.filter((row) => row.TypeCode === text.node.TypeCode);
    // The first one is told last, so that it stays in the map.
    for (const row of own.toReversed()) known.set(textOf(row.ParentObjectID) ?? '', textOf(row.ObjectID) ?? '');
  }
  return known;
}

/** @param known the text node that there is */
function changesOf({ set, id, fields, text, etag }: Write, known: string | undefined): readonly Request[] {
  const changes: Request[] = [];
  if (Object.keys(fields).length > 0 || text === undefined) {
    const headers = { 'If-Match': etag ?? '*' };
    changes.push({ method: 'PATCH', path: `${set.set}(${quoted(id)})`, headers, body: JSON.stringify(fields) });
  }
  if (text === undefined) return changes;
  const change: Request =
    known === undefined
      ? { method: 'POST', path: text.set, body: JSON.stringify({ ...text.node, ParentObjectID: id }) }
      : {
          method: 'PATCH',
          path: `${text.set}(${quoted(known)})`,
          headers: { 'If-Match': '*' },
          body: JSON.stringify({ Text: text.node.Text }),
        };
  return [...changes, change];
}

function expectedVersionOf(action: Update): string | undefined {
  return action.kind === 'set-fields' ? (action satisfies SetFields).expectedVersion : undefined;
}

function isRetryable(result: ActionResult | undefined): boolean {
  return result?.outcome === 'failed' && (result.failure === 'retryable' || result.failure === 'auth');
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

import type { ActionResult, CreateCase, CreateTask } from '../../../canonical-schema/action';
import { Retryable } from '../../contract';
import { applied, refused } from '../../kit/action-result';
import { type Fields, objectOf, textOf } from '../json';
import { ODataFailure } from '../odata/failure';
import { withLocks } from '../sink/key-locks';
import { failedCall } from '../sink/results';
import { quotedText, type V2Record } from './client';
import { newCase, newTask, partiesOf, productsOf } from './content';
import { v2Case, type V2Object, v2ObjectOf, v2Task } from './objects';
import type { V2Context } from './context';

/** An action that makes a record of its own, known by its key. */
export type Creation = CreateTask | CreateCase;

/** Queries may answer from an index: what was made a moment ago is found only then. */
const indexedAfterMs = 5_000;
/** As many of one key as there ever were, and more. */
const mostOfOneKey = 20;

/**
 * Makes a task or a case, at most once: its action's id is looked up first, under a lock in this process, and again behind it;
 * where another process has been quicker the own one is deleted.
 */
export async function make(action: Creation, context: V2Context): Promise<ActionResult> {
  const object = action.kind === 'create-task' ? v2Task : v2Case;
  return withLocks([`${context.baseUrl} ${action.id}`], async () => {
    const known = firstOf(await keyed(action, object, context));
    if (known !== undefined) return found(action, known);
    const record = await recordOf(action, context);
    if (record === undefined) {
      const message = `there is no ${action.about.entity} ${action.about.id}, or it is not for this user to see`;
      return refused(action, 'permanent', 'SBX_SAP_RECORD_UNKNOWN', message);
    }
    return create(action, object, record, context);
  });
}

/** The record that it is about; an empty one of an entity that V2 has no service for. */
async function recordOf({ about }: Creation, { client, signal }: V2Context): Promise<Fields | undefined> {
  const object = v2ObjectOf(about.entity);
  if (object === undefined) return {};
  return (await client.read(object, about.id, 'write', signal))?.fields;
}

async function create(action: Creation, object: V2Object, record: Fields, context: V2Context): Promise<ActionResult> {
  const { client, keyField, settings, signal } = context;
  const { entity } = action.about;
  const parties = partiesOf(entity, record);
  const body =
    action.kind === 'create-task'
      ? newTask(action, keyField, settings, parties)
      : newCase(action, keyField, settings, { ...parties, ...productsOf(entity, record) });
  let made: V2Record;
  try {
    made = await client.create(object, body, signal);
  } catch (error) {
    return failedCreation(action, error);
  }
  const id = textOf(made.fields.id);
  if (id === undefined) return failedCall(action, new Error('the answer does not tell the id of what was made'));
  // An index may know another's and not the own one: both count, or each of two processes would withdraw its own.
  const first = firstOf([...(await keyed(action, object, context)), made.fields]) ?? made.fields;
  if (textOf(first.id) === id) return applied(action, 'applied', id, made.fields, made.etag);
  return withdraw(action, { object, id, first }, context);
}

/** Where no answer came it may have been made: it is looked for when an index knows it. */
function failedCreation(action: Creation, error: unknown): ActionResult {
  const result = failedCall(action, error);
  const isUnknown = error instanceof Retryable && error.code === 'SBX_SAP_NO_ANSWER';
  return isUnknown && result.outcome === 'failed' ? { ...result, retryAfterMs: indexedAfterMs } : result;
}

/** What was made under the action's id, as far as queries know. */
function keyed(
  { id }: Creation,
  object: V2Object,
  { client, keyField, signal }: V2Context,
): Promise<readonly Fields[]> {
  const filter = `extensions/${keyField} eq ${quotedText(id)}`;
  return client.query(object, { filter, top: mostOfOneKey }, 'write', signal);
}

/** Of several of one key the one that was made first, so that all processes agree which one stays. */
function firstOf(rows: readonly Fields[]): Fields | undefined {
  const place = (row: Fields): string =>
    `${textOf(objectOf(row.adminData)?.createdOn) ?? ''} ${(textOf(row.displayId) ?? '').padStart(35, '0')}`;
  return rows.toSorted((a, b) => place(a).localeCompare(place(b)))[0];
}

function found(action: Creation, row: Fields): ActionResult {
  return applied(action, 'already-applied', textOf(row.id) ?? '', row);
}

interface Doubled {
  readonly object: V2Object;
  /** The own one. */
  readonly id: string;
  /** The one that stays. */
  readonly first: Fields;
}

async function withdraw(
  action: Creation,
  { object, id, first }: Doubled,
  { client, signal }: V2Context,
): Promise<ActionResult> {
  try {
    await client.remove(object, id, signal);
  } catch (error) {
    if (!(error instanceof ODataFailure) || error.status !== 404) return failedCall(action, error);
  }
  return found(action, first);
}

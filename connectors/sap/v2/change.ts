import type {
  Action,
  ActionResult,
  AddNote,
  CloseTask,
  SetFields,
  UpdateCase,
  UpdateTask,
} from '../../../canonical-schema/action';
import { applied, refused } from '../../kit/action-result';
import { type Fields, objectOf, objectsOf, textOf } from '../json';
import { instantOf } from '../normalise/values';
import { classOf, ODataFailure } from '../odata/failure';
import { withLocks } from '../sink/key-locks';
import { holdsNote, noteText } from '../sink/note-text';
import { failedCall } from '../sink/results';
import type { V2Record } from './client';
import { caseMembers, hasFields, nested, plainNote, taskMembers, taskNotes } from './content';
import { type V2Object, v2Case, v2ObjectOf, v2Task } from './objects';
import type { V2Context } from './context';

/** How often a record is read and written anew where somebody else was quicker in between. */
const mostTries = 3;

/** What a record as it is now calls for: a patch, or nothing any more. */
type Step = { readonly patch: Fields } | { readonly result: ActionResult };

/** A change of one record, bound to the version that was read. */
interface Change {
  readonly action: Action;
  readonly object: V2Object;
  readonly id: string;
  readonly stepOf: (record: V2Record) => Step;
  /** What the answer is known by; default: the record's id. */
  readonly nativeIdIn?: (record: V2Record) => string | undefined;
}

/** Changes or closes a task. */
export function changeTask(action: UpdateTask | CloseTask, context: V2Context): Promise<ActionResult> {
  const { settings } = context;
  const text = action.kind === 'close-task' ? action.description : action.task.description;
  const members = action.kind === 'close-task' ? { status: settings.closedStatus } : taskMembers(action.task, settings);
  const stepOf = (record: V2Record): Step => ({
    patch: { ...members, ...(text === undefined ? {} : taskNotes(text, record, settings)) },
  });
  return change({ action, object: v2Task, id: action.taskId, stepOf }, context);
}

/** Changes what a case says. */
export function changeCase(action: UpdateCase, context: V2Context): Promise<ActionResult> {
  const stepOf = (): Step => ({ patch: caseMembers(action.case, context.settings) });
  return change({ action, object: v2Case, id: action.caseId, stepOf }, context);
}

/** Sets fields, under paths where they are members of others: `extensions.Score`, `processor.id`. */
export function setFields(action: SetFields, context: V2Context): Promise<ActionResult> {
  const { about, fields, expectedVersion } = action;
  const object = v2ObjectOf(about.entity);
  if (object === undefined) return Promise.resolve(notWritable(action));
  const stepOf = (record: V2Record): Step => {
    if (hasFields(record.fields, fields)) {
      return { result: applied(action, 'already-applied', about.id, record.fields, record.etag) };
    }
    if (expectedVersion === undefined || isVersion(expectedVersion, record)) return { patch: nested(fields) };
    const message = `${about.id} was changed after the expected version ${expectedVersion}`;
    return { result: refused(action, 'conflict', 'SBX_SAP_VERSION', message, record.fields) };
  };
  return change({ action, object, id: about.id, stepOf }, context);
}

/** Leaves a note at a record: once, for the list of notes is written as it was read, and no other way. */
export function addNote(action: AddNote, context: V2Context): Promise<ActionResult> {
  const { about } = action;
  const { notes } = context.settings;
  const object = v2ObjectOf(about.entity);
  if (object === undefined) return Promise.resolve(notWritable(action));
  const noteIn = ({ fields }: V2Record): Fields | undefined =>
    objectsOf(fields[notes]).find(({ content }) => holdsNote(plainNote(content), action.id));
  const nativeIdIn = (record: V2Record): string | undefined => {
    const note = noteIn(record);
    return textOf(note?.noteId) ?? textOf(note?.id);
  };
  const stepOf = (record: V2Record): Step => {
    if (noteIn(record) !== undefined) {
      return { result: applied(action, 'already-applied', nativeIdIn(record) ?? about.id, record.fields, record.etag) };
    }
    return { patch: { [notes]: [...objectsOf(record.fields[notes]), { content: noteText(action) }] } };
  };
  return change({ action, object, id: about.id, stepOf, nativeIdIn }, context);
}

function notWritable(action: SetFields | AddNote): ActionResult {
  const message = `a ${action.about.entity} cannot be written over the REST API of Sales and Service Cloud V2`;
  return refused(action, 'permanent', 'SBX_SAP_NOT_WRITABLE', message);
}

/** A version is an ETag, or the instant of the last change. */
function isVersion(expected: string, { fields, etag }: V2Record): boolean {
  if (/^(W\/)?"/.test(expected)) return expected === etag;
  return instantOf(objectOf(fields.adminData)?.updatedOn) === instantOf(expected);
}

function change(wanted: Change, context: V2Context): Promise<ActionResult> {
  const { object, id } = wanted;
  return withLocks([`${context.baseUrl} ${object.path}/${id}`], () => attempts(wanted, context));
}

async function attempts(wanted: Change, context: V2Context): Promise<ActionResult> {
  const { action, object, id, stepOf } = wanted;
  let refusal: Refusal | undefined;
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const record = await context.client.read(object, id, 'write', context.signal);
    if (record === undefined) {
      return refused(action, 'gone', 'SBX_SAP_RECORD_UNKNOWN', `${id} is deleted, or not for this user to see`);
    }
    // Nobody was quicker: the refusal is about something else than the version.
    if (refusal !== undefined && refusal.etag === record.etag) return failedCall(action, refusal.error);
    const step = stepOf(record);
    if ('result' in step) return step.result;
    const written = await write(wanted, step.patch, record, context);
    if ('result' in written) return written.result;
    refusal = written;
  }
  const message = `${id} was changed by others ${mostTries} times between reading and writing it`;
  return refused(action, 'retryable', 'SBX_SAP_V2_MOVED', message);
}

/** Why a write was not taken, and the version that it was bound to. */
interface Refusal {
  readonly etag: string | undefined;
  readonly error: unknown;
}

async function write(
  { action, object, id, nativeIdIn }: Change,
  patch: Fields,
  { etag }: V2Record,
  { client, signal }: V2Context,
): Promise<{ readonly result: ActionResult } | Refusal> {
  try {
    const written = await client.patch(object, id, patch, etag ?? '*', signal);
    return { result: applied(action, 'applied', nativeIdIn?.(written) ?? id, written.fields, written.etag) };
  } catch (error) {
    return isMoved(error) ? { etag, error } : { result: failedCall(action, error) };
  }
}

/** Sources differ on whether it is told as 409 or 412. */
function isMoved(error: unknown): boolean {
  return error instanceof ODataFailure && classOf(error.status) === 'conflict';
}

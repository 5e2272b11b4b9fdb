import type { Action, ActionResult, CloseTask, CreateTask, UpdateTask } from '../../canonical-schema/action';
import { applied } from '../kit/action-result';
import { textOf } from '../kit/json';
import { GraphFailure } from './graph-failure';
import type { GraphRequest } from './graph-api';
import type { Fields } from './native';

/** Sends a request; answers the object, `{}` where there is none. Rejects as GraphApi does. */
export type Send = (request: GraphRequest) => Promise<Fields>;

/** Where tasks are made: a To Do list, or a plan. Its methods reject as `Send` does. */
export interface TaskPlace {
  /** The tasks there that the action made, the first one first. */
  madeBy(action: CreateTask): Promise<readonly Fields[]>;
  make(action: CreateTask): Promise<Fields>;
  /** Writes what cannot be written while a task is made; again does nothing. */
  complete(task: Fields, action: CreateTask): Promise<void>;
  remove(task: Fields): Promise<void>;
  pathOf(task: Fields): string;
}

/** Tasks that are there already. Its methods reject as `Send` does. */
export interface TaskWriter {
  change(action: UpdateTask | CloseTask): Promise<Fields>;
}

/**
 * Makes a task where the action has none yet. Graph takes no key that would be unique, so its tasks are looked for before and
 * after: of several that were made at once the first is kept. Each maker looks after its own was made, so one at least sees all.
 */
export async function makeOnce(action: CreateTask, place: TaskPlace): Promise<ActionResult> {
  const before = await place.madeBy(action);
  const made = before.length === 0 ? await place.make(action) : undefined;
  const [first = made ?? {}, ...later] = made === undefined ? before : await place.madeBy(action);
  for (const one of later) await removed(place.remove(one));
  await place.complete(first, action);
  const outcome = made !== undefined && made.id === first.id ? 'applied' : 'already-applied';
  return done(action, outcome, place.pathOf(first), first);
}

/** What an action led to. */
export function done(action: Action, outcome: 'applied' | 'already-applied', id: string, answer: Fields): ActionResult {
  return applied(action, outcome, id, answer, textOf(answer.changeKey) ?? textOf(answer['@odata.etag']));
}

/** The first of the tasks is the one that was made first; the digits of a second differ in number. */
export function inOrder(tasks: readonly Fields[]): readonly Fields[] {
  const order = (task: Fields): string => `${(textOf(task.createdDateTime) ?? '').padEnd(40)}${textOf(task.id) ?? ''}`;
  return tasks.toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
}

/** Another maker may have removed it. */
async function removed(removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof GraphFailure) || error.status !== 404) throw error;
  }
}

/** A longer text would be refused as a whole. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 2)} …`;
}

import type { Action, ActionResult, AddNote, CreateTask } from '../../canonical-schema/action';
import type { Sink } from '../contract';
import { coalesce } from '../kit/coalesce';
import { untilAborted } from '../kit/abort';
import { notAccepted } from '../kit/action-result';
import { insertKeyed } from './insert-keyed';
import type { Rest } from './jsforce-connection';
import { crm } from './normalise';
import { NativeTypes } from './native-types';
import { openCases } from './open-cases';
import { isUpdate, updateRecords } from './record-updates';
import { newNote, newTask, type Row } from './task-fields';

export interface SinkOptions {
  readonly rest: Rest;
  /** External id field of Task and of Case, unique. */
  readonly taskKeyField: string;
  /** The Origin of cases; undefined for the org's default. */
  readonly caseOrigin: string | undefined;
}

const isTask = (action: Action): action is CreateTask | AddNote =>
  action.kind === 'create-task' || action.kind === 'add-note';

/** Records of one collections call. */
const mostRows = 200;
/** Long enough for the actions of one moment to meet, short against the 100 ms and more of a call. */
const windowMs = 10;

/** Writes through sObject Collections of up to 200. */
export class SalesforceSink implements Sink {
  readonly #options: SinkOptions;
  readonly #types: NativeTypes;
  readonly #closing = new AbortController();
  readonly #applyOne: (action: Action) => Promise<ActionResult>;

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#types = new NativeTypes(options.rest);
    this.#applyOne = coalesce<Action, ActionResult>((batch) => this.#applyBatch(batch), {
      maxBatch: mostRows,
      windowMs,
      keyOf: ({ id }) => id,
    });
  }

  /** See Sink. Callers of the same moment share a call, so an abort ends the caller's wait and not the call. */
  async apply(actions: readonly Action[], signal: AbortSignal): Promise<readonly ActionResult[]> {
    signal.throwIfAborted();
    return untilAborted(Promise.all(actions.map((action) => this.#applyOne(action))), signal);
  }

  /** Ends what is under way; who still waits for it gets a failure. */
  close(): void {
    this.#closing.abort(new Error('the connection was closed'));
  }

  async #applyBatch(batch: readonly Action[]): Promise<readonly ActionResult[]> {
    const { rest, taskKeyField: keyField, caseOrigin: origin } = this.#options;
    const { signal } = this.#closing;
    const tasks = batch.filter(isTask).map((action) => ({ action, row: taskRow(action, keyField) }));
    const cases = batch.filter((action) => action.kind === 'create-case');
    const [created, opened, updated] = await Promise.all([
      insertKeyed(tasks, { object: 'Task', keyField }, rest, signal),
      openCases(cases, { rest, types: this.#types, keyField, origin }, signal),
      updateRecords(batch.filter(isUpdate), rest, this.#types, signal),
    ]);
    const results = new Map([...created, ...opened, ...updated]);
    return batch.map((action) => results.get(action.id) ?? notAccepted(action, crm));
  }
}

function taskRow(action: CreateTask | AddNote, keyField: string): Row {
  return action.kind === 'add-note' ? newNote(action, keyField) : newTask(action, keyField);
}

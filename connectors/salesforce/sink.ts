import type { Action, ActionResult, AddNote, CreateTask } from '../../canonical-schema/action';
import type { Connection } from 'jsforce';
import type { Sink } from '../contract';
import { coalesce } from '../kit/coalesce';
import { untilAborted } from '../kit/abort';
import { applied, notAccepted } from '../kit/action-result';
import { failedCall, failedRow, type RowAnswer } from './action-result';
import type { Rest } from './jsforce-connection';
import { crm } from './normalise';
import { NativeTypes } from './native-types';
import { isUpdate, updateRecords } from './record-updates';
import { newNote, newTask, type Row } from './task-fields';

export interface SinkOptions {
  readonly rest: Rest;
  /** External id field of Task, unique. */
  readonly taskKeyField: string;
}

/** An action that makes a Task. */
type Creation = CreateTask | AddNote;

const isCreation = (action: Action): action is Creation => action.kind === 'create-task' || action.kind === 'add-note';

/** Records of one collections call. */
const mostRows = 200;
/** Long enough for the actions of one moment to meet, short against the 100 ms and more of a call. */
const windowMs = 10;

/**
 * Writes through sObject Collections of up to 200. A task or note is inserted with its action's id in a unique field, rather than
 * upserted: Salesforce refuses a second insert, so that a late retry neither makes another task nor undoes what a person has
 * done to the first one.
 */
export class SalesforceSink implements Sink {
  readonly #rest: Rest;
  readonly #taskKeyField: string;
  readonly #types: NativeTypes;
  readonly #closing = new AbortController();
  readonly #applyOne: (action: Action) => Promise<ActionResult>;

  constructor({ rest, taskKeyField }: SinkOptions) {
    this.#rest = rest;
    this.#taskKeyField = taskKeyField;
    this.#types = new NativeTypes(rest);
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
    const creations = batch.filter(isCreation);
    const updates = batch.filter(isUpdate);
    const [created, updated] = await Promise.all([
      this.#create(creations),
      updateRecords(updates, this.#rest, this.#types, this.#closing.signal),
    ]);
    return batch.map((action) => created.get(action.id) ?? updated.get(action.id) ?? notAccepted(action, crm));
  }

  async #create(actions: readonly Creation[]): Promise<ReadonlyMap<string, ActionResult>> {
    if (actions.length === 0) return new Map();
    const records = actions.map((action) => ({ attributes: { type: 'Task' }, ...this.#rowOf(action) }));
    try {
      const answers = await this.#rest.writeCollection('POST', records, this.#closing.signal);
      const results = new Map(actions.map((action, index) => [action.id, resultOf(action, answers[index])]));
      const doubled = actions.filter((_, index) => answers[index]?.errors.some(isDouble));
      return new Map([...results, ...(await this.#find(doubled))]);
    } catch (error) {
      return new Map(actions.map((action) => [action.id, failedCall(action, error)]));
    }
  }

  #rowOf(action: Creation): Row {
    return action.kind === 'add-note' ? newNote(action, this.#taskKeyField) : newTask(action, this.#taskKeyField);
  }

  /** The tasks that an earlier try of these actions made. One that is not there (yet) keeps its refusal. */
  async #find(actions: readonly Creation[]): Promise<readonly (readonly [string, ActionResult])[]> {
    try {
      const found = await this.#tasksByKey(actions.map(({ id }) => id));
      return actions.flatMap((action) => {
        const task = found.get(action.id.toLowerCase());
        if (task === undefined) return [];
        const result = applied(action, 'already-applied', String(task.Id), task, String(task.SystemModstamp));
        return [[action.id, result] as const];
      });
    } catch (error) {
      return actions.map((action) => [action.id, failedCall(action, error)]);
    }
  }

  /** Tasks by their keys in small letters: unique fields do not tell them from capitals. */
  async #tasksByKey(keys: readonly string[]): Promise<ReadonlyMap<string, Found>> {
    const field = this.#taskKeyField;
    const found = new Map<string, Found>();
    for (const some of portions(keys.map(quoted))) {
      const soql = `SELECT Id, ${field}, SystemModstamp FROM Task WHERE ${field} IN (${some.join()})`;
      const query = async (connection: Connection): Promise<readonly Found[]> => (await connection.query(soql)).records;
      const records = await this.#rest.call(query, 'write', this.#closing.signal);
      for (const record of records) found.set(String(record[field]).toLowerCase(), record);
    }
    return found;
  }
}

type Found = Readonly<Record<string, unknown>>;

/** A query travels in the URL, which Salesforce takes up to 16 kB. */
const mostQueryText = 8_000;

/** The texts in order, as many together as a query takes. */
function portions(texts: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const length = encodeURIComponent(text).length + 3;
    if (room < length) {
      all.push([]);
      room = mostQueryText;
    }
    all.at(-1)?.push(text);
    room -= length;
  }
  return all;
}

function resultOf(action: Action, answer: RowAnswer | undefined): ActionResult {
  if (answer === undefined) return failedCall(action, new Error('the answer has no row for it'));
  return answer.success && answer.id !== undefined
    ? applied(action, 'applied', answer.id, answer)
    : failedRow(action, answer);
}

function isDouble({ statusCode }: RowAnswer['errors'][number]): boolean {
  return statusCode === 'DUPLICATE_VALUE';
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

import type {
  Action,
  ActionResult,
  AddNote,
  AddToQueue,
  CloseTask,
  CreateCase,
  CreateTask,
  SetFields,
  UpdateCase,
  UpdateTask,
} from '../../canonical-schema/action';
import { isOfCrm } from '../../canonical-schema/entity';
import type { Sink } from '../contract';
import { coalesce } from '../kit/coalesce';
import { refused } from '../kit/action-result';
import { applied, failed } from './action-result';
import { sharedEffects } from '../kit/shared-effects';
import { objectOf, ownOf, textOf } from '../kit/json';
import { caseLookups } from './case-lookups';
import { caseIdOf, changedCase, incident, newCase } from './case-row';
import { instantOf } from './normalise/dates';
import { choiceNumber } from './normalise/tables';
import { versionOf } from './normalise/told';
import type { Owners } from './owners';
import { addingTo, type Queues } from './queues';
import type { RecordTargets } from './record-targets';
import type { TableDefinition } from './table-definitions';
import { changedTask, newNote, newTask, noteIdOf, type Row, taskIdOf } from './task-row';
import type { ApiAnswer, ApiRequest, WebApi } from './web-api';
import { connectorErrorOf, failureOf, WebApiFailure } from './web-api-failure';

export interface SinkOptions {
  readonly api: WebApi;
  readonly targets: RecordTargets;
  readonly owners: Owners;
  readonly queues: Queues;
}

/** Parts of one batch: Dataverse takes 1,000, and gives all of them together two minutes. */
const mostParts = 100;
/** Long enough for the actions of one moment to meet, short against the 100 ms and more of a call. */
const windowMs = 10;

const wantsRow = { prefer: 'return=representation' };

/**
 * Writes through the Web API. A task or note is created under an id derived from its action, and only where there is none under it:
 * a late retry neither makes another one nor undoes what a person has done to the first one. Writes of one moment share a batch.
 */
export class DataverseSink implements Sink {
  readonly apply: Sink['apply'];
  readonly #options: SinkOptions;
  readonly #closing = new AbortController();
  readonly #send: (request: ApiRequest) => Promise<ApiAnswer | WebApiFailure>;

  constructor(options: SinkOptions) {
    this.#options = options;
    this.apply = sharedEffects((action) => this.#applyOne(action).catch((error: unknown) => failed(action, error)));
    let count = 0;
    this.#send = coalesce<ApiRequest, ApiAnswer | WebApiFailure>((batch) => this.#sendAll(batch), {
      maxBatch: mostParts,
      windowMs,
      keyOf: () => String(count++),
    });
  }

  /** Ends what is under way; who still waits for it gets a failure. */
  close(): void {
    this.#closing.abort(new Error('the connection was closed'));
  }

  #applyOne(action: Action): Promise<ActionResult> {
    switch (action.kind) {
      case 'create-task':
        return this.#create(action);
      case 'set-fields':
        return this.#setFields(action);
      case 'add-note':
        return this.#addNote(action);
      case 'add-to-queue':
        return this.#addToQueue(action);
      case 'create-case':
        return this.#openCase(action);
      case 'update-case':
        return this.#changeRow(action, `incidents(${action.caseId})`, action.caseId, changedCase(action));
      default:
        return this.#change(action);
    }
  }

  async #create(action: CreateTask): Promise<ActionResult> {
    const { about, task } = action;
    const body = {
      ...newTask(action),
      ...(await this.#ownerOf(task.assignTo)),
      ...(isOfCrm(about.entity) ? await this.#regarding(about) : {}),
    };
    return this.#make(action, 'tasks', taskIdOf(action), body);
  }

  async #regarding(about: CreateTask['about']): Promise<Readonly<Record<string, string>>> {
    const { table, set } = await this.#options.targets.of(about, this.#closing.signal);
    return { [`regardingobjectid_${table}_task@odata.bind`]: `/${set}(${about.id})` };
  }

  async #addNote(action: AddNote): Promise<ActionResult> {
    const { about } = action;
    const { table, set } = await this.#options.targets.of(about, this.#closing.signal);
    const body = { ...newNote(action), [`objectid_${table}@odata.bind`]: `/${set}(${about.id})` };
    return this.#make(action, 'annotations', noteIdOf(action), body);
  }

  /** A case is given to a user or team as its owner; where its team is a queue, it is put in there. */
  async #openCase(action: CreateCase): Promise<ActionResult> {
    const { queues } = this.#options;
    const { team, assignTo } = action.case;
    const signal = this.#closing.signal;
    const queue = team === undefined ? undefined : await queues.named(team, signal);
    const owner = assignTo ?? (queue === undefined ? team : undefined);
    const id = caseIdOf(action);
    const lookups = await caseLookups(action.about, this.#options, signal);
    const body = { ...newCase(action), ...lookups, ...(await this.#ownerOf(owner)) };
    const made = await this.#make(action, 'incidents', id, body);
    // One that is in a queue already was put there by an earlier try, or by a person since.
    if (queue === undefined || made.outcome === 'failed' || (await queues.itemOf(id, signal)) !== undefined)
      return made;
    const answer = await this.#send(addingTo(queue, { table: incident, idColumn: 'incidentid', id }, undefined));
    return answer instanceof WebApiFailure ? failed(action, answer) : made;
  }

  async #addToQueue(action: AddToQueue): Promise<ActionResult> {
    const { targets, queues } = this.#options;
    const signal = this.#closing.signal;
    const record = await targets.of(action.about, signal);
    const queue = await queues.of(action.queue, signal);
    const item = await queues.itemOf(action.about.id, signal);
    if (item?.queue === queue) return applied(action, 'already-applied', item.id, { headers: {}, body: item.row });
    const answer = await this.#send(addingTo(queue, { ...record, id: action.about.id }, item?.queue));
    const itemId = answer instanceof WebApiFailure ? undefined : textOf(objectOf(answer.body)?.QueueItemId);
    return this.#changeResult(action, answer, itemId ?? queue);
  }

  /** Makes a row under an id of its action's own; where there is one already, an earlier try has made it. */
  async #make(action: Action, set: string, id: string, body: object): Promise<ActionResult> {
    const answer = await this.#write(`${set}(${id})`, body, { ...wantsRow, 'if-none-match': '*' });
    if (!(answer instanceof WebApiFailure)) return applied(action, 'applied', id, answer);
    const isThere = answer.status === 412 && answer.code !== duplicateRule;
    return isThere
      ? applied(action, 'already-applied', id, { headers: {}, body: answer.answer })
      : failed(action, answer);
  }

  async #change(action: UpdateTask | CloseTask): Promise<ActionResult> {
    const owner = action.kind === 'update-task' ? await this.#ownerOf(action.task.assignTo) : {};
    const body = { ...changedTask(action), ...owner };
    return this.#changeRow(action, `tasks(${action.taskId})`, action.taskId, body);
  }

  async #changeRow(action: UpdateTask | CloseTask | UpdateCase, path: string, id: string, body: object) {
    // Without it a PATCH makes the row where there is none.
    return this.#changeResult(action, await this.#write(path, body, { ...wantsRow, 'if-match': '*' }), id);
  }

  #changeResult(action: Action, answer: ApiAnswer | WebApiFailure, id: string): ActionResult {
    return answer instanceof WebApiFailure ? failed(action, answer) : applied(action, 'applied', id, answer);
  }

  async #setFields(action: SetFields): Promise<ActionResult> {
    const { about, expectedVersion } = action;
    const definition = await this.#options.targets.of(about, this.#closing.signal);
    const row = rowOf(definition.table, action.fields);
    const body = { ...row, ...(await this.#ownerOf(row.ownerid)), ownerid: undefined };
    const path = `${definition.set}(${about.id})`;
    const version = expectedVersion === undefined ? '*' : await this.#etagOf(action, definition, expectedVersion);
    if (typeof version !== 'string') return version;
    const answer = await this.#write(path, body, { ...wantsRow, 'if-match': version });
    if (answer instanceof WebApiFailure && answer.status === 412) return this.#movedOn(action, path, row, answer);
    return this.#changeResult(action, answer, about.id);
  }

  /** The ETag to demand: of a version number itself; of an instant, the row's own where it was not changed since. */
  async #etagOf(
    action: SetFields,
    { set, idColumn }: TableDefinition,
    expected: string,
  ): Promise<string | ActionResult> {
    const number = versionOf(expected);
    if (number !== undefined) return `W/"${number}"`;
    const path = `${set}(${action.about.id})`;
    const found = await this.#row(`${path}?$select=${idColumn},modifiedon`);
    const modified = instantOf(found.modifiedon);
    if (modified !== undefined && modified === instantOf(expected)) return String(found['@odata.etag']);
    const row = rowOf('', action.fields);
    const moved = new WebApiFailure(
      412,
      'SBX_DYNAMICS365_VERSION',
      `changed at ${modified ?? 'another time'}`,
      undefined,
      found,
    );
    return this.#movedOn(action, path, row, moved);
  }

  /** Where the row has the wanted values already it was this very write, its answer lost, that moved it. */
  async #movedOn(action: SetFields, path: string, row: Row, refusal: WebApiFailure): Promise<ActionResult> {
    const found = await this.#row(path);
    const isDone = Object.entries(row).every(([column, value]) => ownOf(found, column) === value);
    if (isDone) return applied(action, 'already-applied', action.about.id, { headers: {}, body: found });
    const message = `${action.about.id} was changed after the expected ${action.expectedVersion ?? 'version'}`;
    return refused(action, 'conflict', 'SBX_DYNAMICS365_VERSION', message, refusal.answer ?? null);
  }

  async #row(path: string): Promise<Readonly<Record<string, unknown>>> {
    try {
      const { body } = await this.#options.api.send({ method: 'GET', path }, 'write', this.#closing.signal);
      return objectOf(body) ?? {};
    } catch (error) {
      if (error instanceof WebApiFailure) throw error;
      throw connectorErrorOf(error, path);
    }
  }

  async #ownerOf(id: string | number | boolean | null | undefined): Promise<Readonly<Record<string, string>>> {
    if (typeof id !== 'string') return {};
    return { 'ownerid@odata.bind': await this.#options.owners.bindingOf(id, this.#closing.signal) };
  }

  #write(path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<ApiAnswer | WebApiFailure> {
    return this.#send({ method: 'PATCH', path, headers, body });
  }

  /** One write goes by itself; several share a batch, in which each succeeds or fails for itself. */
  async #sendAll(batch: readonly ApiRequest[]): Promise<readonly (ApiAnswer | WebApiFailure)[]> {
    const { api } = this.#options;
    const [only, another] = batch;
    if (only !== undefined && another === undefined) {
      return [await api.send(only, 'write', this.#closing.signal).catch(failureOnly)];
    }
    const answers = await api.sendAll(batch, this.#closing.signal);
    return answers.map((answer) => {
      if (answer === undefined)
        return new WebApiFailure(503, 'SBX_DYNAMICS365_NO_ANSWER', 'the batch ended before it', undefined, null);
      const { status, headers, body } = answer;
      return status >= 200 && status < 300 ? answer : failureOf(status, headers['retry-after'] ?? null, body);
    });
  }
}

/** The organisation's own duplicate detection rules refused it. */
const duplicateRule = '0x80040333';

function failureOnly(error: unknown): WebApiFailure {
  if (error instanceof WebApiFailure) return error;
  throw error;
}

/** A word for a standard choice becomes its number: Dataverse takes no other. */
function rowOf(table: string, fields: SetFields['fields']): Row {
  const number = (column: string, value: Row[string]): Row[string] =>
    typeof value === 'string' ? (choiceNumber(table, column, value) ?? value) : value;
  return Object.fromEntries(Object.entries(fields).map(([column, value]) => [column, number(column, value)]));
}

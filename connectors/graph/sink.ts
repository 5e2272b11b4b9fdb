import type { Action, ActionResult, CloseTask, CreateTask, SetFields, UpdateTask } from '../../canonical-schema/action';
import { isOfCrm } from '../../canonical-schema/entity';
import { isoFromText } from '../../canonical-schema/time';
import type { Sink } from '../contract';
import { notAccepted, refused } from '../kit/action-result';
import { sharedEffects } from '../kit/shared-effects';
import { objectOf, textOf } from '../kit/json';
import { failed } from './action-result';
import type { Plan } from './config';
import type { GraphApi } from './graph-api';
import { GraphFailure } from './graph-failure';
import { type Fields, type NativeType, writeMark } from './native';
import { crm } from './normalise';
import { markOf } from './normalise/write-mark';
import { encodedPath, typeOf } from './paths';
import { selected } from './selected';
import { isPlanner, planOf, plannerWriter } from './planner-tasks';
import { TaskLists } from './task-lists';
import { done, makeOnce, type TaskPlace } from './task-place';
import { todoList, type TodoOptions, todoWriter } from './todo-tasks';

export interface SinkOptions {
  readonly api: GraphApi;
  /** The To Do list that tasks without an assignee go to. */
  readonly taskList: string | undefined;
  /** The plan that all tasks go to, in place of To Do. */
  readonly plan: Plan | undefined;
}

/**
 * Writes tasks of To Do or Planner, and members of messages and events. A message or an event carries the digest of what was
 * written, so that its event is known as the echo.
 */
export class GraphSink implements Sink {
  readonly apply: Sink['apply'];
  readonly #options: SinkOptions;
  readonly #lists: TaskLists;
  readonly #closing = new AbortController();

  constructor(options: SinkOptions) {
    this.#options = options;
    this.apply = sharedEffects((action) => this.#applyOne(action).catch((error: unknown) => failed(action, error)));
    this.#lists = new TaskLists(options.api);
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
      case 'update-task':
      case 'close-task':
        return this.#change(action);
      default:
        return Promise.resolve(notAccepted(action, crm));
    }
  }

  async #create(action: CreateTask): Promise<ActionResult> {
    const record = isOfCrm(action.about.entity) ? await this.#about(action, '$select=id') : {};
    return record === undefined ? unknownRecord(action) : makeOnce(action, await this.#placeFor(action));
  }

  async #placeFor({ about, task }: CreateTask): Promise<TaskPlace> {
    const { plan, taskList } = this.#options;
    const options = this.#taskOptions();
    if (plan !== undefined) return planOf(plan, options);
    if (task.assignTo === undefined && taskList !== undefined) return todoList(taskList, options);
    const user = task.assignTo ?? about.id.split('/')[1] ?? '';
    return todoList(await this.#lists.defaultOf(user, options.signal), options);
  }

  async #change(action: UpdateTask | CloseTask): Promise<ActionResult> {
    const { taskId } = action;
    if (!isPlanner(taskId) && typeOf(taskId) !== 'todoTask') {
      return refused(action, 'permanent', 'SBX_GRAPH_TASK', `${taskId} is no task of To Do or Planner`);
    }
    if (!isPlanner(taskId) && action.kind === 'update-task' && action.task.assignTo !== undefined) {
      return refused(
        action,
        'permanent',
        'SBX_GRAPH_ASSIGN',
        'a task of To Do stays in its list: nobody else can be given it',
      );
    }
    const options = this.#taskOptions();
    const writer = isPlanner(taskId) ? plannerWriter(options) : todoWriter(options.send);
    return done(action, 'applied', taskId, await writer.change(action));
  }

  #taskOptions(): TodoOptions {
    return { api: this.#options.api, send: (request) => this.#send(request), signal: this.#closing.signal };
  }

  async #setFields(action: SetFields): Promise<ActionResult> {
    const { about, fields, expectedVersion } = action;
    const nativeType = typeOf(about.id);
    const record = nativeType === undefined ? undefined : await this.#about(action, selected(nativeType));
    if (nativeType === undefined || record === undefined) return unknownRecord(action);
    if (expectedVersion !== undefined && !isVersion(record, expectedVersion)) {
      const isDone = Object.entries(fields).every(([name, value]) => record[name] === value);
      if (isDone) return done(action, 'already-applied', about.id, record);
      return refused(
        action,
        'conflict',
        'SBX_GRAPH_VERSION',
        `${about.id} was changed after ${expectedVersion}`,
        record,
      );
    }
    const body = { ...fields, ...marked(nativeType, { ...record, ...fields }) };
    const etag = textOf(record['@odata.etag']);
    const headers = expectedVersion === undefined || etag === undefined ? {} : { 'if-match': etag };
    const answer = await this.#send({ method: 'patch', path: encodedPath(about.id), body, headers });
    return done(action, 'applied', about.id, answer);
  }

  /** The record that an action is about; undefined where there is none. */
  async #about({ about }: Action, query: string): Promise<Fields | undefined> {
    if (typeOf(about.id) === undefined) return undefined;
    try {
      return await this.#send({ method: 'get', path: `${encodedPath(about.id)}?${query}` });
    } catch (error) {
      if (error instanceof GraphFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  async #send(request: Parameters<GraphApi['send']>[0]): Promise<Fields> {
    return objectOf(await this.#options.api.send(request, 'write', this.#closing.signal)) ?? {};
  }
}

function unknownRecord(action: Action): ActionResult {
  const message = `${action.about.id} is no message, event or To Do task that there is`;
  return refused(action, 'permanent', 'SBX_GRAPH_RECORD_UNKNOWN', message);
}

/** A version is the change key, or the time of the last change. */
function isVersion({ changeKey, lastModifiedDateTime, '@odata.etag': etag }: Fields, expected: string): boolean {
  const modified = isoFromText(textOf(lastModifiedDateTime) ?? '');
  return expected === changeKey || expected === etag || (modified !== undefined && modified === isoFromText(expected));
}

/** To Do tasks take no extended properties: they are known by their linked resource. */
function marked(nativeType: NativeType, content: Fields): object {
  if (nativeType === 'todoTask') return {};
  return { singleValueExtendedProperties: [{ id: writeMark, value: markOf(nativeType, content) }] };
}

import type {
  Action,
  ActionResult,
  CloseTask,
  CreateTask,
  SetFields,
  TaskContent,
  UpdateTask,
} from '../../canonical-schema/action';
import { isoFromText } from '../../canonical-schema/time';
import type { Sink } from '../contract';
import { untilAborted } from '../kit/abort';
import { applied, refused } from '../kit/action-result';
import { objectOf, textOf } from '../kit/json';
import { failed } from './action-result';
import type { GraphApi } from './graph-api';
import { GraphFailure } from './graph-failure';
import { applicationName, type Fields, type NativeType, writeMark } from './native';
import { markOf } from './normalise/write-mark';
import { encodedPath, typeOf } from './paths';
import { selected } from './selected';
import { TaskLists } from './task-lists';

export interface SinkOptions {
  readonly api: GraphApi;
  /** Where tasks without an assignee go. */
  readonly taskList: string | undefined;
}

/** To Do takes no longer title. */
const longestTitle = 255;

/**
 * Writes To Do tasks, and members of messages and events. A task carries its action's id as a linked resource, which is looked for
 * before one is made, and again after: of two that were made at once the later one is removed. A message or an event carries the
 * digest of what was written, so that its event is known as the echo.
 */
export class GraphSink implements Sink {
  readonly #options: SinkOptions;
  readonly #lists: TaskLists;
  readonly #closing = new AbortController();
  readonly #underWay = new Map<string, Promise<ActionResult>>();

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#lists = new TaskLists(options.api);
  }

  /** See Sink. An abort ends the caller's wait and not the call, whose effect others may wait for. */
  async apply(actions: readonly Action[], signal: AbortSignal): Promise<readonly ActionResult[]> {
    signal.throwIfAborted();
    return untilAborted(Promise.all(actions.map((action) => this.#once(action))), signal);
  }

  /** Ends what is under way; who still waits for it gets a failure. */
  close(): void {
    this.#closing.abort(new Error('the connection was closed'));
  }

  /** Calls with one action at the same time share its effect. */
  #once(action: Action): Promise<ActionResult> {
    const shared = this.#underWay.get(action.id);
    if (shared !== undefined) return shared;
    const result = this.#applyOne(action)
      .catch((error: unknown) => failed(action, error))
      .finally(() => this.#underWay.delete(action.id));
    this.#underWay.set(action.id, result);
    return result;
  }

  #applyOne(action: Action): Promise<ActionResult> {
    switch (action.kind) {
      case 'create-task':
        return this.#create(action);
      case 'set-fields':
        return this.#setFields(action);
      default:
        return this.#change(action);
    }
  }

  async #create(action: CreateTask): Promise<ActionResult> {
    const { about, task } = action;
    const { signal } = this.#closing;
    const record = await this.#about(action, '$select=id');
    if (record === undefined) return unknownRecord(action);
    const user = task.assignTo ?? (this.#options.taskList === undefined ? about.id.split('/')[1] : undefined);
    const list = user === undefined ? (this.#options.taskList ?? '') : await this.#lists.defaultOf(user, signal);
    const [before] = await this.#lists.madeBy(action.id, list, signal);
    if (before !== undefined) return done(action, 'already-applied', `${list}/${String(before.id)}`, before);
    const linkedResources = [{ applicationName, displayName: about.id.slice(0, 255), externalId: action.id }];
    const body = { ...contentOf(task), linkedResources };
    const made = await this.#send({ method: 'post', path: encodedPath(list), body });
    const [first = made, ...later] = await this.#lists.madeBy(action.id, list, signal);
    // Another process made it at the same time: each of the two sees both, and keeps the first.
    const own = later.find(({ id }) => id === made.id);
    if (own === undefined) return done(action, 'applied', `${list}/${String(made.id)}`, made);
    await this.#send({ method: 'delete', path: encodedPath(`${list}/${String(own.id)}`) });
    return done(action, 'already-applied', `${list}/${String(first.id)}`, first);
  }

  async #change(action: UpdateTask | CloseTask): Promise<ActionResult> {
    if (typeOf(action.taskId) !== 'todoTask') {
      return refused(action, 'permanent', 'SBX_GRAPH_TASK', `${action.taskId} is no To Do task`);
    }
    const body =
      action.kind === 'update-task'
        ? contentOf(action.task)
        : { status: 'completed', body: { contentType: 'text', content: action.description } };
    const answer = await this.#send({ method: 'patch', path: encodedPath(action.taskId), body });
    return done(action, 'applied', action.taskId, answer);
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

function done(action: Action, outcome: 'applied' | 'already-applied', id: string, answer: Fields): ActionResult {
  return applied(action, outcome, id, answer, textOf(answer.changeKey) ?? textOf(answer['@odata.etag']));
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

/** A task's members. To Do keeps a day to be done by, so the day of the instant is told. */
function contentOf({ subject, description, due, priority }: Partial<TaskContent>): Fields {
  return {
    ...(subject === undefined
      ? {}
      : { title: subject.length <= longestTitle ? subject : `${subject.slice(0, longestTitle - 2)} …` }),
    ...(description === undefined ? {} : { body: { contentType: 'text', content: description } }),
    ...(due === undefined ? {} : { dueDateTime: { dateTime: due.replace(/Z$/, ''), timeZone: 'UTC' } }),
    ...(priority === undefined ? {} : { importance: priority }),
  };
}

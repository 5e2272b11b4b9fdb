import type { CloseTask, CreateTask, TaskContent, UpdateTask } from '../../canonical-schema/action';
import { objectOf, ownOf } from '../kit/json';
import { followed } from './follow';
import type { GraphApi } from './graph-api';
import { applicationName, type Fields } from './native';
import { encodedPath } from './paths';
import { cut, inOrder, type Send, type TaskPlace, type TaskWriter } from './task-place';

/** Longer ones are refused. */
const longest = { title: 255, name: 255 };

/** The tasks of one To Do list. A task carries its action's id as a linked resource, by which Graph cannot be asked: the list is read through. */
export function todoList(list: string, { api, send, signal }: TodoOptions): TaskPlace {
  const pathOf = (task: Fields): string => `${list}/${String(task.id)}`;
  return {
    madeBy: async ({ id }) => {
      const found: Fields[] = [];
      const path = `${encodedPath(list)}?$expand=linkedResources&$top=100`;
      for await (const task of followed(api, `query ${list}`, path, signal)) if (hasKey(task, id)) found.push(task);
      return inOrder(found);
    },
    make: ({ id, about, task }: CreateTask) => {
      const linkedResources = [{ applicationName, displayName: cut(about.id, longest.name), externalId: id }];
      return send({ method: 'post', path: encodedPath(list), body: { ...contentOf(task), linkedResources } });
    },
    complete: () => Promise.resolve(),
    remove: async (task) => {
      await send({ method: 'delete', path: encodedPath(pathOf(task)) });
    },
    pathOf,
  };
}

export interface TodoOptions {
  readonly api: GraphApi;
  readonly send: Send;
  readonly signal: AbortSignal;
}

/** Changes To Do tasks wherever they are. */
export function todoWriter(send: Send): TaskWriter {
  return {
    change: (action: UpdateTask | CloseTask) => {
      const body =
        action.kind === 'update-task'
          ? contentOf(action.task)
          : { status: 'completed', body: { contentType: 'text', content: action.description } };
      return send({ method: 'patch', path: encodedPath(action.taskId), body });
    },
  };
}

/** A task's members. To Do keeps a day to be done by, so the day of the instant is told. */
function contentOf({ subject, description, due, priority }: Partial<TaskContent>): Fields {
  return {
    ...(subject === undefined ? {} : { title: cut(subject, longest.title) }),
    ...(description === undefined ? {} : { body: { contentType: 'text', content: description } }),
    ...(due === undefined ? {} : { dueDateTime: { dateTime: due.replace(/Z$/, ''), timeZone: 'UTC' } }),
    ...(priority === undefined ? {} : { importance: priority }),
  };
}

function hasKey(task: Fields, key: string): boolean {
  const linked = ownOf(task, 'linkedResources');
  return (Array.isArray(linked) ? linked : [])
    .map(objectOf)
    .some((one) => one?.applicationName === applicationName && one.externalId === key);
}

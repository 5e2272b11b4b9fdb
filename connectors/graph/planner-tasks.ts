import type { CloseTask, CreateTask, TaskContent, TaskPriority, UpdateTask } from '../../canonical-schema/action';
import { stableId } from '../../canonical-schema/identity';
import { objectOf, textOf } from '../kit/json';
import type { Plan } from './config';
import { followed } from './follow';
import type { Fields } from './native';
import { cut, inOrder, type TaskPlace, type TaskWriter } from './task-place';
import type { TodoOptions } from './todo-tasks';

const priorities: Readonly<Record<TaskPriority, number>> = { high: 1, normal: 5, low: 9 };
const longestTitle = 255;

/** Planner's own path of a task. */
const root = 'planner/tasks/';

/** Whether a task is Planner's, by the id that its making was answered with. */
export function isPlanner(taskId: string): boolean {
  return taskId.startsWith(root);
}

/**
 * The tasks of one plan. The title is the only text that is written with a task, so it ends with a mark of the action: whether
 * it was made must not depend on a second write. The description, which is one, follows.
 */
export function planOf(plan: Plan, options: TodoOptions): TaskPlace {
  const { api, send, signal } = options;
  const pathOf = ({ id }: Fields): string => `${root}${String(id)}`;
  return {
    madeBy: async (action) => {
      const found: Fields[] = [];
      const path = `planner/plans/${encodeURIComponent(plan.id)}/tasks`;
      for await (const task of followed(api, `query plan ${plan.id}`, path, signal)) {
        if (textOf(task.title)?.endsWith(markOf(action)) === true) found.push(task);
      }
      return inOrder(found);
    },
    make: (action: CreateTask) => {
      const { task } = action;
      const assignments = task.assignTo === undefined ? {} : { assignments: { [task.assignTo]: assignment } };
      const bucket = plan.bucketId === undefined ? {} : { bucketId: plan.bucketId };
      const body = { planId: plan.id, ...bucket, ...contentOf(task, markOf(action)), ...assignments };
      return send({ method: 'post', path: 'planner/tasks', body });
    },
    // What stands there already was written since, by us or by a person.
    complete: (task, action) => describe(pathOf(task), action.task.description, options, (known) => known === ''),
    remove: async (task) => {
      const headers = { 'if-match': textOf(task['@odata.etag']) ?? '*' };
      await send({ method: 'delete', path: pathOf(task), headers });
    },
    pathOf,
  };
}

/** Changes Planner's tasks, wherever they are. */
export function plannerWriter(options: TodoOptions): TaskWriter {
  const { send } = options;
  return {
    change: async (action: UpdateTask | CloseTask) => {
      const task = await send({ method: 'get', path: action.taskId });
      const mark = anyMark.exec(textOf(task.title) ?? '')?.[0] ?? '';
      const body =
        action.kind === 'update-task'
          ? { ...contentOf(action.task, mark), ...givenTo(action.task.assignTo, task) }
          : { percentComplete: 100 };
      const description = action.kind === 'update-task' ? action.task.description : action.description;
      if (description !== undefined) await describe(action.taskId, description, options);
      if (Object.keys(body).length === 0) return task;
      const headers = { 'if-match': textOf(task['@odata.etag']) ?? '*', prefer: 'return=representation' };
      return send({ method: 'patch', path: action.taskId, headers, body });
    },
  };
}

const assignment = { '@odata.type': '#microsoft.graph.plannerAssignment', orderHint: ' !' } as const;

/** Planner keeps who is not named: null takes an assignment away. */
function givenTo(user: string | undefined, { assignments }: Fields): Fields {
  if (user === undefined) return {};
  const others = Object.keys(objectOf(assignments) ?? {}).map((other) => [other, null] as const);
  return { assignments: { ...Object.fromEntries(others), [user]: assignment } };
}

/**
 * The description is in the task's details, which have a version of their own.
 * @param isDue whether to write over what is there
 */
async function describe(
  path: string,
  description: string,
  { send }: TodoOptions,
  isDue: (known: unknown) => boolean = (known) => known !== description,
): Promise<void> {
  const details = await send({ method: 'get', path: `${path}/details` });
  if (!isDue(details.description ?? '')) return;
  const headers = { 'if-match': textOf(details['@odata.etag']) ?? '*' };
  await send({ method: 'patch', path: `${path}/details`, headers, body: { description } });
}

/** Whether a title ends as those do that are written here. */
export function isMarked(title: unknown): boolean {
  return anyMark.test(textOf(title) ?? '');
}

const anyMark = / \[[0-9a-f]{8}\]$/;

/** ` [3f9a1c07]` */
function markOf({ tenantid, id }: CreateTask): string {
  return ` [${stableId('graph', 'planner', tenantid, id).slice(0, 8)}]`;
}

function contentOf({ subject, due, priority }: Partial<TaskContent>, mark: string): Fields {
  return {
    ...(subject === undefined ? {} : { title: `${cut(subject, longestTitle - mark.length)}${mark}` }),
    ...(due === undefined ? {} : { dueDateTime: due }),
    ...(priority === undefined ? {} : { priority: priorities[priority] }),
  };
}

import type { UpdateTask } from '../canonical-schema/action';
import type { TaskTemplate } from '../tenants/act-template';
import { base, isTask, ownerOf, titleOf, type Composing } from './composing';

/** A task's template as it is once so many of its steps have come. */
export function stepped(template: TaskTemplate, steps: number): TaskTemplate {
  const { overdue = [] } = template;
  return overdue.slice(0, steps).reduce((task, { change }) => ({ ...task, ...change }), template);
}

/** What the newest step changes about the open task; nothing where the tenant's file has no such step. */
export function overdueActions({ input, scope, snapshot, said }: Composing, steps: number): readonly UpdateTask[] {
  const { taskId, directive } = input;
  const { change = {} } = directive.templates.find(isTask)?.overdue?.[steps - 1] ?? {};
  const told = {
    subject: change.subject === undefined ? undefined : titleOf(change.subject, scope, said),
    priority: change.priority,
    assignTo: ownerOf(change.assignTo, snapshot),
  };
  const task: UpdateTask['task'] = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  if (taskId === undefined || Object.keys(task).length === 0) return [];
  const { id, ...rest } = base(input, 'update-task');
  return [{ ...rest, id: `${id}:overdue-${steps}`, kind: 'update-task', taskId, task }];
}

import type { CloseTask, CreateTask, TaskContent, TaskPriority, UpdateTask } from '../../canonical-schema/action';

/** Native fields of a record to write. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

const priorities: Readonly<Record<TaskPriority, string>> = { high: 'High', normal: 'Normal', low: 'Low' };

/** Key prefixes of the only objects that a task's WhoId may name; all others are named by WhatId. */
const isPerson = ({ entity, id }: CreateTask['about']): boolean =>
  entity === 'lead' || entity === 'contact' || /^(00Q|003)/.test(id);

/** The Task that a create-task action makes. Its Status is left to the org's default. */
export function newTask(action: CreateTask, keyField: string): Row {
  const { about, id, task } = action;
  return { ...contentOf(task), [isPerson(about) ? 'WhoId' : 'WhatId']: about.id, [keyField]: id };
}

/** The fields of a Task that an update-task or close-task action changes. */
export function changedTask(action: UpdateTask | CloseTask): Row {
  if (action.kind === 'update-task') return contentOf(action.task);
  return { Status: 'Completed', Description: action.description };
}

function contentOf({ subject, description, due, priority, assignTo }: Partial<TaskContent>): Row {
  return {
    ...(subject === undefined ? {} : { Subject: subject }),
    ...(description === undefined ? {} : { Description: description }),
    // Salesforce keeps the day of a task, not its hour.
    ...(due === undefined ? {} : { ActivityDate: due.slice(0, 10) }),
    ...(priority === undefined ? {} : { Priority: priorities[priority] }),
    ...(assignTo === undefined ? {} : { OwnerId: assignTo }),
  };
}

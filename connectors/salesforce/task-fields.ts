import type {
  AddNote,
  CloseTask,
  CreateTask,
  TaskContent,
  TaskPriority,
  UpdateTask,
} from '../../canonical-schema/action';
import { isOfCrm } from '../../canonical-schema/entity';

/** Native fields of a record to write. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

const priorities: Readonly<Record<TaskPriority, string>> = { high: 'High', normal: 'Normal', low: 'Low' };

/** Key prefixes of the only objects that a task's WhoId may name; all others are named by WhatId. */
const isPerson = ({ entity, id }: CreateTask['about']): boolean =>
  entity === 'lead' || entity === 'contact' || /^(00Q|003)/.test(id);

/** Nothing in the org is what a task about a stream's rhythm is about. */
function regarding(about: CreateTask['about']): Row {
  if (!isOfCrm(about.entity)) return {};
  return { [isPerson(about) ? 'WhoId' : 'WhatId']: about.id };
}

const completed: Row = { Status: 'Completed' };

/** The Task that a create-task action makes. Its Status is left to the org's default. */
export function newTask(action: CreateTask, keyField: string): Row {
  const { about, id, task } = action;
  return { ...contentOf(task), ...regarding(about), [keyField]: id };
}

/**
 * A note is a Task that is completed already: it stands in the record's activity history, where people look for what was said, and
 * takes the same unique key. Neither Note nor ContentNote takes a key.
 */
export function newNote({ about, id, note }: AddNote, keyField: string): Row {
  return { Subject: note.title, Description: note.text, ...completed, ...regarding(about), [keyField]: id };
}

/** The fields of a Task that an update-task or close-task action changes. */
export function changedTask(action: UpdateTask | CloseTask): Row {
  if (action.kind === 'update-task') return contentOf(action.task);
  return { ...completed, Description: action.description };
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

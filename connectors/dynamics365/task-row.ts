import type {
  Action,
  AddNote,
  CloseTask,
  CreateTask,
  TaskContent,
  TaskPriority,
  UpdateTask,
} from '../../canonical-schema/action';
import { stableId } from '../../canonical-schema/identity';

/** Columns of a row to write. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

const priorities: Readonly<Record<TaskPriority, number>> = { high: 2, normal: 1, low: 0 };

/** As long as Dataverse's own columns are. */
const longest = { subject: 200, description: 2000, title: 500, notetext: 100_000 };

/** Completed, in state and status. */
const completed: Row = { statecode: 1, statuscode: 5 };

/** The id of the task that an action makes: chosen by us, so that a second try finds the first. */
export function taskIdOf({ id, tenantid }: Pick<Action, 'id' | 'tenantid'>): string {
  return stableId('dynamics365', 'task', tenantid, id);
}

/** The id of the note that an action makes, likewise. */
export function noteIdOf({ id, tenantid }: Pick<Action, 'id' | 'tenantid'>): string {
  return stableId('dynamics365', 'note', tenantid, id);
}

/** The columns of the note (annotation) that an add-note action makes, the lookup left out. */
export function newNote({ note }: AddNote): Row {
  return { subject: cut(note.title, longest.title), notetext: cut(note.text, longest.notetext) };
}

/** The columns of the task that a create-task action makes, the lookups left out. */
export function newTask({ task }: CreateTask): Row {
  return contentOf(task);
}

/** The columns that an update-task or close-task action changes, the owner left out. */
export function changedTask(action: UpdateTask | CloseTask): Row {
  if (action.kind === 'update-task') return contentOf(action.task);
  return { ...completed, description: cut(action.description, longest.description) };
}

function contentOf({ subject, description, due, priority }: Partial<TaskContent>): Row {
  return {
    ...(subject === undefined ? {} : { subject: cut(subject, longest.subject) }),
    ...(description === undefined ? {} : { description: cut(description, longest.description) }),
    ...(due === undefined ? {} : { scheduledend: due }),
    ...(priority === undefined ? {} : { prioritycode: priorities[priority] }),
  };
}

/** A longer text would be refused as a whole. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 2)} …`;
}

import type { CaseContent, CreateCase, CreateTask, TaskContent } from '../../../canonical-schema/action';
import { type Fields, objectOf, objectsOf, textOf } from '../json';
import { valueAt } from '../normalise/paths';
import type { V2Settings } from './settings';

const isUuid = (id: string): boolean => /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i.test(id);

/** Names a record by its id, or by the number that people see. */
function reference(id: string): Fields {
  return isUuid(id) ? { id } : { displayId: id };
}

/** The members of a task that its content says; what it says at length is a note: see `taskNotes`. */
export function taskMembers({ subject, due, priority, assignTo }: Partial<TaskContent>, settings: V2Settings): Fields {
  return {
    ...(subject === undefined ? {} : { description: subject }),
    ...(due === undefined ? {} : { dueDateTime: due }),
    ...(priority === undefined ? {} : { priority: settings.taskPriorities[priority] }),
    ...(assignTo === undefined ? {} : { owner: reference(assignTo) }),
  };
}

/** The notes of a task with its text in the first one, the others as they are. */
export function taskNotes(text: string, { fields }: { readonly fields: Fields }, { notes }: V2Settings): Fields {
  const [first, ...others] = objectsOf(fields[notes]);
  return { [notes]: [{ ...first, content: text }, ...others] };
}

/** The task that an action makes. */
export function newTask({ id, task }: CreateTask, keyField: string, settings: V2Settings, about: Fields): Fields {
  const { taskCategory, notes } = settings;
  return {
    ...taskMembers(task, settings),
    status: 'OPEN',
    ...(taskCategory === undefined ? {} : { taskCategory }),
    ...about,
    [notes]: [{ content: task.description }],
    extensions: { [keyField]: id },
  };
}

/** The members of a case that its content says. */
export function caseMembers(
  { subject, description, priority }: Pick<CaseContent, 'subject' | 'description' | 'priority'>,
  settings: V2Settings,
): Fields {
  return { subject, priority: settings.casePriorities[priority], description: { content: description } };
}

/** The case that an action opens. */
export function newCase(action: CreateCase, keyField: string, settings: V2Settings, about: Fields): Fields {
  const { team, assignTo, type = settings.caseType } = action.case;
  return {
    ...caseMembers(action.case, settings),
    ...(type === undefined ? {} : { caseType: type }),
    ...(team === undefined ? {} : { serviceTeam: reference(team) }),
    ...(assignTo === undefined ? {} : { processor: reference(assignTo) }),
    ...about,
    extensions: { [keyField]: action.id },
  };
}

/** Members that name the account and the contact of a record, best first. */
const accountPaths = ['account.id', 'accountId'];
const contactPaths = ['contact.id', 'primaryContact.id', 'contactId'];

/** Whom a task or case about the record is about. */
export function partiesOf(entity: string, record: Fields): Fields {
  const idAt = (paths: readonly string[]): string | undefined =>
    paths.map((path) => textOf(valueAt(record, path))).find((id) => id !== undefined);
  const account = entity === 'account' ? textOf(record.id) : idAt(accountPaths);
  const contact = entity === 'contact' ? textOf(record.id) : idAt(contactPaths);
  return {
    ...(account === undefined ? {} : { account: { id: account } }),
    ...(contact === undefined ? {} : { contact: { id: contact } }),
  };
}

/** What a case is about besides: the machine. */
export function productsOf(entity: string, record: Fields): Fields {
  const id = entity === 'asset' ? textOf(record.id) : undefined;
  return id === undefined ? {} : { registeredProducts: [{ id }] };
}

/** Fields by path (`extensions.Score`) as members within members. */
export function nested(fields: Fields): Fields {
  const all: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(fields)) {
    const dot = path.indexOf('.');
    const name = dot < 0 ? path : path.slice(0, dot);
    const inner = { ...objectOf(all[name]), [path.slice(dot + 1)]: value };
    all[name] = dot < 0 ? value : inner;
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => {
      const inner = objectOf(value);
      return [name, inner === undefined ? value : nested(inner)];
    }),
  );
}

/** Whether a record has these values already. */
export function hasFields(record: Fields, fields: Fields): boolean {
  return Object.entries(fields).every(([path, value]) => (valueAt(record, path) ?? null) === value);
}

/** A note's text without marks: some texts of V2 are HTML. */
export function plainNote(content: unknown): string {
  return (textOf(content) ?? '').replace(/<(br|\/p|\/div)\b[^>]*>/gi, '\n').replace(/<[^>]*>/g, '');
}

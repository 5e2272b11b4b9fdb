import type { CreateTask, TaskContent, TaskPriority } from '../../../canonical-schema/action';
import { type Fields, firstText } from '../json';

/** Cloud for Customer's priorities: 1 immediate, 2 urgent, 3 normal, 7 low. */
const priorities: Readonly<Record<TaskPriority, string>> = { high: '2', normal: '3', low: '7' };

/** Life cycle status "completed". */
export const completed = '3';

/** Text type of an activity's notes. */
const noteType = '10002';

/** The fields of a task that its content says. Its description is a node of its own: see `noteOf`. */
export function taskFields({ subject, due, priority, assignTo }: Partial<TaskContent>): Fields {
  return {
    ...(subject === undefined ? {} : { Subject: subject }),
    ...(due === undefined ? {} : { DueDateTime: `/Date(${Date.parse(due)})/` }),
    ...(priority === undefined ? {} : { PriorityCode: priorities[priority] }),
    ...(assignTo === undefined ? {} : ownerFields(assignTo)),
  };
}

/** A user's or employee's display number, or UUID. */
function ownerFields(assignTo: string): Fields {
  const isUuid = /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i.test(assignTo);
  if (!isUuid) return { MainEmployeeResponsiblePartyID: assignTo, ProcessorPartyID: assignTo };
  const uuid = assignTo.replace(/-/g, '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { OwnerUUID: uuid };
}

/** A note, as it is created within a task or below one. */
export function noteOf(text: string): Fields {
  return { TypeCode: noteType, LanguageCode: 'EN', Text: text };
}

/** The task that an action creates, with its key and whom it is about. */
export function newTask({ id, task }: CreateTask, keyField: string, about: Fields): Fields {
  return { ...taskFields(task), ...about, [keyField]: id, TaskText: [noteOf(task.description)] };
}

/** Fields of a record that name the account and the contact that a task about it is about, by canonical entity. */
const parties: Readonly<Record<string, { readonly account: readonly string[]; readonly contact: readonly string[] }>> =
  {
    account: { account: ['AccountID'], contact: [] },
    contact: { account: ['AccountID'], contact: ['ContactID'] },
    lead: { account: ['AccountPartyID'], contact: ['ContactID'] },
    opportunity: { account: ['ProspectPartyID'], contact: ['PrimaryContactPartyID'] },
    case: { account: ['CustomerID'], contact: ['CustomerMainContactPartyID'] },
    task: { account: ['MainAccountPartyID'], contact: ['MainContactPartyID'] },
  };

/** Whom a task about the record is about: Cloud for Customer ties activities to business partners. */
export function partiesOf(entity: string, record: Fields): Fields {
  const { account = [], contact = [] } = (Object.hasOwn(parties, entity) ? parties[entity] : undefined) ?? {};
  const accountId = firstText(record, account);
  const contactId = firstText(record, contact);
  return {
    ...(accountId === undefined ? {} : { MainAccountPartyID: accountId }),
    ...(contactId === undefined ? {} : { MainContactPartyID: contactId }),
  };
}

import type { CaseContent, CreateCase, TaskPriority } from '../../../canonical-schema/action';
import type { Fields } from '../json';

/** Cloud for Customer's priorities of tickets: 2 urgent, 3 normal, 7 low. */
const priorities: Readonly<Record<TaskPriority, string>> = { high: '2', normal: '3', low: '7' };

/** Text type of what a ticket is about. */
const descriptionType = '10004';

/** The fields of a ticket that its content says. Its description is a node of its own: see `descriptionOf`. */
export function ticketFields({ subject, priority }: Pick<CaseContent, 'subject' | 'priority'>): Fields {
  return { Name: subject, ServicePriorityCode: priorities[priority] };
}

/** What a ticket is about, as it is created within it or below it. */
export function descriptionOf(text: string): Fields {
  return { TypeCode: descriptionType, LanguageCode: 'EN', Text: text };
}

/**
 * The ticket that an action opens.
 * @param about whom it is about, as a task has it
 */
export function newTicket(action: CreateCase, keyField: string, about: Fields): Fields {
  const { description, type, team, assignTo } = action.case;
  const { MainAccountPartyID: account, MainContactPartyID: contact } = about;
  return {
    ...ticketFields(action.case),
    ...(type === undefined ? {} : { ProcessingTypeCode: type }),
    ...(team === undefined ? {} : { ServiceAndSupportTeam: team }),
    ...(assignTo === undefined ? {} : { AssignedTo: assignTo }),
    ...(account === undefined ? {} : { CustomerID: account }),
    ...(contact === undefined ? {} : { CustomerMainContactPartyID: contact }),
    [keyField]: action.id,
    ServiceRequestDescription: [descriptionOf(description)],
  };
}

import type { Action, CaseContent, CreateCase, TaskPriority, UpdateCase } from '../../canonical-schema/action';
import { stableId } from '../../canonical-schema/identity';
import { choiceNumber } from './normalise/tables';
import { cut, type Row } from './task-row';

/** The table of cases. */
export const incident = 'incident';

const priorities: Readonly<Record<TaskPriority, number>> = { high: 1, normal: 2, low: 3 };

/** As long as Dataverse's own columns are. */
const longest = { title: 200, description: 2000 };

/** The id of the case that an action opens: chosen by us, so that a second try finds the first. */
export function caseIdOf({ id, tenantid }: Pick<Action, 'id' | 'tenantid'>): string {
  return stableId('dynamics365', 'case', tenantid, id);
}

/** The columns of the case that a create-case action opens, the lookups left out. A type is the choice's number, or its word. */
export function newCase({ case: content }: CreateCase): Row {
  const { type } = content;
  return {
    ...contentOf(content),
    ...(type === undefined ? {} : { casetypecode: choiceNumber(incident, 'casetypecode', type) ?? numberOr(type) }),
  };
}

/** The columns that an update-case action changes. */
export function changedCase({ case: content }: UpdateCase): Row {
  return contentOf(content);
}

function contentOf({ subject, description, priority }: Pick<CaseContent, 'subject' | 'description' | 'priority'>): Row {
  return {
    title: cut(subject, longest.title),
    description: cut(description, longest.description),
    prioritycode: priorities[priority],
  };
}

/** What is no number either, Dataverse refuses by name. */
function numberOr(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

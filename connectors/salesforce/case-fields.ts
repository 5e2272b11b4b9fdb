import type { CaseContent, CreateCase, TaskPriority, UpdateCase } from '../../canonical-schema/action';
import type { Found } from './soql';
import type { Row } from './task-fields';

const priorities: Readonly<Record<TaskPriority, string>> = { high: 'High', normal: 'Medium', low: 'Low' };

interface About {
  /** Fields of the record that name them. */
  readonly fields: readonly string[];
  readonly of: (record: Found) => Readonly<Record<string, unknown>>;
}

const nothing: About = { fields: [], of: () => ({}) };

/** What a case about a record is about, by the record's object. */
const abouts: Readonly<Record<string, About>> = {
  Account: { fields: [], of: ({ Id }) => ({ AccountId: Id }) },
  Contact: { fields: ['AccountId'], of: ({ Id, AccountId }) => ({ ContactId: Id, AccountId }) },
  Opportunity: { fields: ['AccountId'], of: ({ AccountId }) => ({ AccountId }) },
  Order: { fields: ['AccountId'], of: ({ AccountId }) => ({ AccountId }) },
  Asset: {
    fields: ['AccountId', 'ContactId'],
    of: ({ Id, AccountId, ContactId }) => ({ AssetId: Id, AccountId, ContactId }),
  },
  Case: {
    fields: ['AccountId', 'ContactId'],
    of: ({ Id, AccountId, ContactId }) => ({ ParentId: Id, AccountId, ContactId }),
  },
  // No field of a case leads to a lead: it has what a form on the web would have given.
  Lead: {
    fields: ['Name', 'Email', 'Phone', 'Company', 'ConvertedAccountId', 'ConvertedContactId'],
    of: (lead) => ({
      ...{ AccountId: lead.ConvertedAccountId, ContactId: lead.ConvertedContactId },
      ...{ SuppliedName: cut(lead.Name, 80), SuppliedCompany: cut(lead.Company, 80) },
      ...{ SuppliedEmail: lead.Email, SuppliedPhone: lead.Phone },
    }),
  },
};

/** The fields of a record that a case about it needs. */
export function fieldsForCase(object: string): readonly string[] {
  return ['Id', ...aboutOf(object).fields];
}

/** The Case that a create-case action opens, about a record; an own one of no object where it is about none. */
export function newCase(
  action: CreateCase,
  settings: { readonly keyField: string; readonly origin: string | undefined },
  { object, record }: { readonly object: string; readonly record: Found },
): Row {
  const { type, team, assignTo = team } = action.case;
  const { keyField, origin } = settings;
  const about = Object.entries(aboutOf(object).of(record)).filter(([, value]) => typeof value === 'string');
  return {
    ...caseContent(action.case),
    ...(Object.fromEntries(about) as Row),
    ...(origin === undefined ? {} : { Origin: origin }),
    ...(type === undefined ? {} : { Type: type }),
    ...(assignTo === undefined ? {} : { OwnerId: assignTo }),
    [keyField]: action.id,
  };
}

/** The fields of a Case that an update-case action changes. */
export function changedCase(action: UpdateCase): Row {
  return caseContent(action.case);
}

function caseContent({
  subject,
  description,
  priority,
}: Pick<CaseContent, 'subject' | 'description' | 'priority'>): Row {
  return { Subject: subject, Description: description, Priority: priorities[priority] };
}

function aboutOf(object: string): About {
  return (Object.hasOwn(abouts, object) ? abouts[object] : undefined) ?? nothing;
}

/** A longer text would be refused as a whole. */
function cut(text: unknown, length: number): unknown {
  return typeof text === 'string' ? text.slice(0, length) : text;
}

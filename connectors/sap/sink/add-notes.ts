import type { ActionResult, AddNote } from '../../../canonical-schema/action';
import { applied, refused } from '../../kit/action-result';
import { type Fields, textOf } from '../json';
import { etagOf, rowIn } from '../odata/client';
import { type EntitySet, quoted, setOfEntity } from '../odata/services';
import { addToCustomerText } from './customer-text';
import { withLocks } from './key-locks';
import { holdsNote, noteText } from './note-text';
import { failedAnswer, failedCall } from './results';
import type { SinkContext } from './sink-context';

/** Where Cloud for Customer keeps the notes of an object, by canonical entity. */
const textSets: Readonly<Record<string, string>> = {
  account: 'CorporateAccountTextCollection',
  contact: 'ContactTextCollection',
  lead: 'LeadTextCollection',
  opportunity: 'OpportunityTextCollection',
  case: 'ServiceRequestDescriptionCollection',
  task: 'TaskTextCollection',
};

/**
 * Leaves notes at records, each at most once: a note ends with its action's id, which is looked for among the record's notes before,
 * under a lock in this process.
 */
export async function addNotes(actions: readonly AddNote[], context: SinkContext): Promise<Map<string, ActionResult>> {
  const add = context.product === 's4' ? addToCustomerText : addText;
  const results = await Promise.all(
    actions.map(async (action) => {
      const lock = `${context.baseUrl} notes of ${action.about.id}`;
      try {
        return await withLocks([lock], () => add(action, context));
      } catch (error) {
        return failedCall(action, error);
      }
    }),
  );
  return new Map(results.map((result) => [result.actionId, result]));
}

/** A note of Cloud for Customer is a text node below its object. */
async function addText(action: AddNote, context: SinkContext): Promise<ActionResult> {
  const set = textSetOf(action, context);
  if (set === undefined) {
    const message = `notes of a ${action.about.entity} cannot be written over OData with product c4c`;
    return refused(action, 'permanent', 'SBX_SAP_NOT_WRITABLE', message);
  }
  const known = await firstOf(action, set, context);
  if (known !== undefined) return found(action, known);
  const body = JSON.stringify(textOfNote(action, context));
  const answer = await context.client.change(set.service, { method: 'POST', path: set.set, body }, context.signal);
  if (answer.status >= 300) return failedAnswer(action, answer);
  const row = rowIn(answer);
  const id = textOf(row.ObjectID) ?? '';
  // Another process may have been quicker.
  const first = (await firstOf(action, set, context)) ?? row;
  if (textOf(first.ObjectID) === id) return applied(action, 'applied', id, row, etagOf(row));
  return withdraw(action, { set, id, first }, context);
}

function textOfNote(action: AddNote, { note: { ticketType, language } }: SinkContext): Fields {
  const { entity, id } = action.about;
  const type = entity === 'case' ? { TypeCode: ticketType } : {};
  return { ParentObjectID: id, ...type, LanguageCode: language, Text: noteText(action) };
}

function textSetOf({ about }: AddNote, { product }: SinkContext): EntitySet | undefined {
  const parent = setOfEntity(product, about.entity);
  const set = Object.hasOwn(textSets, about.entity) ? textSets[about.entity] : undefined;
  return parent === undefined || set === undefined ? undefined : { ...parent, set };
}

/** Of several notes of one action the one that was made first, so that all processes agree which one stays. */
async function firstOf(
  { id, about }: AddNote,
  set: EntitySet,
  { client, signal }: SinkContext,
): Promise<Fields | undefined> {
  const rows = await client.byKeys(set, [about.id], { field: 'ParentObjectID' }, 'write', signal);
  const place = (row: Fields): string =>
    `${(textOf(row.CreatedOn) ?? '').padStart(30, '0')} ${textOf(row.ObjectID) ?? ''}`;
  const own = rows.filter((row) => holdsNote(textOf(row.Text) ?? '', id));
  return own.toSorted((a, b) => place(a).localeCompare(place(b)))[0];
}

function found(action: AddNote, row: Fields): ActionResult {
  return applied(action, 'already-applied', textOf(row.ObjectID) ?? '', row, etagOf(row));
}

interface Doubled {
  readonly set: EntitySet;
  /** The own note. */
  readonly id: string;
  /** The one that stays. */
  readonly first: Fields;
}

async function withdraw(
  action: AddNote,
  { set, id, first }: Doubled,
  { client, signal }: SinkContext,
): Promise<ActionResult> {
  const request = { method: 'DELETE', path: `${set.set}(${quoted(id)})`, headers: { 'If-Match': '*' } } as const;
  const answer = await client.change(set.service, request, signal);
  return answer.status < 300 || answer.status === 404 ? found(action, first) : failedAnswer(action, answer);
}

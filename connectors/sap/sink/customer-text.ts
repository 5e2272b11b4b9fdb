import type { ActionResult, AddNote } from '../../../canonical-schema/action';
import { applied, refused } from '../../kit/action-result';
import { type Fields, textOf } from '../json';
import { type EntitySet, quoted, setOfEntity } from '../odata/services';
import type { Request } from '../odata/session';
import { holdsNote, noteText } from './note-text';
import { failedAnswer } from './results';
import type { SinkContext } from './sink-context';

/**
 * A note of S/4HANA stands in one of the customer's long texts, the newest first: its business partners have no notes of their own
 * over OData. SAP has no ETag on texts, so it is looked again afterwards whether the note is still there.
 */
export async function addToCustomerText(action: AddNote, context: SinkContext): Promise<ActionResult> {
  const { about } = action;
  const partners = setOfEntity('s4', 'account');
  if (partners === undefined || about.entity !== 'account') {
    const message = `only an account has notes in S/4HANA: a ${about.entity} cannot be given one over OData`;
    return refused(action, 'permanent', 'SBX_SAP_NOT_WRITABLE', message);
  }
  const [partner] = await context.client.byKeys(partners, [about.id], {}, 'write', context.signal);
  if (partner === undefined) {
    const message = `there is no account ${about.id}, or it is not for this user to see`;
    return refused(action, 'permanent', 'SBX_SAP_RECORD_UNKNOWN', message);
  }
  const customer = textOf(partner.Customer);
  if (customer === undefined || customer === '') {
    const message = `the business partner ${about.id} is no customer, so it has no customer texts: give it a customer role (FLCU01)`;
    return refused(action, 'permanent', 'SBX_SAP_NO_CUSTOMER', message);
  }
  return addTo({ ...partners, set: 'A_CustomerText' }, customer, action, context);
}

async function addTo(
  texts: EntitySet,
  customer: string,
  action: AddNote,
  { client, note, signal }: SinkContext,
): Promise<ActionResult> {
  const key = { Customer: customer, Language: note.language, LongTextID: note.textId };
  const id = Object.entries(key)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(',');
  const filter = Object.entries(key)
    .map(([name, value]) => `${name} eq ${quoted(value)}`)
    .join(' and ');
  const textNow = async (): Promise<string | undefined> => {
    const [row] = await client.query(texts, { filter }, 'write', signal);
    return row === undefined ? undefined : (textOf(row.LongText) ?? '');
  };
  const before = await textNow();
  if (holdsNote(before ?? '', action.id)) return applied(action, 'already-applied', id, key);
  const answer = await client.change(texts.service, writing(texts, key, id, noteText(action), before), signal);
  if (answer.status >= 300) return failedAnswer(action, answer);
  if (holdsNote((await textNow()) ?? '', action.id)) return applied(action, 'applied', id, { status: answer.status });
  const message = `the text ${id} was written by somebody else at the same moment, or the service keeps no LongText`;
  return refused(action, 'retryable', 'SBX_SAP_NOTE_LOST', message);
}

/** The request that puts the note above what the text says; the text is made where there is none. */
function writing({ set }: EntitySet, key: Fields, id: string, note: string, before: string | undefined): Request {
  if (before === undefined) return { method: 'POST', path: set, body: JSON.stringify({ ...key, LongText: note }) };
  const body = JSON.stringify({ LongText: before === '' ? note : `${note}\n\n${before}` });
  return { method: 'PATCH', path: `${set}(${id})`, headers: { 'If-Match': '*' }, body };
}

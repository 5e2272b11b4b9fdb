import type { AddNote } from '../../../canonical-schema/action';

/** SAP's notes are texts without a title and without a key of ours: both stand in the text. */
export function noteText({ id, note }: AddNote): string {
  return [note.title, '', note.text, keyLine(id)].join('\n');
}

/** Whether a text is, or holds, the note of the action. */
export function holdsNote(text: string, id: string): boolean {
  return text.split(/\r?\n/).includes(keyLine(id));
}

function keyLine(id: string): string {
  return `Note ${id}`;
}

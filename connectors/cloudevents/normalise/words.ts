import { dataSchemaOf } from '../../../canonical-schema/identity';
import type { ChangeKind } from '../../../canonical-schema/event';

/** The entities that a channel tells about. */
export type Told = 'interaction' | 'transaction';
const told: readonly Told[] = ['interaction', 'transaction'];

const kinds: Readonly<Record<string, ChangeKind>> = {
  created: 'created',
  updated: 'updated',
  changed: 'updated',
  deleted: 'deleted',
  undeleted: 'undeleted',
  published: 'published',
};

/** `com.acme.Interaction.created.v2` -> `com`, `acme`, `interaction`, `created`: a version tells nothing. */
function wordsOf(type: string): readonly string[] {
  const words = type.toLowerCase().split(/[^a-z0-9]+/);
  return words.filter((word) => word !== '' && !/^v?\d+$/.test(word));
}

/** As which entity a sender presents its data: by its `dataschema`, or by a word of its `type`. */
export function presentedAs(type: string, dataschema: unknown): Told | undefined {
  const words = wordsOf(type);
  return told.find((entity) => dataschema === dataSchemaOf(entity)) ?? told.find((entity) => words.includes(entity));
}

/** What happened, by the last word of the type; an interaction or a transaction that is told without one is a new one. */
export function kindOf(type: string, isRecord: boolean): ChangeKind {
  const last = wordsOf(type).at(-1) ?? '';
  const kind = Object.hasOwn(kinds, last) ? kinds[last] : undefined;
  return kind ?? (isRecord ? 'published' : 'created');
}

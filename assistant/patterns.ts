import type { PersonalKind } from '../canonical-schema/personal';

/** What a placeholder stands for: `text` is something in the source that looks like a placeholder itself. */
export type PlaceholderKind = PersonalKind | 'text';

/**
 * Something personal that is known by its form, wherever it stands. Anybody may write the texts, so no form may take longer than
 * a text of the length times a few hundred.
 */
export interface Pattern {
  readonly kind: PlaceholderKind;
  readonly form: RegExp;
  /** Whether what has the form is meant; left out: always. */
  readonly when?: (found: string) => boolean;
}

/** Web addresses: with a scheme, with www, and bare domains, all lower case or all upper case (`today.Call` is none). */
export const links =
  /\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.|mailto:|tel:)[^\s<>"'()[\]{}]+(?<![.,;:!?])|(?<![@\p{L}\p{N}.-])(?:(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,24}|(?:[A-Z0-9][A-Z0-9-]*\.)+[A-Z]{2,24})(?![\p{L}\p{N}@])(?:[/:?#][^\s<>"'()[\]{}]*(?<![.,;:!?]))?/gu;

export const emails = /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/gu;

const aDate = String.raw`(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2}))(?![\d.-])`;

/** With a country's prefix or a leading zero, in brackets, or in groups; dates are left alone. */
export const phones = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?!${aDate})(?:(?:\+|00|0|\()[\d][\d\s().\/-]{4,24}\d|\d{3}[-.\s]\d{3,4}(?:[-.\s]?\d{3,4})?)(?![\p{L}\p{N}])`,
  'gu',
);

/** International bank account numbers, in groups or not. */
export const ibans = /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?![\p{L}\p{N}])/giu;

/** Nine digits or more: cards, tax and account numbers. A time of RFC 3339 has at most eight in a row. */
export const longNumbers = /(?<![\p{L}\p{N}])\d(?:(?:[ /-]|\.(?=\d{3}))?\d){8,}(?![\p{L}\p{N}])/gu;

/** GUIDs. */
const guids = /(?<![\p{L}\p{N}])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\p{L}\p{N}])/giu;

/** Letters and digits mixed: value added tax numbers, the CRMs' ids, keys. */
const codes = /(?<![\p{L}\p{N}])[a-z0-9]{8,}(?![\p{L}\p{N}])/giu;
const isCode = (word: string): boolean => /[a-z]/i.test(word) && word.replace(/\D/g, '').length >= 3;

/** A word with or without a capital: in a pattern where capitals count, for names have them. */
const either = (words: string): string =>
  words
    .split(' ')
    .map((word) => `[${word.charAt(0).toUpperCase()}${word.charAt(0)}]${word.slice(1)}`)
    .join('|');

const streetWords = either(
  'street st road rd avenue ave lane ln drive dr boulevard blvd court ct square sq way terrace close place pl',
);
const streetsBefore = either('calle avenida plaza rue via viale rua ulica');

const streets: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\p{L}\p{N}])\d{1,5}[a-z]?,?\s+(?:\p{Lu}[\p{L}'.-]*\s+){1,4}(?:${streetWords})\b\.?`, 'gu'),
  /(?<![\p{L}\p{N}])\p{Lu}[\p{L}.-]{0,40}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|straat|laan|gatan|vej)\s*\d+\s?[a-z]?\b/gu,
  new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${streetsBefore})\s+(?:\p{L}[\p{L}'.-]*[ ,]+){1,5}\d+\s?[a-z]?\b`, 'gu'),
];

/** Postal codes with their town, and British ones. */
const towns =
  /(?<![\p{L}\p{N}])(?:[A-Z]{1,2}-)?\d{4,5}[ ]\p{Lu}[\p{L}-]+|(?<![\p{L}\p{N}])[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}(?![\p{L}\p{N}])/gu;

const salutations = either(
  'dear hello hallo liebe lieber regards regards, sincerely sincerely, mr mrs ms miss dr prof herr herrn frau sr sra señor señora monsieur madame',
);

/** Who is addressed, signs or has a title: the only names that their form gives away. */
const named = new RegExp(
  String.raw`(?=\p{Lu})(?<=(?<!\p{L})(?:${salutations})\.?\s{1,3})\p{Lu}[\p{L}'’.-]+(?:[ ]\p{Lu}[\p{L}'’.-]+){0,3}`,
  'gu',
);

/** What looks like one of our placeholders would be taken for one when the text comes back. */
export const placeholderLike = /\[\s*\p{L}+[_ ]?\d+\s*\]/gu;

/** In no order: where two overlap, what both cover is masked as one. */
export const patterns: readonly Pattern[] = [
  { kind: 'text', form: placeholderLike },
  { kind: 'link', form: links },
  { kind: 'email', form: emails },
  { kind: 'number', form: ibans },
  { kind: 'number', form: longNumbers },
  { kind: 'phone', form: phones },
  { kind: 'id', form: guids },
  { kind: 'id', form: codes, when: isCode },
  ...streets.map((form) => ({ kind: 'address' as const, form })),
  { kind: 'address', form: towns },
  { kind: 'name', form: named },
];

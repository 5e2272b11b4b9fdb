import type { Choices } from './choices';

/** How a canonical field holds its value, or is made of a native one. */
export type Kind =
  | 'text'
  | 'id'
  /** A lookup as `{entity, id}`. */
  | 'relation'
  | 'decimal'
  /** Not negative. */
  | 'count'
  /** Minutes as seconds. */
  | 'minutes'
  | 'boolean'
  /** True for outgoing. */
  | 'direction'
  | 'date'
  | 'instant'
  | 'currency'
  | 'countryCode'
  /** A party list. */
  | 'participants';

/** A kind that needs a word more: a choice with its words, states that count as true, a lookup of one table only. */
export type Rule =
  | Kind
  | { readonly choices: Choices }
  | { readonly isOneOf: readonly number[] }
  | { readonly lookup: string }
  | { readonly role: ParticipantRole };

/** How a person took part in an activity. */
export type ParticipantRole = 'from' | 'to' | 'cc' | 'bcc' | 'organizer' | 'attendee';

import { C21, C22 } from './clauses/config';
import { C10, C11, C12, C13, C14 } from './clauses/normaliser';
import { C15, C16, C17, C18, C19, C20 } from './clauses/sink';
import { C1, C2, C3, C4, C5, C6, C7, C8, C9 } from './clauses/source';

const ofSources = { C1, C2, C3, C4, C5, C6, C7, C8, C9 };

/** The clauses of docs/spec/connector.md, by number. */
export const clauses = {
  ...ofSources,
  ...{ C10, C11, C12, C13, C14 },
  ...{ C15, C16, C17, C18, C19, C20 },
  ...{ C21, C22 },
};

export type ClauseId = keyof typeof clauses;
export const clauseIds = Object.keys(clauses) as ClauseId[];
export const sourceClauseIds = Object.keys(ofSources) as (keyof typeof ofSources)[];

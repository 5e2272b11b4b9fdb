import type { FilterRules } from './filter';
import type { ValueStyle } from './values';

/** Where the OData services of the two products differ. */
export interface Dialect {
  readonly style: ValueStyle;
  readonly filter: FilterRules;
  /** A change of a row that has an ETag needs If-Match: 428 without. */
  readonly needsIfMatch: boolean;
  /** One entity is answered as `{d:{results:{…}}}`. */
  readonly wrapsSingles: boolean;
  /** What happens to a property that the client may not set. */
  readonly readOnly: 'ignored' | 'refused';
  /** Ticket names and the like are shown as objects with a language. */
  readonly localisedTexts: boolean;
  /** Rows of a page. */
  readonly pageSize: number;
}

/** S/4HANA. */
export const s4Dialect = (pageSize: number): Dialect => ({
  style: { upperGuids: false, offsets: true },
  filter: { functions: true, anyOr: true },
  needsIfMatch: true,
  wrapsSingles: false,
  readOnly: 'ignored',
  localisedTexts: false,
  pageSize,
});

/** Cloud for Customer. */
export const c4cDialect = (pageSize: number, localisedTexts: boolean): Dialect => ({
  style: { upperGuids: true, offsets: false },
  filter: { functions: false, anyOr: false },
  needsIfMatch: false,
  wrapsSingles: true,
  readOnly: 'refused',
  localisedTexts,
  pageSize,
});

import type { Author, Store } from '../odata/store';
import type { Values } from '../odata/values';
import type { EntityType } from './entity-type';
import type { Numbers } from './stamps';

/** What a rule may look at. */
export interface RuleContext {
  readonly author: Author;
  readonly numbers: Numbers;
  readonly store: Store;
  /** The record came into being in this transaction. */
  readonly isNew: boolean;
}

/** What the system itself does to a record. */
export interface Rules {
  /** Fills a new record in. @throws ODataError where something needed is missing */
  readonly create: (type: EntityType, values: Values, context: RuleContext) => void;
  /** Keeps a changed record consistent. */
  readonly change: (type: EntityType, values: Values, context: RuleContext) => void;
  /** The `__metadata.etag` of a record in this state; empty for none. */
  readonly etag: (type: EntityType, values: Values, context: RuleContext) => string;
  /** The record that counts as changed when this one is: entity set and key values. */
  readonly root: (
    type: EntityType,
    values: Values,
    store: Store,
  ) => { readonly set: string; readonly key: string } | undefined;
}

/** What a column holds: the AttributeType names of the metadata, with DateOnly and MultiSelectPicklist told apart. */
export type AttributeType =
  | 'String'
  | 'Memo'
  | 'EntityName'
  | 'Integer'
  | 'BigInt'
  | 'Double'
  | 'Decimal'
  | 'Money'
  | 'Boolean'
  | 'DateTime'
  | 'DateOnly'
  | 'Picklist'
  | 'MultiSelectPicklist'
  | 'State'
  | 'Status'
  | 'Lookup'
  | 'Customer'
  | 'Owner'
  | 'Uniqueidentifier';

/** A choice with its label. */
export interface Choice {
  readonly value: number;
  readonly label: string;
}

/** A table a lookup may point to, and the navigation properties of both directions. Names are case-sensitive. */
export interface LookupTarget {
  readonly table: string;
  readonly navigation: string;
  /** Collection-valued property of the target that leads back; none where absent. */
  readonly collection?: string;
}

/** A column. */
export interface AttributeDefinition {
  /** Logical name. */
  readonly name: string;
  readonly type: AttributeType;
  /** Display name; the logical name where absent. */
  readonly label?: string;
  /** Characters of String and Memo; 100 and 2,000 where absent. */
  readonly maxLength?: number;
  /** SystemRequired: refused where it is missing. (The service does not enforce ApplicationRequired on its APIs.) */
  readonly required?: boolean;
  /** Set by the platform only; ignored in bodies, as the service ignores what is not valid for the operation. */
  readonly readOnly?: boolean;
  /** Never shown by the Web API. */
  readonly secret?: boolean;
  /** Value of a new row that names none. */
  readonly default?: string | number | boolean;
  /** Choices of Picklist, MultiSelectPicklist and Boolean (0 and 1). */
  readonly options?: readonly Choice[];
  /** Bounds of numbers. */
  readonly min?: number;
  readonly max?: number;
  /** Where a lookup may point; several make it polymorphic. */
  readonly targets?: readonly LookupTarget[];
}

/** A state of a table with the statuses valid in it; the first is the state's default. */
export interface StateDefinition extends Choice {
  readonly statuses: readonly Choice[];
}

/** A table. */
export interface TableDefinition {
  /** Logical name. */
  readonly name: string;
  /** Entity set name: `opportunities`. */
  readonly set: string;
  /** Primary id column; `<name>id` where absent. */
  readonly id?: string;
  /** Primary name column. */
  readonly primaryName: string;
  readonly label?: string;
  readonly typeCode?: number;
  /** Rows of activities have a type code column and are owned through `ownerid_<name>` as well. */
  readonly isActivity?: boolean;
  /** Whether rows have an owner; true where absent. */
  readonly isOwned?: boolean;
  /** Rows of the platform itself: no webhooks, no change tracking. */
  readonly isSystem?: boolean;
  /** States; Active (0) and Inactive (1) where absent, none where empty. The first is a new row's. */
  readonly states?: readonly StateDefinition[];
  readonly attributes: readonly AttributeDefinition[];
  /** Alternate keys: lists of columns by key name. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
}

/** A many-to-many relationship; its name is the navigation property on both sides. */
export interface RelationshipDefinition {
  readonly name: string;
  readonly tables: readonly [string, string];
}

/** Reference to a row. */
export interface Reference {
  readonly table: string;
  readonly id: string;
}

/** A stored value. Date and time: epoch milliseconds, whole seconds; DateOnly: `2026-11-25`; money and decimals: numbers. */
export type Value = string | number | boolean | Reference | readonly number[] | null;

/** A row's values by logical name. */
export type Values = Record<string, Value>;

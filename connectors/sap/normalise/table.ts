import type { EntityName } from '../../../canonical-schema/entity';
import type { Kind } from './values';

/**
 * One canonical field: its name (`billingAddress.city` for a part), how it holds its value, and the native fields that tell it,
 * best first; `adminData.updatedOn` is a field within a field. Of several rules for a field, the first that finds a value counts.
 */
export type Rule = readonly [target: string, kind: Kind, ...sources: string[]];

/** How a SAP object becomes a canonical record. Native fields that no rule names stay native. */
export interface Table {
  /** The name that the object has with us, in all of SAP's products. */
  readonly nativeType: string;
  readonly entity: EntityName;
  /** Other names, in small letters: of business objects, services, collections, events. */
  readonly aliases?: readonly string[];
  /** Fields that hold the record's key, best first. */
  readonly keys: readonly string[];
  /** Fields that are the key together: document numbers that begin anew each year. */
  readonly parts?: readonly string[];
  readonly rules: readonly Rule[];
  /** Canonical fields that follow from the object alone. */
  readonly constants?: Readonly<Record<string, unknown>>;
}

/** Keys of Cloud for Customer (OData) and of Sales and Service Cloud V2. */
export const cloudKeys = ['ObjectID', 'id', 'root-entity-id'];

/** When, and by whom, as all products have it. */
export const audit: readonly Rule[] = [
  ['createdAt', 'instant', 'adminData.createdOn', 'CreationDateTime', 'CreatedOn', 'CreationDate'],
  [
    'modifiedAt',
    'instant',
    'adminData.updatedOn',
    'EntityLastChangedOn',
    'LastChangeDateTime',
    'ChangedOn',
    'LastChangeDate',
    'ETag',
  ],
  ['ownerId', 'uuid', 'ownerId', 'owner.id', 'OwnerUUID', 'Owner'],
  ['ownerId', 'id', 'OwnerPartyID', 'MainEmployeeResponsiblePartyID'],
];

/** The canonical entities. `record` is everything that a tenant has not mapped. */
export const entityNames = [
  'lead',
  'contact',
  'account',
  'opportunity',
  'case',
  'task',
  'interaction',
  'transaction',
  'order',
  'asset',
  'record',
] as const;
export type EntityName = (typeof entityNames)[number];

/**
 * A canonical record: its fields are those of the entity's schema in `schemas/entities/`, everything a tenant mapped beyond them is
 * in `attributes`. Unknown is absent, never "" or 0.
 */
export interface CanonicalRecord {
  /** The CRM's id. */
  readonly id: string;
  /** The CRM's own name of the type, e.g. `Vendor_Profile__c`. */
  readonly nativeType: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

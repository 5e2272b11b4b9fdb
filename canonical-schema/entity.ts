/** The canonical entities. `record` is everything that a tenant has not mapped; `rhythm` is Signalbox's own, and in no CRM. */
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
  'rhythm',
] as const;
export type EntityName = (typeof entityNames)[number];

/** Whether a CRM has such records. A `rhythm` tells how many events a stream had in an hour: nothing in a CRM stands for it. */
export function isOfCrm(entity: string): boolean {
  return entity !== ('rhythm' satisfies EntityName);
}

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

import type { EntityName } from '../../../canonical-schema/entity';
import { tableOf } from '../normalise/tables';

/** Where an object's records are. */
export interface V2Object {
  readonly nativeType: string;
  /** Below the base path: `case-service/cases`. */
  readonly path: string;
}

/** The services of Sales and Service Cloud V2 that are spoken with. */
export const v2Objects: readonly V2Object[] = [
  { nativeType: 'Account', path: 'account-service/accounts' },
  { nativeType: 'Contact', path: 'contact-person-service/contactPersons' },
  { nativeType: 'Lead', path: 'lead-service/leads' },
  { nativeType: 'Opportunity', path: 'opportunity-service/opportunities' },
  { nativeType: 'ServiceRequest', path: 'case-service/cases' },
  { nativeType: 'Task', path: 'task-service/tasks' },
  { nativeType: 'RegisteredProduct', path: 'registered-product-service/registeredProducts' },
];

/** An object by any of its names; undefined where its service is not known. */
export function v2Object(name: string): V2Object | undefined {
  const { nativeType } = tableOf(name);
  return v2Objects.find((object) => object.nativeType === nativeType);
}

/** The object of a canonical entity; undefined where there is none. */
export function v2ObjectOf(entity: string): V2Object | undefined {
  return v2Objects.find(({ nativeType }) => tableOf(nativeType).entity === (entity as EntityName));
}

/** Those that this connector itself makes. */
export const v2Task = named('Task');
export const v2Case = named('ServiceRequest');

function named(name: string): V2Object {
  const object = v2Object(name);
  if (object === undefined) throw new Error(`no service for ${name}`);
  return object;
}

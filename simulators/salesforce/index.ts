/** A Salesforce org on loopback: OAuth, REST and the Pub/Sub API over one set of records. See the README beside. */
export { startSalesforce, type Credentials, type RunningSalesforce } from './start';
export type { AppOptions, SalesforceOptions } from './options';
export type { FieldDefinition, FieldType, ObjectDefinition, PlatformEventDefinition } from './org/definitions';
export type { ArmedFault, FaultRequest, ImmediateFault } from './faults';
export type { Admin, Conversion, ShownEvent } from './admin';
export type { WriteEntry } from './rest/call';

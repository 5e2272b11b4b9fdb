/** A Salesforce org on loopback: OAuth, REST and the Pub/Sub API over one set of records. See the README beside. */
export { startSalesforce, type RunningSalesforce } from './start';
export type { SalesforceOptions } from './options';
export type { FaultRequest } from './faults';

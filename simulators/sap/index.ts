/** S/4HANA, Cloud for Customer, Sales and Service Cloud V2 and Event Mesh on loopback over one set of records. See the README beside. */
export { startSap, type RunningSap } from './start';
export type { SapOptions } from './options';
export type { FaultRequest } from './faults';
export type { IdocRequest, SubscribeRequest } from './admin';
export type { WebhookAuth } from './mesh/webhook';

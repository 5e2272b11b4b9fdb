/** A Dataverse organisation on loopback: Entra ID tokens, the Web API and webhooks over one set of rows. See the README beside. */
export { startDynamics365 } from './start';
export type * from './api';
export type { Dynamics365Options } from './options';
export type { FaultRequest } from './faults';

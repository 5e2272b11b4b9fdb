/** A directory of Microsoft 365 on loopback: mailboxes, To Do and change notifications of Microsoft Graph. See the README beside. */
export { startGraph, type RunningGraph } from './start';
export type { GraphAdmin } from './admin';
export type { GraphOptions } from './options';
export type { FaultRequest } from './faults';

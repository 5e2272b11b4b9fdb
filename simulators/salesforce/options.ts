import type { ManagedOptions } from './bus/managed-subscriptions';
import type { FieldDefinition, ObjectDefinition, PlatformEventDefinition } from './org/definitions';

/** A connected app to register; what is left out is made at start. */
export interface AppOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** User it runs as; made if there is none of that name. */
  readonly username?: string;
  /** Public key (SPKI or certificate, PEM) that verifies its assertions; without one a key pair is made. */
  readonly publicKeyPem?: string;
}

/** How to start the simulator. Everything has a default; durations are milliseconds. */
export interface SalesforceOptions {
  /** HTTP port; 0 takes any free one. Loopback only. */
  readonly port?: number;
  /** gRPC port; 0 takes any free one. Loopback only. */
  readonly grpcPort?: number;
  /** Fields added to standard objects, by object name. Task and Case always get `Signalbox_Key__c`. */
  readonly fields?: Readonly<Record<string, readonly FieldDefinition[]>>;
  /** Custom objects. */
  readonly objects?: readonly ObjectDefinition[];
  readonly platformEvents?: readonly PlatformEventDefinition[];
  /** Subscriptions whose places the server keeps. */
  readonly managedSubscriptions?: readonly ManagedOptions[];
  /** Connected apps by a name of the caller's choice; one called `integration` and one called `sales` where absent. */
  readonly apps?: Readonly<Record<string, AppOptions>>;
  /** Life of an access token; 2 hours, as orgs are set up at first. */
  readonly tokenLifeMs?: number;
  /** Longest silence of a stream that is owed events; 270 s. */
  readonly keepaliveMs?: number;
  /** Life of a stream without credit; 60 s. */
  readonly idleMs?: number;
  /** Longest silence of a Streaming API poll; 110 s. */
  readonly pollMs?: number;
  /** How soon a Streaming API client must poll again; 40 s. */
  readonly sessionMs?: number;
  /** Life of a PublishStream without a request; 70 s. */
  readonly publishIdleMs?: number;
  /** Wait before an outbound message that was not acknowledged is sent again, doubled each time; 1 s. */
  readonly outboundRetryMs?: number;
  /** One event for the same change to several records of one request; off. */
  readonly mergeChanges?: boolean;
  /** Daily API requests that `limits` and `Sforce-Limit-Info` speak of; 100,000. Going over it is refused. */
  readonly dailyRequests?: number;
  /** Daily event deliveries that `limits` speaks of; 50,000. Going over it has no effect. */
  readonly dailyEvents?: number;
  /**
   * Error code for a replay id out of retention: `corrupted` as the error table of the service has it (default), or
   * `validation.failed`, which clients also look for.
   */
  readonly expiredReplayIdError?: 'corrupted' | 'validation.failed';
}

/** The field that makes a record unique to its writer; always on Task and Case. */
export const writerKey: FieldDefinition = {
  name: 'Signalbox_Key__c',
  type: 'string',
  length: 255,
  unique: true,
  externalId: true,
};

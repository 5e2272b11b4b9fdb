import type { Mapping } from '../contract';
import schema from './config.schema.json';
import type { JsonSchema } from '../contract';

/** How Signalbox proves who it is. Both grants give a token without a person and without a refresh token. */
export type Auth =
  | {
      readonly kind: 'jwt-bearer';
      /** Consumer key of the connected app. */
      readonly clientId: string;
      readonly username: string;
      /** PEM, PKCS#8 or PKCS#1; its certificate lies in the connected app. */
      readonly privateKey: string;
    }
  | { readonly kind: 'client-credentials'; readonly clientId: string; readonly clientSecret: string };

/** The API that events come over. */
type Transport = 'pubsub' | 'cometd';

/** How Salesforce's outbound messages prove themselves. */
export interface OutboundMessages {
  /** What the address that they are sent to ends with. */
  readonly key: string;
}

/** A connection to one Salesforce org, valid against `configSchema`, secrets resolved. */
export interface SalesforceConfig {
  /** The org's My Domain, e.g. `https://acme.my.salesforce.com`. */
  readonly baseUrl: string;
  readonly loginUrl?: string;
  readonly transport?: Transport;
  readonly managedSubscription?: string;
  readonly pubsubEndpoint?: string;
  readonly pubsubCa?: string;
  readonly auth: Auth;
  readonly apiVersion?: string;
  readonly subscribe?: readonly string[];
  readonly start?: 'earliest' | 'latest' | 'snapshot';
  readonly onGap?: 'halt' | 'backfill';
  readonly maxInFlight?: number;
  readonly requestsPerSecond?: number;
  readonly silenceSeconds?: number;
  readonly bulkAbove?: number;
  readonly taskKeyField?: string;
  readonly caseOrigin?: string;
  readonly outboundMessages?: OutboundMessages;
  readonly mapping?: Mapping;
}

/** JSON Schema of a connection, for validation, editors and documentation. */
export const configSchema: JsonSchema = schema;

/** The configuration with what it left open filled in. */
export interface Settings {
  readonly baseUrl: string;
  readonly loginUrl: string;
  readonly transport: Transport;
  /** Id or developer name. */
  readonly managedSubscription: string | undefined;
  readonly pubsubEndpoint: string;
  readonly pubsubCa: string | undefined;
  readonly auth: Auth;
  readonly apiVersion: string;
  readonly streams: readonly string[];
  readonly requestsPerSecond: number;
  /** Ms without an answer, while events are owed, after which a stream counts as dead. */
  readonly silenceMs: number;
  /** Records of one object to read back above which a job of the Bulk API does it. */
  readonly bulkAbove: number;
  readonly taskKeyField: string;
  /** The Origin of cases that are opened; undefined for the org's default. */
  readonly caseOrigin: string | undefined;
  readonly outboundMessages: OutboundMessages | undefined;
}

/** Fills in the defaults that `configSchema` names. */
export function settingsOf(config: SalesforceConfig): Settings {
  const baseUrl = config.baseUrl.replace(/\/+$/, '');
  return {
    baseUrl,
    loginUrl: (config.loginUrl ?? defaultLoginUrl(config.auth, baseUrl)).replace(/\/+$/, ''),
    transport: config.transport ?? 'pubsub',
    managedSubscription: config.managedSubscription,
    pubsubEndpoint: config.pubsubEndpoint ?? 'api.pubsub.salesforce.com:7443',
    pubsubCa: config.pubsubCa,
    auth: config.auth,
    apiVersion: config.apiVersion ?? '62.0',
    streams: config.subscribe ?? [],
    requestsPerSecond: config.requestsPerSecond ?? 20,
    silenceMs: (config.silenceSeconds ?? 300) * 1000,
    bulkAbove: config.bulkAbove ?? 10_000,
    taskKeyField: config.taskKeyField ?? 'Signalbox_Key__c',
    caseOrigin: config.caseOrigin,
    outboundMessages: config.outboundMessages,
  };
}

/** Client credentials are taken on the My Domain only; a sandbox's assertions are for test.salesforce.com. */
function defaultLoginUrl(auth: Auth, baseUrl: string): string {
  if (auth.kind === 'client-credentials') return baseUrl;
  const isSandbox = /\.sandbox\.my\.salesforce\.com$/.test(new URL(baseUrl).hostname);
  return isSandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}

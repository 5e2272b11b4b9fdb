import type { JsonSchema, Mapping } from '../contract';
import { type EntraAuth, tokenUrlOf } from '../kit/entra';
import schema from './config.schema.json';

/** What Dataverse proves itself with, one of its three ways, and where it posts to. */
export type Webhook = { readonly url?: string } & (
  | { readonly kind: 'webhook-key'; readonly key: string }
  | { readonly kind: 'http-header' | 'query-string'; readonly name: string; readonly value: string }
);

/** A queue of Azure Service Bus, or a subscription of a topic, and what is shown to listen to it. */
export type ServiceBus = { readonly url: string } & (
  { readonly queue: string } | { readonly topic: string; readonly subscription: string }
) &
  BusAccess;

export type BusAccess =
  /** A shared access policy: its key, or tokens made of it. */
  | { readonly claims?: 'sas'; readonly keyName: string; readonly key: string }
  /** Tokens of the connection's own app registration. */
  | { readonly claims: 'entra' };

/** A connection to one Dataverse environment, valid against `configSchema`, secrets resolved. */
export interface Dynamics365Config {
  /** `https://acme.crm4.dynamics.com` */
  readonly baseUrl: string;
  readonly auth: EntraAuth;
  readonly apiVersion?: string;
  readonly webhook?: Webhook;
  readonly serviceBus?: ServiceBus;
  readonly subscribe?: readonly string[];
  readonly start?: 'earliest' | 'latest';
  readonly onGap?: 'halt' | 'backfill';
  /** An ISO 8601 duration of days, hours and minutes, or `off`. */
  readonly reconcile?: string;
  readonly maxInFlight?: number;
  readonly requestsPerSecond?: number;
  readonly mapping?: Mapping;
}

/** JSON Schema of a connection, for validation, editors and documentation. */
export const configSchema: JsonSchema = schema;

/** Lost posts are found within this, unless the configuration says otherwise. */
const usualReconcile = 'PT15M';

/** How often changes are looked for that no post told; undefined for never. Without a webhook nothing is expected to be told. */
export function reconciles({ reconcile, webhook }: Dynamics365Config): string | undefined {
  const every = reconcile ?? (webhook === undefined ? 'off' : usualReconcile);
  return every === 'off' ? undefined : every;
}

/** The configuration with what it left open filled in. */
export interface Settings {
  readonly baseUrl: string;
  /** Root of the Web API, with a slash at its end. */
  readonly apiRoot: string;
  readonly auth: EntraAuth;
  /** Entra ID's token endpoint of the directory. */
  readonly loginUrl: string;
  readonly webhook: Webhook | undefined;
  readonly serviceBus: ServiceBus | undefined;
  readonly streams: readonly string[];
  /** Whether changes are looked for that no post told. */
  readonly reconciles: boolean;
  readonly requestsPerSecond: number;
  readonly mapping: Mapping;
}

/** Fills in the defaults that `configSchema` names. */
export function settingsOf(config: Dynamics365Config): Settings {
  const baseUrl = config.baseUrl.replace(/\/+$/, '');
  return {
    baseUrl,
    apiRoot: `${baseUrl}/api/data/v${config.apiVersion ?? '9.2'}/`,
    auth: config.auth,
    loginUrl: tokenUrlOf(config.auth),
    webhook: config.webhook,
    serviceBus: config.serviceBus,
    streams: config.subscribe ?? [],
    reconciles: reconciles(config) !== undefined,
    requestsPerSecond: config.requestsPerSecond ?? 15,
    mapping: config.mapping ?? {},
  };
}

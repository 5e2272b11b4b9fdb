import type { JsonSchema, Mapping } from '../contract';
import { directoryUrlOf, type EntraAuth, tokenUrlOf } from '../kit/entra';
import schema from './config.schema.json';
import { planIn } from './paths';

/** A certificate that Graph encrypts resources for. */
export interface Certificate {
  /** What Graph calls it by in every notification. */
  readonly id: string;
  /** PEM, or base64 of DER. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

/** How Graph reaches this connection and proves itself. */
export interface Notifications {
  readonly url: string;
  readonly clientState: string;
  /** The first one is told to Graph; the others open what was encrypted before. */
  readonly certificates?: readonly Certificate[];
}

/** A plan of Planner. */
export interface Plan {
  readonly id: string;
  readonly bucketId?: string;
}

/** A connection to one directory of Microsoft 365, valid against `configSchema`, secrets resolved. */
export interface GraphConfig {
  readonly baseUrl?: string;
  readonly auth: EntraAuth;
  readonly notifications?: Notifications;
  /** `users/<id>/todo/lists/<id>/tasks` */
  readonly taskList?: string;
  readonly plan?: Plan;
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

/** What no notification told is found within this, unless the configuration says otherwise. */
const usualReconcile = 'PT15M';

/** How often changes are looked for that nothing told; undefined for never. Of a plan nothing else tells. */
export function reconciles({ reconcile, notifications, subscribe = [] }: GraphConfig): string | undefined {
  const isDue = notifications !== undefined || subscribe.some((stream) => planIn(stream) !== undefined);
  const every = reconcile ?? (isDue ? usualReconcile : 'off');
  return every === 'off' ? undefined : every;
}

/** The configuration with what it left open filled in. */
export interface Settings {
  readonly baseUrl: string;
  readonly auth: EntraAuth;
  readonly tokenUrl: string;
  /** Where Entra ID publishes the keys that tokens in notifications are signed with. */
  readonly keysUrl: string;
  /** What may stand as issuer in such tokens. */
  readonly issuers: readonly string[];
  readonly notifications: Notifications | undefined;
  readonly taskList: string | undefined;
  readonly plan: Plan | undefined;
  readonly streams: readonly string[];
  /** Those of them that Graph tells by notifications: all but plans. */
  readonly told: readonly string[];
  readonly requestsPerSecond: number;
}

/** Fills in the defaults that `configSchema` names. */
export function settingsOf(config: GraphConfig): Settings {
  const { properties } = schema;
  const directory = directoryUrlOf(config.auth);
  return {
    baseUrl: (config.baseUrl ?? properties.baseUrl.default).replace(/\/+$/, ''),
    auth: config.auth,
    tokenUrl: tokenUrlOf(config.auth),
    keysUrl: `${directory}/discovery/v2.0/keys`,
    issuers: [`https://sts.windows.net/${config.auth.directoryId}/`, `${directory}/v2.0`],
    notifications: config.notifications,
    taskList: config.taskList,
    plan: config.plan,
    streams: config.subscribe ?? [],
    told: (config.subscribe ?? []).filter((stream) => planIn(stream) === undefined),
    requestsPerSecond: config.requestsPerSecond ?? properties.requestsPerSecond.default,
  };
}

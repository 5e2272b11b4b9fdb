import type { JsonSchema, Mapping } from '../contract';
import schema from './config.schema.json';

/** One shared key of a sender. */
export interface HmacKey {
  readonly id: string;
  readonly secret: string;
}

/** Senders sign their requests. */
export interface HmacAuth {
  readonly kind: 'hmac';
  readonly keys: readonly HmacKey[];
  /** How far the signature's time may be from now. */
  readonly replaySeconds?: number;
}

/** Senders bring a JWT of an issuer. */
export interface BearerAuth {
  readonly kind: 'bearer';
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl?: string;
  /** PEM, SPKI. */
  readonly publicKey?: string;
  readonly scope?: string;
}

/** A connection that channels post CloudEvents to, valid against `configSchema`, secrets resolved. */
export interface CloudEventsConfig {
  readonly channel: string;
  readonly auth: HmacAuth | BearerAuth;
  readonly allowedOrigins?: readonly string[];
  /** Of a request's body. */
  readonly maxBytes?: number;
  /** Of a batch. */
  readonly maxEvents?: number;
  readonly requestsPerSecond?: number;
  readonly mapping?: Mapping;
}

/** JSON Schema of a connection, for validation, editors and documentation. */
export const configSchema: JsonSchema = schema;

/** The configuration with what it left open filled in. */
export type Settings = Required<Omit<CloudEventsConfig, 'mapping'>>;

/** Defaults as the schema states them. */
export function settingsOf(config: CloudEventsConfig): Settings {
  const { properties } = schema;
  return {
    channel: config.channel,
    auth: config.auth,
    allowedOrigins: config.allowedOrigins ?? properties.allowedOrigins.default,
    maxBytes: config.maxBytes ?? properties.maxBytes.default,
    maxEvents: config.maxEvents ?? properties.maxEvents.default,
    requestsPerSecond: config.requestsPerSecond ?? properties.requestsPerSecond.default,
  };
}

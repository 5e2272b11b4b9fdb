import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { encrypting } from './encryption';
import { payloadConverterPath } from './payload-converter-path';
import { payloadKeysAt } from './payload-keys';
import { SettingsError } from './settings-error';

/** Where a Temporal server is, and how it is reached. */
export interface Reached {
  readonly connection: Pick<NativeConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'>;
  readonly namespace: string;
}

/** How to speak with it: what a connection, a client and a worker are made with. */
export interface TemporalSettings extends Pick<Reached, 'connection'> {
  /** The same for clients and workers. */
  readonly door: { readonly namespace: string; readonly dataConverter: DataConverter };
}

type Environment = Readonly<Record<string, string | undefined>>;

const files = ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH', 'TEMPORAL_TLS_SERVER_CA_CERT_PATH'];
const pair = ['TEMPORAL_TLS_CLIENT_CERT', 'TEMPORAL_TLS_CLIENT_KEY'] as const;

/**
 * Namespace, TLS and API key are of the server that `TEMPORAL_ADDRESS` names; a server of Signalbox's own has none.
 * `TEMPORAL_…` are the variables of Temporal's own tools, read by Temporal's library; `SIGNALBOX_PAYLOAD_KEYS` is ours.
 * @param address host:port
 * @throws SettingsError naming the variable
 */
export function temporalSettings(address: string, env: Environment = process.env): TemporalSettings {
  const keys = env['SIGNALBOX_PAYLOAD_KEYS'] ?? '';
  const { connection, namespace } = reached(address, env);
  const encryption = keys === '' ? {} : encrypting(payloadKeysAt(keys));
  return { connection, door: { namespace, dataConverter: { payloadConverterPath, ...encryption } } };
}

/** The same without the keys of payloads, which a mere look at the server does not need. Throws SettingsError as well. */
export function reached(address: string, env: Environment = process.env): Reached {
  const { connectionOptions: connection, namespace = 'default' } =
    address === env['TEMPORAL_ADDRESS'] ? named(env) : { connectionOptions: { address } };
  return { connection, namespace };
}

function named(env: Environment): ClientConnectConfig {
  for (const variable of files) mustExist(variable, env[variable]);
  const [present, absent] = pair.filter((prefix) => isGiven(env, prefix));
  if (present !== undefined && absent === undefined) {
    const missing = pair.find((prefix) => prefix !== present) ?? '';
    throw new SettingsError(`${present}_PATH is set and ${missing}_PATH is not`, missing, `set ${missing}_PATH too`);
  }
  const set = Object.entries(env).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  return loadClientConnectConfig({ disableFile: true, overrideEnvVars: Object.fromEntries(set) });
}

function isGiven(env: Environment, prefix: string): boolean {
  return [`${prefix}_PATH`, `${prefix}_DATA`].some((variable) => (env[variable] ?? '') !== '');
}

function mustExist(variable: string, file = ''): void {
  if (file === '' || existsSync(file)) return;
  throw new SettingsError(`there is no file ${file}`, variable, `put the PEM file there, or correct ${variable}`);
}

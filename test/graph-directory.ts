import { graph } from '../connectors/graph';
import type { GraphConfig } from '../connectors/graph/config';
import type { GraphNative } from '../connectors/graph/native';
import type { Connection } from '../connectors/contract';
import { type RunningGraph, startGraph } from '../simulators/graph';
import { createEncryptionIdentity } from '../simulators/kit/tls/certificate';
import { type Door, openDoor } from './contract/door';
import { MemoryInbox } from './contract/memory-inbox';

// What the tests that need a directory of Microsoft 365 share.

const { certPem, keyPem } = createEncryptionIdentity();

/** A certificate that resources are encrypted for, with its key. */
export const certificate = { id: 'test', certificate: certPem, privateKey: keyPem };

export const clientState = 'a secret of this test';

/** The configuration of a connection to a simulated directory. */
export function configOf(
  { baseUrl, directoryId, clientId, clientSecret }: RunningGraph,
  url: string,
  subscribe: readonly string[],
): GraphConfig & { readonly notifications: object } {
  return {
    baseUrl,
    auth: { kind: 'client-credentials', directoryId, clientId, clientSecret, loginUrl: baseUrl },
    notifications: { url, clientState, certificates: [certificate] },
    subscribe,
    requestsPerSecond: 500,
  };
}

/** A directory with one mailbox, and a connection behind a door that it can reach. */
export interface Sample {
  readonly directory: RunningGraph;
  readonly user: string;
  readonly config: GraphConfig;
  readonly door: Door;
  readonly inbox: MemoryInbox;
  readonly connection: Connection<GraphNative>;
  connect(over?: Partial<GraphConfig>): Promise<Connection<GraphNative>>;
  readonly stop: () => Promise<void>;
}

/** @param collections what is heard of the mailbox: `messages` */
export async function startSample(
  collections: readonly string[],
  options: Parameters<typeof startGraph>[0] = {},
): Promise<Sample> {
  const directory = await startGraph(options);
  const { id: user } = directory.admin.user('jo@acme.example');
  const door = await openDoor();
  const inbox = new MemoryInbox();
  const config = configOf(
    directory,
    door.url,
    collections.map((name) => `users/${user}/${name}`),
  );
  const opened: Connection<GraphNative>[] = [];
  const connect = async (over: Partial<GraphConfig> = {}): Promise<Connection<GraphNative>> => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const connection = await graph.connect({ ...config, ...over }, { log, now: Date.now, inbox });
    opened.push(connection);
    door.open(connection);
    return connection;
  };
  const stop = async (): Promise<void> => {
    for (const one of opened) await one.close();
    await directory.stop();
    await door.close();
  };
  return { directory, user, config, door, inbox, connection: await connect(), connect, stop };
}

/** Makes the connection's subscriptions as `signalbox connect` does. */
export async function subscribeAll({ registration }: Connection<unknown>): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  for (const { apply } of (await registration?.plan('connected', signal)) ?? []) await apply?.(signal);
}

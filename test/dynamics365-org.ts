import { MemoryInbox } from './contract/memory-inbox';
import { type RunningDynamics365, startDynamics365 } from '../simulators/dynamics365';
import type { Connection } from '../connectors/contract';
import { RateGovernor } from '../connectors/kit/rate';
import { dynamics365 } from '../connectors/dynamics365';
import { Authenticator } from '../connectors/dynamics365/auth';
import { type Dynamics365Config, settingsOf } from '../connectors/dynamics365/config';
import type { Dynamics365Native } from '../connectors/dynamics365/native';
import { WebApi } from '../connectors/dynamics365/web-api';

// What the tests that need an organisation share.

/** An organisation and a connection to it. */
export interface Sample {
  readonly org: RunningDynamics365;
  readonly config: Dynamics365Config;
  readonly connection: Connection<Dynamics365Native>;
  stop(): Promise<void>;
}

/** The configuration of a connection to a simulated organisation. */
export function configOf(org: RunningDynamics365, over: Partial<Dynamics365Config> = {}): Dynamics365Config {
  const { baseUrl, directoryId, clientId, clientSecret } = org;
  const loginUrl = new URL(org.tokenUrl).origin;
  return {
    baseUrl,
    auth: { kind: 'client-credentials', directoryId, clientId, clientSecret, loginUrl },
    webhook: { kind: 'webhook-key', key: 'k-1', url: 'http://127.0.0.1:9/in/acme/sales' },
    subscribe: ['lead', 'task'],
    requestsPerSecond: 500,
    ...over,
  };
}

/** A client of its own. */
export function apiOf(config: Dynamics365Config): WebApi {
  const { auth, loginUrl, baseUrl, apiRoot } = settingsOf(config);
  return new WebApi({
    auth: new Authenticator({ auth, loginUrl, audience: baseUrl, now: Date.now }),
    apiRoot,
    governor: new RateGovernor({ requestsPerSecond: 500 }),
  });
}

/** Starts an organisation and connects. */
export async function startSample(
  over: Partial<Dynamics365Config> = {},
  options: Parameters<typeof startDynamics365>[0] = {},
): Promise<Sample> {
  const org = await startDynamics365(options);
  const config = configOf(org, over);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const connection = await dynamics365.connect(config, { log, now: Date.now, inbox: new MemoryInbox() });
  const stop = async (): Promise<void> => {
    await connection.close();
    await org.stop();
  };
  return { org, config, connection, stop };
}

import { startDispatch } from './dispatch';
import { startFollowing, type FollowingService, type FollowOptions } from './follow';
import { startIngest } from './ingest';
import type { Observation } from './observe/observation';
import { openRuntime, type Runtime, type RuntimeOptions } from './runtime';
import { startWorker } from './worker';
import type { Door, Service } from './service';

/** The processes of Signalbox, as `docker-compose.yml` names them. */
export const roles = ['worker', 'dispatch', 'ingest'] as const;
export type Role = (typeof roles)[number];

/** What is started, and who watches it. */
export interface SignalboxOptions extends RuntimeOptions {
  /** Who tells about the process, and is told when it is up. */
  readonly observation?: Observation | undefined;
}

export interface Signalbox extends Service {
  readonly runtime: Runtime;
}

const starters: Readonly<Record<Role, (runtime: Runtime) => Service | Promise<Service>>> = {
  worker: startWorker,
  dispatch: startDispatch,
  ingest: startIngest,
};

/**
 * Starts the roles in this process: what decides before what hands over before what hears. Stops them in reverse.
 * @param follow told once the runtime is open; absent: tenants are served as they are at the start
 */
export async function startSignalbox(
  options: SignalboxOptions,
  wanted: readonly Role[] = roles,
  follow?: () => FollowOptions,
): Promise<Signalbox> {
  const runtime = await openRuntime(options);
  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    options.observation?.stopping();
    for (const service of started.splice(0).reverse()) await service.stop();
    await runtime.close();
  };
  const door = (): Door | undefined => started.map((service) => service.door).find((one) => one !== undefined);
  try {
    for (const role of roles) if (wanted.includes(role)) started.push(await starters[role](runtime));
    let following: FollowingService | undefined;
    if (follow !== undefined) {
      following = startFollowing(runtime, follow(), [...started], wanted);
      started.push(following);
    }
    options.observation?.attach({ runtime, roles: wanted, following }, door);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    runtime,
    stop,
    get door() {
      return door();
    },
  };
}

import { startDispatch, type Service } from './dispatch';
import { startIngest } from './ingest';
import { openRuntime, type Runtime, type RuntimeOptions } from './runtime';
import { startWorker } from './worker';

/** The processes of Signalbox, as `docker-compose.yml` names them. */
export const roles = ['worker', 'dispatch', 'ingest'] as const;
export type Role = (typeof roles)[number];

export interface Signalbox extends Service {
  readonly runtime: Runtime;
}

const starters: Readonly<Record<Role, (runtime: Runtime) => Service | Promise<Service>>> = {
  worker: startWorker,
  dispatch: startDispatch,
  ingest: startIngest,
};

/** Starts the roles in this process: what decides before what hands over before what hears. Stops them in reverse. */
export async function startSignalbox(options: RuntimeOptions, wanted: readonly Role[] = roles): Promise<Signalbox> {
  const runtime = await openRuntime(options);
  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of started.splice(0).reverse()) await service.stop();
    await runtime.close();
  };
  try {
    for (const role of roles) if (wanted.includes(role)) started.push(await starters[role](runtime));
  } catch (error) {
    await stop();
    throw error;
  }
  const door = started.map((service) => service.door).find((one) => one !== undefined);
  return { runtime, stop, ...(door === undefined ? {} : { door }) };
}

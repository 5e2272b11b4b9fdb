import type { Worker, WorkerOptions } from '@temporalio/worker';
import type { Runtime } from './runtime';
import type { Service } from './service';

/** What every worker of the process has: the connection, the namespace, and how payloads are written. */
export function workerBase({
  worker,
  settings,
}: Runtime): Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter'> {
  return { connection: worker, ...settings.door };
}

/** A Temporal worker as a service: stopping lets what is under way finish. */
export function running(worker: Worker): Service {
  const run = worker.run();
  // The run's failure is the process's: nothing would be decided any more.
  run.catch((error: unknown) => {
    process.emitWarning(error instanceof Error ? error : String(error));
    process.exitCode = 1;
  });
  return {
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await run;
    },
  };
}

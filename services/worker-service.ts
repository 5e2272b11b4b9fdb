import type { Worker } from '@temporalio/worker';
import type { Service } from './service';

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

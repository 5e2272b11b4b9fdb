import { Worker, type Logger } from '@temporalio/worker';
import type { CompiledWorkerOptions } from '@temporalio/worker/lib/worker-options';
import type { WorkflowCreator } from '@temporalio/worker/lib/workflow/interface';
import { ThreadedVMWorkflowCreator, WorkerThreadClient } from '@temporalio/worker/lib/workflow/threaded-vm';
import type {
  WorkerThreadInput,
  WorkflowBundleWithSourceMapAndFilename,
} from '@temporalio/worker/lib/workflow/workflow-worker-thread/input';
import path from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import { projectRoot } from '../project-root';

/** Built with the project: a thread takes its program as a file. */
const program = path.join(projectRoot, 'dist', 'services', 'temporal', 'workflow-thread.js');

/**
 * Temporal's worker, without two costs of its workflow threads that have no setting (docs/adr/0056): a stack trace of every
 * promise, and an operating system thread for the time limit of every call into the sandbox. One limit in this thread stands
 * in for those: workflow code that computes for too long ends its thread, and with it the worker's run.
 */
export class LeanWorker extends Worker {
  /** How long workflow code may compute without a pause, ms. Temporal has given its task to somebody else after 10 s. */
  protected static readonly limitMs: number = 30_000;

  protected static override async createWorkflowCreator(
    workflowBundle: WorkflowBundleWithSourceMapAndFilename,
    options: CompiledWorkerOptions,
    logger: Logger,
  ): Promise<WorkflowCreator> {
    const threads = Array.from(
      { length: options.workflowThreadPoolSize },
      () => new WatchedThread(new Thread(program), logger, this.limitMs),
    );
    for (const thread of threads)
      await thread.send({
        type: 'init',
        workflowBundle,
        registeredActivityNames: new Set(options.activities.keys()),
        reuseV8Context: options.reuseV8Context,
        hasPatchActivationCallback: false,
        // What node:vm takes for no limit; the SDK's type knows numbers alone.
        isolateExecutionTimeoutMs: undefined as unknown as number,
      });
    return new ThreadedVMWorkflowCreator(threads);
  }
}

class WatchedThread extends WorkerThreadClient {
  constructor(
    thread: Thread,
    logger: Logger,
    private readonly limitMs: number,
  ) {
    super(thread, logger);
  }

  override async send(request: WorkerThreadInput): ReturnType<WorkerThreadClient['send']> {
    if (request.type !== 'activate-workflow') return super.send(request);
    let looks = 0;
    // Looked at more than once, so that a machine that slept meanwhile is not taken for a thread that computed.
    const watch = setInterval(() => {
      looks += 1;
      if (looks < 3) return;
      clearInterval(watch);
      const message = 'workflow code computes without end: its thread is ended';
      this.logger.error(message, { code: 'SBX_WORKFLOW_STUCK', run: request.runId });
      void this.workerThread.terminate();
    }, this.limitMs / 3);
    try {
      return await super.send(request);
    } finally {
      clearInterval(watch);
    }
  }
}

import { onExit } from './on-exit';
import { providePostgres } from './postgres';
import { provideRabbit } from './rabbitmq';
import { openStateFolder } from './state-folder';
import { provideTemporal } from './temporal';
import type { Progress, Provided } from './ways';

/** Which servers to provide, and how. */
export interface ProvideOptions {
  readonly rabbit?: boolean;
  readonly temporal?: boolean;
  readonly postgres?: boolean;
  /** The servers' data outlives the run; only one such run per `stateDir` at a time. */
  readonly isPersistent?: boolean;
  /** Passes over servers named by the environment: for a test that kills its servers. */
  readonly isPrivate?: boolean;
  /** Plugins of RabbitMQ, for a test that needs them. */
  readonly plugins?: readonly string[];
  /** The project's state folder, by convention `.signalbox`. */
  readonly stateDir: string;
  /** Lines for a person, each with the seconds since the start. */
  readonly progress?: Progress;
  /** The caller stops the servers when the process is told to end: it has more to stop, in an order. Default false. */
  readonly isStoppedByCaller?: boolean;
}

/** The servers that were asked for. */
export interface ProvidedServers {
  readonly rabbit?: Provided;
  readonly temporal?: Provided;
  readonly postgres?: Provided;
  /** Where this run keeps its configuration, data and logs. */
  readonly dir: string;
  /** Ends what was started and clears its files; may be called twice. */
  stop(): Promise<void>;
}

/**
 * Provides the servers side by side, and sees to it that none outlives this process: they end with stop(), with a
 * signal, with an uncaught error, and with SIGKILL. When one cannot be provided, the others are stopped before it
 * throws ProvisionError.
 */
export async function provideAll(options: ProvideOptions): Promise<ProvidedServers> {
  const state = await openStateFolder(options.stateDir, options.isPersistent);
  const progress = withSeconds(options.progress ?? (() => undefined));
  const started: Provided[] = [];
  const pending: Promise<unknown>[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopServers());
  const stopServers = async (): Promise<void> => {
    await Promise.allSettled(pending);
    const ends = await Promise.allSettled(started.map((server) => server.stop()));
    state.close();
    release();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  const release = options.isStoppedByCaller === true ? () => undefined : onExit(stop);
  const start = <K extends string>(
    key: K,
    isWanted: boolean | undefined,
    open: () => Promise<Provided>,
  ): Promise<{ [P in K]?: Provided }> => {
    if (isWanted !== true) return Promise.resolve({});
    const opening = open().then((server) => {
      started.push(server);
      return { [key]: server } as { [P in K]?: Provided };
    });
    pending.push(opening);
    return opening;
  };
  try {
    const [rabbit, temporal, postgres] = await Promise.all([
      start('rabbit', options.rabbit, () => provideRabbit(state, progress, options)),
      start('temporal', options.temporal, () => provideTemporal(state, progress, options)),
      start('postgres', options.postgres, () => providePostgres(state, progress, options)),
    ]);
    return { ...rabbit, ...temporal, ...postgres, dir: state.dir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function withSeconds(progress: Progress): Progress {
  const start = performance.now();
  return (line) => {
    progress(`[${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s] ${line}`);
  };
}

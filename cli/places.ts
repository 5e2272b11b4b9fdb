import { projectRoot } from '../services/project-root';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AnyConnector } from '../connectors/contract';
import { connectors } from '../connectors/registry';
import { openLedger, type Ledger } from '../ledger/ledger';
import { loadModels, type Model } from '../models/registry';
import { CliError, type Terminal } from './terminal';

/** Options of the commands that need what Signalbox keeps. */
export interface StateOptions {
  readonly state: string;
}

/** The connectors there are. */
export const allConnectors: readonly AnyConnector[] = [...connectors.values()];

/** PGlite's folder within the state folder. */
export const ledgerFolder = (state: string): string => join(resolve(state), 'ledger');

/** Learned models within the state folder. */
export const learnedFolder = (state: string): string => join(resolve(state), 'learned');

/** Opens the ledger that is there (PostgreSQL by DATABASE_URL, else the state folder's), uses it and closes it again. */
export const withLedger = async <T>(
  { state }: StateOptions,
  { env }: Terminal,
  use: (ledger: Ledger) => Promise<T>,
): Promise<T> => {
  const url = env.DATABASE_URL;
  const folder = ledgerFolder(state);
  if (url === undefined && !existsSync(folder)) {
    throw new CliError(
      'there is no ledger yet',
      folder,
      'start Signalbox with `signalbox up`, give its state folder with --state DIR, or set DATABASE_URL',
    );
  }
  let ledger: Ledger;
  try {
    ledger = await openLedger(url === undefined ? { folder } : { url });
  } catch (error) {
    const where = url === undefined ? folder : 'DATABASE_URL';
    throw new CliError(`the ledger cannot be opened: ${(error as Error).message}`, where, 'see `signalbox doctor`', 2, {
      cause: error,
    });
  }
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
};

/** The models of a folder, by name. */
export const modelsIn = async (folder = join(projectRoot, 'models')): Promise<ReadonlyMap<string, Model>> => {
  try {
    return await loadModels(folder);
  } catch (error) {
    const fix = 'give the folder of the models with --models DIR; each model is a folder with its manifest.json';
    throw new CliError((error as Error).message, folder, fix, 2, { cause: error });
  }
};

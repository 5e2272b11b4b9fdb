import { projectRoot } from '../services/project-root';
import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { AnyConnector } from '../connectors/contract';
import { connectors } from '../connectors/registry';
import { openLedger, type Ledger } from '../ledger/ledger';
import { loadModel, loadModels, type Model } from '../models/registry';
import { didYouMean } from '../tenants/spelling';
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

/** The shipped models, and those trained on this machine, which stand in for them. */
export const shippedModels = join(projectRoot, 'models');
export const ownModels = join(projectRoot, '.signalbox', 'models');

/** The models of a folder, by name; without one the shipped and the own ones. */
export const modelsIn = async (folder?: string): Promise<ReadonlyMap<string, Model>> => {
  try {
    return await (folder === undefined ? loadModels(shippedModels, ownModels) : loadModels(folder));
  } catch (error) {
    const fix = 'give the folder of the models with --models DIR; each model is a folder with its manifest.json';
    throw new CliError((error as Error).message, folder ?? shippedModels, fix, 2, { cause: error });
  }
};

/** The model of a name, or of a path to its folder; says where it is when it is not one of the shipped. */
export const modelNamed = async (named: string, folder: string | undefined, terminal: Terminal): Promise<Model> => {
  const model = isPath(named) ? await modelAt(named) : await modelOf(named, folder);
  const { file, manifest } = model;
  if (folder === undefined && !file.startsWith(join(shippedModels, sep))) {
    terminal.err(`signalbox: ${manifest.name} ${manifest.version} of ${dirname(file)}, not a shipped model\n`);
  }
  return model;
};

const isPath = (named: string): boolean => named.includes('/') || named.includes(sep);

const modelOf = async (name: string, folder: string | undefined): Promise<Model> => {
  const models = await modelsIn(folder);
  const model = models.get(name);
  if (model !== undefined) return model;
  throw new CliError(`there is no model "${name}"`, '--model', didYouMean(name, [...models.keys()]));
};

const modelAt = async (named: string): Promise<Model> => {
  const fix = "give a model's name, or the path of a folder with its manifest.json";
  const model = await loadModel(resolve(named)).catch((error: unknown) => {
    throw new CliError((error as Error).message, named, fix, 2, { cause: error });
  });
  if (model === undefined) throw new CliError('there is no model in the folder', named, fix);
  return model;
};

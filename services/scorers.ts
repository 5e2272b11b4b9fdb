import path from 'node:path';
import type { Log } from '../connectors/contract';
import type { Ledger } from '../ledger/ledger';
import { loadModel, loadModels, type Model } from '../models/registry';
import { openScorer, type Scorer } from '../models/score';
import type { Tenant } from '../tenants/tenant';

type Tenants = ReadonlyMap<string, Tenant>;

/** What models there are to open. */
export interface ModelFolders {
  /** The shipped one, then those whose models stand in for shipped ones of their name. */
  readonly folders: readonly [string, ...(readonly string[])];
  readonly tenants: Tenants;
  readonly log: Log;
}

/**
 * Opens every model of the folders and every challenger that a tenant keeps in a folder of its own. They are found by name (those
 * of the folders), by digest, and challengers also by their path.
 * @param kept takes care that a scorer is closed in the end
 */
export async function openScorers(
  { folders, tenants, log }: ModelFolders,
  kept: (scorer: Scorer) => Scorer,
): Promise<ReadonlyMap<string, Scorer>> {
  const scorers = new Map<string, Scorer>();
  const open = async (name: string, model: Model): Promise<void> => {
    const scorer = scorers.get(model.digest) ?? kept(await openScorer(model));
    scorers.set(name, scorer).set(model.digest, scorer);
  };
  for (const [name, model] of await loadModels(...folders)) {
    await open(name, model);
    if (path.dirname(path.dirname(model.file)) !== path.resolve(folders[0]))
      log.info({ model: name, digest: model.digest, file: model.file }, 'own model in place of the shipped one');
  }
  const named = [...tenants.values()].flatMap(({ useCases }) =>
    Object.values(useCases).flatMap(({ challengers }) => challengers),
  );
  for (const folder of new Set(named.filter((challenger) => !scorers.has(challenger)))) {
    const model = await loadModel(folder);
    if (model === undefined) throw new Error(`${folder}: a tenant's challenger is not there, or has no manifest.json`);
    await open(folder, model);
  }
  return scorers;
}

/** Throws when a model was promoted that is not opened: its use case would abstain from every decision. */
export async function mustHaveChampions(
  { champions }: Ledger,
  tenants: Tenants,
  scorers: ReadonlyMap<string, Scorer>,
): Promise<void> {
  for (const { tenant, useCases } of tenants.values()) {
    for (const [usecase, digest] of Object.entries(await champions.inForce(tenant))) {
      if (scorers.has(digest) || !Object.hasOwn(useCases, usecase)) continue;
      throw new Error(
        `tenant ${tenant}: ${usecase} is decided by the promoted model ${digest}, which is not here: keep its folder under challengers in the tenant's file, or go back with \`signalbox model rollback\``,
      );
    }
  }
}

import path from 'node:path';
import type { Ledger } from '../ledger/ledger';
import { loadModel, loadModels, type Model } from '../models/registry';
import { openScorer, type Scorer } from '../models/score';
import type { Tenant } from '../tenants/tenant';

type Tenants = ReadonlyMap<string, Tenant>;

/**
 * Opens every model of a folder and every challenger that a tenant keeps in a folder of its own. They are found by name (those
 * of the common folder), by digest, and challengers also by their path.
 * @param kept takes care that a scorer is closed in the end
 */
export async function openScorers(
  modelsDir: string,
  tenants: Tenants,
  kept: (scorer: Scorer) => Scorer,
): Promise<Map<string, Scorer>> {
  const scorers = new Map<string, Scorer>();
  const open = async (name: string, model: Model): Promise<void> => {
    const scorer = scorers.get(model.digest) ?? kept(await openScorer(model));
    scorers.set(name, scorer).set(model.digest, scorer);
  };
  for (const [name, model] of await loadModels(modelsDir)) await open(name, model);
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

/**
 * Opens the learned models of a tenant that are in shadow, were promoted or are in force, and are not open yet. A folder that is
 * gone is passed over: where its model decides, `mustHaveChampions` refuses.
 */
export function learnedOpener(
  { trainings, champions }: Ledger,
  learnedDir: string,
  scorers: Map<string, Scorer>,
  kept: (scorer: Scorer) => Scorer,
): (tenant: string) => Promise<void> {
  return async (tenant) => {
    const closed = (await trainings.learned(tenant)).filter(({ digest }) => !scorers.has(digest));
    if (closed.length === 0) return;
    const inForce = Object.values(await champions.inForce(tenant));
    for (const { status, digest, folder } of closed) {
      if (status === 'dropped' && !inForce.includes(digest)) continue;
      const model = await loadModel(path.join(learnedDir, folder));
      if (model?.digest === digest) scorers.set(digest, kept(await openScorer(model)));
    }
  };
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

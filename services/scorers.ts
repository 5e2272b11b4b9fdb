import path from 'node:path';
import type { Log } from '../connectors/contract';
import type { Ledger } from '../ledger/ledger';
import { loadModel, loadModels, type Model } from '../models/registry';
import { openScorer } from '../models/score';
import type { Encoder } from '../models/text/encoder';
import type { Tenant } from '../tenants/tenant';
import { type EncoderFound, findEncoder } from './encoder';
import type { Scorer } from '../models/scored';

type Tenants = ReadonlyMap<string, Tenant>;

/** What models there are to open, and for whom. */
export interface ModelPlaces {
  /** The shipped ones' folder, then those whose models stand in for shipped ones of their name. */
  readonly folders: readonly [string, ...(readonly string[])];
  /** Where the sentence encoder is kept; without one, text models serve by words alone. */
  readonly stateDir: string | undefined;
  readonly tenants: Tenants;
  readonly log: Log;
}

/** Takes care that something is closed in the end. */
type Kept = <T>(value: T, end: (value: T) => Promise<unknown>) => T;

/**
 * Opens every model of the folders (of a text only those that a use case names: they are large) and every challenger that a
 * tenant keeps in a folder of its own. They are found by name (those of the folders), by digest, and challengers also by their path.
 * @param open what is open already is not opened again, and what lies on disk by now does not take its place
 */
export async function openScorers(
  places: ModelPlaces,
  kept: Kept,
  open: ReadonlyMap<string, Scorer> = new Map(),
): Promise<Map<string, Scorer>> {
  const { tenants } = places;
  const all = wanted(await loadModels(...places.folders), tenants);
  const models = new Map([...all].filter(([name]) => !open.has(name)));
  tellOwn(places, models);
  for (const folder of challengersOf(tenants).filter(
    (challenger) => !models.has(challenger) && !open.has(challenger),
  )) {
    const model = await loadModel(folder);
    if (model === undefined) throw new Error(`${folder}: a tenant's challenger is not there, or has no manifest.json`);
    models.set(folder, model);
  }
  const readsTexts = [...models.values()].some(({ manifest }) => manifest.task === 'text');
  const encoder = readsTexts ? await encoderOf(places) : undefined;
  if (encoder !== undefined) kept(encoder, (opened) => opened.close());
  const scorers = new Map<string, Scorer>();
  for (const [name, model] of models) {
    const scorer =
      scorers.get(model.digest) ??
      open.get(model.digest) ??
      kept(await openScorer(model, encoder), (opened) => opened.close());
    scorers.set(name, scorer).set(scorer.digest, scorer);
  }
  return scorers;
}

function challengersOf(tenants: Tenants): readonly string[] {
  const named = [...tenants.values()].flatMap(({ useCases }) =>
    Object.values(useCases).flatMap(({ challengers }) => challengers),
  );
  return [...new Set(named)];
}

function wanted(models: ReadonlyMap<string, Model>, tenants: Tenants): Map<string, Model> {
  const named = [...tenants.values()].flatMap(({ useCases }) => Object.values(useCases).map(({ model }) => model));
  const asked = new Set([...named, ...challengersOf(tenants)]);
  return new Map([...models].filter(([name, { manifest }]) => manifest.task !== 'text' || asked.has(name)));
}

function tellOwn({ folders, log }: ModelPlaces, models: ReadonlyMap<string, Model>): void {
  for (const [model, { digest, file }] of models) {
    if (path.dirname(path.dirname(file)) === path.resolve(folders[0])) continue;
    log.info({ model, digest, file }, 'own model in place of the shipped one');
  }
}

async function encoderOf({ folders, stateDir, log }: ModelPlaces): Promise<Encoder | undefined> {
  const tell = (line: string): void => {
    log.info({}, line);
  };
  const none: EncoderFound = { why: 'no state folder is named' };
  const found = stateDir === undefined ? none : await findEncoder(folders[0], stateDir, tell);
  if (found.encoder === undefined)
    log.warn({ why: found.why }, 'text models score by words alone, with other digests than with the sentence encoder');
  return found.encoder;
}

/**
 * Opens the learned models of a tenant that are in shadow, were promoted or are in force, and are not open yet. A folder that is
 * gone is passed over: where its model decides, `mustHaveChampions` refuses.
 */
export function learnedOpener(
  { trainings, champions }: Ledger,
  learnedDir: string,
  scorers: Map<string, Scorer>,
  kept: Kept,
): (tenant: string) => Promise<void> {
  return async (tenant) => {
    const closed = (await trainings.learned(tenant)).filter(({ digest }) => !scorers.has(digest));
    if (closed.length === 0) return;
    const inForce = Object.values(await champions.inForce(tenant));
    for (const { status, digest, folder } of closed) {
      if (status === 'dropped' && !inForce.includes(digest)) continue;
      const model = await loadModel(path.join(learnedDir, folder));
      if (model?.digest === digest) {
        const scorer = kept(await openScorer(model), (opened) => opened.close());
        scorers.set(digest, scorer);
      }
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

import path from 'node:path';
import type { TrainingRow } from '../ledger/ledger';
import { loadModel, type Model } from '../models/registry';
import type { UseCase } from '../tenants/tenant';
import { tenantNamed } from './connections';
import type { LearningDependencies } from './learning-dependencies';
import type { TrainingRef } from './learning-types';

/** Where a training keeps its rows while it needs them, and where its challenger comes to lie. */
export function placesOf(learnedDir: string, { tenant, usecase, id }: TrainingRef, model: string) {
  const folder = path.join(tenant, usecase, id, model);
  const base = path.join(learnedDir, tenant, usecase, id);
  return { base, rows: path.join(base, 'rows.csv'), folder, model: path.join(learnedDir, folder) };
}

/** The use case of a training. Throws where the tenant's file does not have it. */
export function useCaseOf({ tenants }: LearningDependencies, { tenant, usecase }: TrainingRef): UseCase {
  const useCase = tenantNamed(tenants, tenant).useCases[usecase];
  if (useCase === undefined) throw new Error(`tenant ${tenant} has no use case ${usecase}`);
  return useCase;
}

/** The model that decides a use case now, by its folder. Throws where it is not here. */
export async function championOf(deps: LearningDependencies, ref: TrainingRef): Promise<Model> {
  const { ledger, modelsDir, learnedDir } = deps;
  const { tenant, usecase } = ref;
  const { model, challengers } = useCaseOf(deps, ref);
  const inForce = (await ledger.champions.inForce(tenant))[usecase];
  const named = await loadModel(path.join(modelsDir, model));
  if (named !== undefined && (inForce === undefined || named.digest === inForce)) return named;
  const learned = (await ledger.trainings.list(tenant, usecase)).filter(({ digest }) => digest === inForce);
  const folders = [
    ...learned.flatMap(({ folder }) => (folder === undefined ? [] : [path.join(learnedDir, folder)])),
    ...challengers.map((one) => path.resolve(modelsDir, one)),
  ];
  for (const folder of folders) {
    const found = await loadModel(folder);
    if (found !== undefined && found.digest === inForce) return found;
  }
  throw new Error(`${usecase} of ${tenant} is decided by ${inForce ?? model}, which is not here`);
}

/** The training as the ledger has it. Throws where it does not. */
export async function trainingOf({ ledger }: LearningDependencies, ref: TrainingRef): Promise<TrainingRow> {
  const found = (await ledger.trainings.list(ref.tenant, ref.usecase)).find(({ id }) => id === ref.id);
  if (found === undefined) throw new Error(`no training ${ref.id} of ${ref.usecase} is known`);
  return found;
}

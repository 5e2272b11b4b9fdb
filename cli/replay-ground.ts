import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { policyOf } from '../activities/policy-views';
import type { Ledger, RecordedQuestion } from '../ledger/ledger';
import { findEncoder } from '../services/encoder';
import { ModelsByDigest } from '../services/replay/models-by-digest';
import { pastOfFile, type Policies } from '../services/replay/policies';
import type { Model } from '../models/registry';
import { TenantFaults } from '../tenants/faults';
import { loadUseCases } from '../tenants/load';
import type { KnownModels } from '../tenants/use-case';
import { allConnectors, learnedFolder, modelsIn, ownModels, shippedModels, type StateOptions } from './places';
import { CliError, type Terminal } from './terminal';

export interface ReplayOptions extends StateOptions {
  readonly tenant: string;
  readonly useCase?: string;
  readonly since?: string;
  readonly record?: string;
  readonly decision?: string;
  readonly model?: string;
  readonly tenantFile?: string;
  readonly event: 'won' | 'lost';
  readonly models?: string;
  readonly tenants: string;
  readonly csv?: string;
  readonly json?: boolean;
}

/** What is asked of the ledger. Throws where a time is none. */
const questionOf = ({ useCase, since, record, decision }: ReplayOptions): RecordedQuestion => {
  if (since !== undefined && Number.isNaN(Date.parse(since))) {
    throw new CliError(`"${since}" is no time`, '--since', 'give a time such as 2026-11-01 or 2026-11-01T08:00:00Z');
  }
  return {
    ...(useCase === undefined ? {} : { usecase: useCase }),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(record === undefined ? {} : { record }),
    ...(decision === undefined ? {} : { decision }),
  };
};

/** What history is made again with: the tenant's versions, and the models of this machine. */
export interface ReplayGround {
  readonly ledger: Ledger;
  readonly asked: RecordedQuestion;
  readonly past: Policies;
  readonly models: ModelsByDigest;
}

/** The models that use cases may name, those of a further folder among them. */
export const everyModel = async (folder: string | undefined): Promise<ReadonlyMap<string, Model>> =>
  folder === undefined ? modelsIn() : new Map([...(await modelsIn()), ...(await modelsIn(folder))]);

/** The policies of a tenant's files, for decisions from before its versions were kept; a file with faults has none. */
const policiesInFiles = (folder: string, tenant: string, models: KnownModels): Policies => {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  const found = names.flatMap((name) => {
    try {
      const read = loadUseCases(join(folder, name), { connectors: allConnectors, models });
      return read.tenant === tenant ? Object.values(read.useCases) : [];
    } catch (error) {
      if (error instanceof TenantFaults) return [];
      throw error;
    }
  });
  return new Map(found.map((useCase) => [useCase.policy, policyOf(useCase)]));
};

export const groundOf = async (ledger: Ledger, options: ReplayOptions, terminal: Terminal): Promise<ReplayGround> => {
  const { tenant, state, models: named, tenants: folder } = options;
  const versions = await ledger.tenants.list(tenant);
  const known = await everyModel(named);
  const { policies, challengers } = pastOfFile(versions, folder, known);
  const past = new Map([...policiesInFiles(folder, tenant, known), ...policies]);
  const learned = (await ledger.trainings.learned(tenant)).map((one) => join(learnedFolder(state), one.folder));
  const parents = [shippedModels, ownModels, ...(named === undefined ? [] : [resolve(named)])];
  const tell = (line: string): void => {
    terminal.err(`${line}\n`);
  };
  const models = await ModelsByDigest.in({ parents, folders: [...challengers, ...learned] }, () =>
    findEncoder(shippedModels, state, tell),
  );
  for (const problem of models.broken) terminal.err(`no model any more: ${problem}\n`);
  return { ledger, asked: questionOf(options), past, models };
};

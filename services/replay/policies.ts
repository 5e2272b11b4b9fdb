import path from 'node:path';
import type { PolicyView } from '../../activities/lane-types';
import { policyOf } from '../../activities/policy-views';
import type { TenantVersion } from '../../ledger/ledger';
import { useCasesOf } from '../../tenants/load';
import type { KnownModels } from '../../tenants/use-case';

/** The policies that a tenant's versions had, by the digest that decisions bear. */
export type Policies = ReadonlyMap<string, PolicyView>;

/** What the versions of a tenant's file had of policies and challengers. */
export interface PastOfFile {
  readonly policies: Policies;
  /** Folders of challengers, absolute. */
  readonly challengers: readonly string[];
}

/**
 * Reads every version that was in force. A policy counts by the digest that it has when it is read now: what a changed model
 * or program would make of a version is another policy, and is not taken for the old one.
 * @param folder that paths in the versions are relative to
 */
export function pastOfFile(versions: readonly TenantVersion[], folder: string, models: KnownModels): PastOfFile {
  const policies = new Map<string, PolicyView>();
  const challengers = new Set<string>();
  for (const { document } of versions) {
    if (document === null) continue;
    for (const useCase of Object.values(useCasesOf(document, path.resolve(folder), models))) {
      policies.set(useCase.policy, policyOf(useCase));
      for (const challenger of useCase.challengers) if (path.isAbsolute(challenger)) challengers.add(challenger);
    }
  }
  return { policies, challengers: [...challengers] };
}

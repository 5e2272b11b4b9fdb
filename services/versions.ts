import path from 'node:path';
import { canonicalJson } from '../canonical-schema/canonical-json';
import type { StreamRef } from '../activities/subscription-types';
import type { AnyConnector } from '../connectors/contract';
import type { Ledger, TenantVersion } from '../ledger/ledger';
import { type LoadOptions, tenantOfDocument } from '../tenants/load';
import { changeText, documentDigest, planTenant, type TenantChange } from '../tenants/plan';
import type { Tenant } from '../tenants/tenant';

/** A tenant's file that was read. */
export interface ReadTenant {
  readonly tenant: Tenant;
  readonly document: unknown;
}

/** What would lead from the version in force to a file, or to the tenant's removal. */
export interface VersionPlan {
  readonly tenant: string;
  /** The number of the version in force; 0 for none. */
  readonly inForce: number;
  readonly changes: readonly TenantChange[];
  readonly read?: ReadTenant;
}

/** The newest version of a tenant; undefined where it never had one. */
async function versionInForce({ tenants }: Ledger, tenant: string): Promise<TenantVersion | undefined> {
  return (await tenants.list(tenant))[0];
}

/** @param read absent to remove the tenant */
export async function planVersion(
  ledger: Ledger,
  tenant: string,
  read: ReadTenant | undefined,
  connectors: readonly AnyConnector[],
): Promise<VersionPlan> {
  const current = await versionInForce(ledger, tenant);
  const before = current?.document ?? undefined;
  return {
    ...{ tenant, inForce: current?.number ?? 0, changes: planTenant(before, read?.document, connectors) },
    ...(read === undefined ? {} : { read }),
  };
}

/** Puts a plan's version in force. Throws where another came in between. */
export function applyVersion(
  { tenants }: Ledger,
  { tenant, inForce, changes, read }: VersionPlan,
  by: string,
  connectors: readonly AnyConnector[],
): Promise<TenantVersion> {
  const document = read?.document ?? null;
  const useCases = Object.values(read?.tenant.useCases ?? {});
  const policies = Object.fromEntries(useCases.map(({ name, policy }) => [name, policy]));
  const digest = document === null ? '' : documentDigest(document, connectors);
  return tenants.apply(tenant, { digest, document, policies, changes: changes.map(changeText), by }, inForce);
}

/** What a process begins with. */
export interface Settled {
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly versions: readonly TenantVersion[];
  /** What a person wants to know of it, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Holds the files that a process is started with against the ledger. A file that never was in force is put in force; one that
 * was and is not any more is old, and the ledger's version is served instead. Throws where a file changes what may not be changed.
 */
export async function settleVersions(
  ledger: Ledger,
  files: readonly ReadTenant[],
  load: LoadOptions,
  folder: string,
): Promise<Settled> {
  const { connectors } = load;
  const notes: string[] = [];
  for (const read of files) {
    const { tenant, file } = read.tenant;
    const known = await ledger.tenants.list(tenant);
    const digest = documentDigest(read.document, connectors);
    const [newest] = known;
    if (newest?.digest === digest) continue;
    const old = known.find((version) => version.digest === digest);
    if (old !== undefined && newest !== undefined) {
      const now = newest.document === null ? 'removed' : `version ${newest.number}`;
      notes.push(
        `${file} is version ${old.number} of ${tenant}; by ${newest.by} it is ${now}, which counts. To go back: signalbox apply ${file}`,
      );
      continue;
    }
    const plan = await planVersion(ledger, tenant, read, connectors);
    const refused = plan.changes.filter((change) => change.refused !== undefined);
    if (refused.length > 0) throw new Error(`${file}: ${refusalText(refused)}`);
    const { number } = await applyVersion(ledger, plan, 'signalbox up', connectors);
    if (newest !== undefined) notes.push(`${file} has changed: it is in force as version ${number} of ${tenant}`);
  }
  const versions = await ledger.tenants.inForce();
  const fromFile = new Map(files.map(({ tenant }) => [tenant.tenant, tenant.file]));
  const tenants = versions.flatMap(({ tenant, document }): [string, Tenant][] =>
    document === null
      ? []
      : [[tenant, tenantOfDocument(document, fromFile.get(tenant) ?? path.join(folder, `${tenant}.yaml`), load)]],
  );
  return { tenants: new Map(tenants), versions, notes };
}

/** A stream that some version heard and the one in force does not, and the newest version that did. */
interface FormerStream {
  readonly ref: StreamRef;
  readonly version: TenantVersion;
}

/** @param versions of one tenant, newest first */
export function formerStreams([inForce, ...older]: readonly TenantVersion[]): readonly FormerStream[] {
  const seen = new Set(inForce === undefined ? [] : streamsOf(inForce).map((ref) => canonicalJson(ref)));
  return older.flatMap((version) =>
    streamsOf(version).flatMap((ref) => {
      const key = canonicalJson(ref);
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ ref, version }];
    }),
  );
}

/** As the document has them: its secrets may be gone. */
function streamsOf({ tenant, document }: TenantVersion): readonly StreamRef[] {
  const { connections = {} } = (document ?? {}) as {
    readonly connections?: Readonly<Record<string, { readonly subscribe?: readonly string[] }>>;
  };
  return Object.entries(connections).flatMap(([connection, { subscribe = [] }]) =>
    subscribe.map((stream) => ({ tenant, connection, stream })),
  );
}

/** Why a plan is refused, and the way to go. */
export function refusalText(refused: readonly TenantChange[]): string {
  return refused
    .map(
      ({ path: at, refused: because }) =>
        `${at} cannot be changed while events flow: ${because?.why ?? ''}. Instead: ${because?.fix ?? ''}`,
    )
    .join('\n');
}

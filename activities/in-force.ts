import { connectorNamed } from '../connectors/registry';
import type { Ledger } from '../ledger/ledger';
import { reconcileOf } from '../tenants/connection';
import type { TenantConnection } from '../tenants/tenant';

/** A connection as a tenant's file has it, references in place of secrets. */
type Written = Readonly<Record<string, unknown>> & { readonly connector: string };

/**
 * The connections that the newest version of a tenant's file names, by name: a process that serves an older one knows others. None of
 * a removed tenant; undefined where no version is known.
 */
async function writtenConnections(
  { tenants }: Pick<Ledger, 'tenants'>,
  tenant: string,
): Promise<Readonly<Record<string, Written>> | undefined> {
  const [inForce] = await tenants.list(tenant);
  const { connections = {} } = (inForce?.document ?? {}) as {
    readonly connections?: Readonly<Record<string, Written>>;
  };
  return inForce === undefined ? undefined : connections;
}

/** Which connections of a tenant were taken out: one that is new, and that this process does not know yet, is none of them. */
export async function takenOut(
  ledger: Pick<Ledger, 'tenants'>,
  tenant: string,
): Promise<(connection: string) => boolean> {
  const written = await writtenConnections(ledger, tenant);
  return (connection) => written !== undefined && !Object.hasOwn(written, connection);
}

/**
 * How often a connection reconciles by the newest version of its tenant's file, ms; undefined for not by itself.
 * @param served as this process has it, which counts where no version is known
 */
export async function reconcilesEvery(
  ledger: Pick<Ledger, 'tenants'>,
  tenant: string,
  { name, reconcile: served }: Pick<TenantConnection, 'name' | 'reconcile'>,
): Promise<number | undefined> {
  const written = await writtenConnections(ledger, tenant);
  if (written === undefined) return served;
  const settings = Object.hasOwn(written, name) ? written[name] : undefined;
  return settings === undefined ? undefined : reconcileOf(connectorNamed(settings.connector), settings).reconcile;
}

import type { Ledger } from '../ledger/ledger';

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

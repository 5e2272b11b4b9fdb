import type { AnyConnector, Connection, Inbox, Log, NormaliseContext } from '../connectors/contract';
import { Permanent } from '../connectors/contract';
import { connectorNamed } from '../connectors/registry';
import type { Tenant, TenantConnection } from '../tenants/tenant';

/** A tenant's connection to its CRM, ready for use. */
export interface OpenConnection {
  readonly connector: AnyConnector;
  readonly connection: Connection<unknown>;
  readonly settings: TenantConnection;
  readonly context: NormaliseContext;
}

/** A connection whose CRM pushes over HTTP. */
export interface PushedConnection {
  readonly tenant: string;
  readonly connection: string;
  /** The connector's name. */
  readonly connector: string;
}

/** Connects on first use and shares what is connected; a failed attempt is not remembered. */
export class Connections {
  private readonly open = new Map<string, Promise<OpenConnection>>();

  constructor(
    private readonly tenants: ReadonlyMap<string, Tenant>,
    private readonly log: Log,
    private readonly now: () => number,
    private readonly inboxes: (tenant: string, connection: string) => Inbox,
  ) {}

  /** Throws Permanent for a tenant or connection that is not configured, and what `connect` throws. */
  of(tenant: string, name: string): Promise<OpenConnection> {
    const key = `${tenant}/${name}`;
    const known = this.open.get(key);
    if (known !== undefined) return known;
    const opening = this.connect(tenant, name);
    this.open.set(key, opening);
    opening.catch(() => this.open.delete(key));
    return opening;
  }

  /** Told without connecting. */
  pushed(): readonly PushedConnection[] {
    return [...this.tenants.values()].flatMap(({ tenant, connections }) =>
      Object.values(connections)
        .filter(({ connector, config }) => connectorNamed(connector).receives?.(config) === true)
        .map(({ name, connector }) => ({ tenant, connection: name, connector })),
    );
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled([...this.open.values()]);
    this.open.clear();
    for (const one of opened) if (one.status === 'fulfilled') await one.value.connection.close();
  }

  private async connect(tenant: string, name: string): Promise<OpenConnection> {
    const settings = tenantNamed(this.tenants, tenant).connections[name];
    if (settings === undefined) {
      throw new Permanent(
        'SBX_CONNECTION_UNKNOWN',
        `tenant ${tenant} has no connection ${name}: add it to the tenant's file`,
      );
    }
    const connector = connectorNamed(settings.connector);
    const connection = (await connector.connect(settings.config, {
      log: this.log,
      now: this.now,
      inbox: this.inboxes(tenant, name),
    })) as Connection<unknown>;
    const context = { tenant, connection: name, org: connection.org, mapping: settings.mapping };
    return { connector, connection, settings, context };
  }
}

/** Throws Permanent, naming the tenants that are configured. */
export function tenantNamed(tenants: ReadonlyMap<string, Tenant>, name: string): Tenant {
  const tenant = tenants.get(name);
  if (tenant !== undefined) return tenant;
  const known = [...tenants.keys()].join(', ') || 'none';
  throw new Permanent('SBX_TENANT_UNKNOWN', `no tenant ${name} is configured (configured: ${known})`);
}

import type { AnyConnector, Connection, ConnectionWatch, Inbox, Log, NormaliseContext } from '../connectors/contract';
import { Retryable } from '../connectors/contract';
import { connectorNamed } from '../connectors/registry';
import type { Tenant, TenantConnection } from '../tenants/tenant';
import type { StreamRef } from './subscription-types';

/** A tenant's connection to its CRM, ready for use. */
export interface OpenConnection {
  readonly connector: AnyConnector;
  readonly connection: Connection<unknown>;
  readonly settings: TenantConnection;
  readonly context: NormaliseContext;
  /** Aborts when the tenant's file says something else of the connection by now: who hears through it asks for it again. */
  readonly retired: AbortSignal;
}

/** A connection whose CRM pushes over HTTP. */
export interface PushedConnection {
  readonly tenant: string;
  readonly connection: string;
  /** The connector's name. */
  readonly connector: string;
}

/** Longer than a write-back may take (`workflows/options.ts`): who has a retired connection in hand may finish, ms. */
const retiredForMs = 150_000;

/** After so long a process asks again for what it did not know: it may not have taken the tenant's newest version yet, ms. */
const unknownAgainMs = 1_000;

/** Connects on first use and shares what is connected; a failed attempt is not remembered. */
export class Connections {
  private readonly open = new Map<string, Promise<OpenConnection>>();
  private readonly retiring = new Map<string, AbortController>();
  /** Closed when their time is over, or with the process. */
  private readonly retired = new Map<Promise<OpenConnection>, NodeJS.Timeout>();
  /** Streams that are heard no more but for what was accepted before, with the settings that they were heard by. */
  private readonly ending = new Map<string, { readonly ref: StreamRef; readonly settings: TenantConnection }>();
  /** Removed tenants, of which lanes still finish what they began. */
  private readonly left = new Set<string>();

  constructor(
    private readonly tenants: ReadonlyMap<string, Tenant>,
    private readonly log: Log,
    private readonly now: () => number,
    private readonly inboxes: (tenant: string, connection: string) => Inbox,
    private readonly watch?: (tenant: string, connection: string) => ConnectionWatch,
  ) {}

  /** Throws Retryable for a tenant or connection that is not (yet) configured, and what `connect` throws. */
  of(tenant: string, name: string): Promise<OpenConnection> {
    const key = `${tenant}/${name}`;
    const known = this.open.get(key);
    if (known !== undefined) return known;
    const retiring = new AbortController();
    const opening = this.connect(tenant, name, retiring.signal);
    this.open.set(key, opening);
    this.retiring.set(key, retiring);
    opening.catch(() => {
      if (this.open.get(key) === opening) this.open.delete(key);
    });
    return opening;
  }

  /** Told without connecting. */
  pushed(): readonly PushedConnection[] {
    return [...this.tenants.values()].flatMap(({ tenant, connections }) =>
      Object.values(this.left.has(tenant) ? {} : connections)
        .filter(isPushed)
        .map(({ name, connector }) => ({ tenant, connection: name, connector })),
    );
  }

  /** Nothing is taken from a removed tenant's CRMs any more, however long its lanes take to finish. */
  leave(tenant: string): void {
    this.left.add(tenant);
  }

  /** A tenant that was removed is there again. */
  comeBack(tenant: string): void {
    this.left.delete(tenant);
  }

  /** A stream is heard on, though the tenant's file names it no more: with these settings where the connection is gone. */
  letEnd(ref: StreamRef, settings: TenantConnection): void {
    this.ending.set(keyOf(ref), { ref, settings });
  }

  isEnding(ref: StreamRef): boolean {
    return this.ending.has(keyOf(ref));
  }

  /** All that was accepted is published, or the stream is named again. */
  ended({ tenant, connection, stream }: StreamRef): void {
    // It may be open by the settings of then.
    if (this.ending.delete(keyOf({ tenant, connection, stream }))) this.retire(tenant, connection);
  }

  private settingsOf(tenant: string, name: string): TenantConnection | undefined {
    const last = [...this.ending.values()].find(({ ref }) => ref.tenant === tenant && ref.connection === name);
    return this.tenants.get(tenant)?.connections[name] ?? last?.settings;
  }

  /** The next who asks connects anew; who has the connection in hand is told, and may finish. */
  retire(tenant: string, name: string): void {
    const key = `${tenant}/${name}`;
    const opening = this.open.get(key);
    if (opening === undefined) return;
    this.open.delete(key);
    this.retiring.get(key)?.abort();
    const end = (): void => {
      this.retired.delete(opening);
      opening
        .then(({ connection }) => connection.close())
        .catch((error: unknown) => {
          this.log.warn({ tenant, connection: name, err: String(error) }, 'a retired connection did not close');
        });
    };
    this.retired.set(opening, setTimeout(end, retiredForMs).unref());
  }

  async close(): Promise<void> {
    for (const timer of this.retired.values()) clearTimeout(timer);
    const opened = await Promise.allSettled([...this.open.values(), ...this.retired.keys()]);
    this.open.clear();
    this.retired.clear();
    for (const one of opened) if (one.status === 'fulfilled') await one.value.connection.close();
  }

  private async connect(tenant: string, name: string, retired: AbortSignal): Promise<OpenConnection> {
    const settings = this.settingsOf(tenant, name);
    if (settings === undefined) {
      tenantNamed(this.tenants, tenant);
      throw new Retryable(
        'SBX_CONNECTION_UNKNOWN',
        `tenant ${tenant} has no connection ${name}: add it to the tenant's file`,
        unknownAgainMs,
      );
    }
    const connector = connectorNamed(settings.connector);
    const connection = (await connector.connect(settings.config, {
      log: this.log,
      now: this.now,
      inbox: this.inboxes(tenant, name),
      watch: this.watch?.(tenant, name),
    })) as Connection<unknown>;
    const context = { tenant, connection: name, org: connection.org, mapping: settings.mapping };
    return { connector, connection, settings, context, retired };
  }
}

/** Whether the CRM of a connection so configured calls over HTTP. */
export function isPushed({ connector, config }: TenantConnection): boolean {
  return connectorNamed(connector).receives?.(config) === true;
}

/** A stream's name among all tenants'. */
export function keyOf({ tenant, connection, stream }: StreamRef): string {
  return `${tenant}/${connection}/${stream}`;
}

/** Throws Retryable, naming the tenants that are configured. */
export function tenantNamed(tenants: ReadonlyMap<string, Tenant>, name: string): Tenant {
  const tenant = tenants.get(name);
  if (tenant !== undefined) return tenant;
  const known = [...tenants.keys()].join(', ') || 'none';
  throw new Retryable('SBX_TENANT_UNKNOWN', `no tenant ${name} is configured (configured: ${known})`, unknownAgainMs);
}

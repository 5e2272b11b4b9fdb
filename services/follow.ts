import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { canonicalJson } from '../canonical-schema/canonical-json';
import { sha256Hex } from '../canonical-schema/sha256';
import { assertTopology } from '../broker/topology';
import type { Follower, Taken, TenantVersion } from '../ledger/ledger';
import type { LoadOptions } from '../tenants/load';
import { tenantOfDocument } from '../tenants/load';
import type { Tenant, TenantConnection } from '../tenants/tenant';
import type { Runtime } from './runtime';
import { formerStreams } from './versions';
import type { Service } from './service';

/** How the versions of tenants' files that the ledger has are read. */
export interface FollowOptions {
  /** Where the files lie, which references `file:` and folders of challengers are relative to. */
  readonly folder: string;
  /** Read anew for every version: a model may have come since. */
  readonly load: () => Promise<LoadOptions>;
  /** What the process was started with, by tenant. */
  readonly started: readonly TenantVersion[];
  /** Between two looks, ms. Default 2 000. */
  readonly everyMs?: number;
}

/** A tenant of which this process serves another version than the one in force. */
export interface Behind {
  readonly tenant: string;
  readonly serving: number;
  readonly inForce: number;
  /** Since when, ms since the epoch. */
  readonly since: number;
  /** Why the version could not be taken; absent while it was not tried. */
  readonly problem?: string;
}

/** Who follows versions, and how far. */
export interface FollowingService extends Service {
  /** The version served of each tenant, and the one in force as far as is known. */
  versions(): readonly { readonly tenant: string; readonly serving: number; readonly inForce: number }[];
  behind(): readonly Behind[];
}

/** How long after its newest word a process counts as alive, ms. */
export const aliveForMs = 30_000;
const tellEveryMs = 10_000;
/** A lane's step may take so long: batches that were begun are decided before a removed tenant is forgotten, ms. */
const forgetAfterMs = 30_000;

/** A version as it is served, and how it was served before where a part has not heard of it yet. */
interface Served {
  readonly number: number;
  readonly tenant: Tenant | undefined;
}

/**
 * Takes new versions of tenants' files in force, for as long as the process lives: looks into the ledger every other second.
 * A version that cannot be taken leaves the old one in force, is told, and is tried again.
 */
export function startFollowing(
  runtime: Runtime,
  options: FollowOptions,
  services: readonly Service[],
  roles: readonly string[],
): FollowingService {
  const following = new Following(runtime, options, services, roles);
  return {
    stop: () => following.stop(),
    versions: () => following.versions(),
    behind: () => following.behind(),
  };
}

class Following {
  private readonly id = `${hostname()}:${process.pid}:${sha256Hex(`${Math.random()}`).slice(0, 6)}`;
  private readonly served: Map<string, Served>;
  private readonly failures = new Map<string, NonNullable<Taken['failed']>>();
  private readonly forgetting = new Map<string, NodeJS.Timeout>();
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  /** By tenant, as the ledger had them when it was last asked. */
  private inForce: Readonly<Record<string, number>> = {};
  private readonly oldSince = new Map<string, number>();
  private toldAt = 0;
  private told = '';

  constructor(
    private readonly runtime: Runtime,
    private readonly options: FollowOptions,
    private readonly services: readonly Service[],
    private readonly roles: readonly string[],
  ) {
    const { tenants } = runtime;
    this.served = new Map(
      options.started.map(({ tenant, number }) => [tenant, { number, tenant: tenants.get(tenant) }]),
    );
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    for (const timer of this.forgetting.values()) clearTimeout(timer);
    await this.runtime.ledger.tenants.forget(this.id).catch(() => undefined);
  }

  versions(): ReturnType<FollowingService['versions']> {
    return [...this.served].map(([tenant, { number }]) => {
      return { tenant, serving: number, inForce: this.inForce[tenant] ?? number };
    });
  }

  behind(): readonly Behind[] {
    const tenants = new Set([...this.served.keys(), ...Object.keys(this.inForce)]);
    return [...tenants].flatMap((tenant): Behind[] => {
      const serving = this.served.get(tenant)?.number ?? 0;
      const inForce = this.inForce[tenant] ?? serving;
      if (inForce === serving) {
        this.oldSince.delete(tenant);
        return [];
      }
      const since = this.oldSince.get(tenant) ?? Date.now();
      this.oldSince.set(tenant, since);
      const problem = this.failures.get(tenant)?.problem;
      return [{ tenant, serving, inForce, since, ...(problem === undefined ? {} : { problem }) }];
    });
  }

  private async run(): Promise<void> {
    const { everyMs = 2_000 } = this.options;
    const { signal } = this.stopping;
    let isRecalled = false;
    while (!signal.aborted) {
      try {
        if (!isRecalled) await this.recall();
        isRecalled = true;
        await this.look();
        await this.tell();
      } catch (error) {
        this.runtime.log.warn({ err: String(error) }, "versions of tenants' files could not be looked for");
      }
      await pause(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Ends what was taken out while no process was there to end it. */
  private async recall(): Promise<void> {
    const { ledger, log } = this.runtime;
    for (const { tenant, number } of this.options.started.filter((version) => version.number > 1)) {
      for (const { ref, version } of formerStreams(await ledger.tenants.list(tenant))) {
        const settings = async (): Promise<TenantConnection> => {
          const { [ref.connection]: former } = (await this.tenantOf(version)).connections;
          if (former === undefined) throw new Error(`version ${version.number} has no connection ${ref.connection}`);
          return former;
        };
        try {
          for (const service of this.services) await service.recall?.(ref, settings);
        } catch (error) {
          const what = 'what was accepted of a removed stream waits: put it back, or give its secrets again';
          log.warn({ ...ref, version: number, err: String(error) }, what);
        }
      }
    }
  }

  private async look(): Promise<void> {
    const numbers = await this.runtime.ledger.tenants.numbers();
    this.inForce = numbers;
    const isOld = ([tenant, number]: [string, number]): boolean => this.served.get(tenant)?.number !== number;
    if (!Object.entries(numbers).some(isOld)) return;
    for (const version of await this.runtime.ledger.tenants.inForce()) {
      if (isOld([version.tenant, version.number])) await this.take(version);
    }
  }

  private async take(version: TenantVersion): Promise<void> {
    const { log } = this.runtime;
    const { tenant: name, number, by } = version;
    const before = this.served.get(name)?.tenant;
    try {
      const tenant = version.document === null ? undefined : await this.read(version);
      if (tenant === undefined) await this.leave(name, before);
      else await this.serve(tenant, before);
      this.served.set(name, { number, tenant });
      this.failures.delete(name);
      log.info(
        { tenant: name, version: number, by },
        tenant === undefined ? 'a tenant was removed' : 'a tenant file is in force',
      );
    } catch (error) {
      this.keepOld(version, error instanceof Error ? error.message : String(error));
    }
  }

  /** The version before stays in force here; told once for each reason. */
  private keepOld({ tenant, number }: TenantVersion, problem: string): void {
    const serving = this.served.get(tenant)?.number ?? 0;
    if (this.failures.get(tenant)?.problem !== problem) {
      const what = 'a tenant file could not be taken; the one before stays in force here';
      this.runtime.log.error({ tenant, version: number, serving, problem }, what);
    }
    this.failures.set(tenant, { number, problem });
  }

  /** All that can fail for the version's own sake, before anything is changed. */
  private async read(version: TenantVersion): Promise<Tenant> {
    const { broker, openModels } = this.runtime;
    const tenant = await this.tenantOf(version);
    await assertTopology(broker, [{ tenant: tenant.tenant, partitions: tenant.partitions }]);
    await openModels(tenant);
    return tenant;
  }

  private async tenantOf({ tenant: name, document }: TenantVersion): Promise<Tenant> {
    const { folder, load } = this.options;
    return tenantOfDocument(document, path.join(folder, `${name}.yaml`), await load());
  }

  private async serve(tenant: Tenant, before: Tenant | undefined): Promise<void> {
    clearTimeout(this.forgetting.get(tenant.tenant));
    this.runtime.connections.comeBack(tenant.tenant);
    this.runtime.serving.set(tenant.tenant, tenant);
    this.retire(before, tenant);
    for (const service of this.services) await service.serve?.(tenant, before);
  }

  private async leave(name: string, before: Tenant | undefined): Promise<void> {
    if (before === undefined) return;
    this.runtime.connections.leave(name);
    for (const service of this.services.toReversed()) await service.leave?.(before);
    const forget = (): void => {
      this.runtime.serving.delete(name);
      this.retire(before, undefined);
    };
    this.forgetting.set(name, setTimeout(forget, forgetAfterMs).unref());
  }

  /** Connections of which something else is said by now are opened anew. */
  private retire(before: Tenant | undefined, after: Tenant | undefined): void {
    for (const [name, connection] of Object.entries(before?.connections ?? {})) {
      const now = after?.connections[name];
      if (now === undefined || canonicalJson(now) !== canonicalJson(connection))
        this.runtime.connections.retire(before?.tenant ?? '', name);
    }
  }

  private async tell(): Promise<void> {
    const names = new Set([...this.served.keys(), ...this.failures.keys()]);
    const taken = Object.fromEntries(
      [...names].map((name): [string, Taken] => {
        const failed = this.failures.get(name);
        return [name, { number: this.served.get(name)?.number ?? 0, ...(failed === undefined ? {} : { failed }) }];
      }),
    );
    const follower: Follower = { id: this.id, roles: this.roles.join(', '), taken };
    const text = canonicalJson(follower);
    if (text === this.told && Date.now() - this.toldAt < tellEveryMs) return;
    await this.runtime.ledger.tenants.tell(follower);
    [this.told, this.toldAt] = [text, Date.now()];
  }
}

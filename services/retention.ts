import type { Ledger } from '../ledger/ledger';
import { retentionOf } from '../tenants/retention';
import type { Tenant } from '../tenants/tenant';
import type { Runtime } from './runtime';
import type { Service } from './service';

type Needs = Pick<Runtime, 'ledger' | 'tenants' | 'log' | 'now'>;

/** A tenant's shortest useful retention is a day, so this is early enough, ms. */
const everyMs = 6 * 3_600_000;
/** What waits at the start is decided first, ms. */
const firstAfterMs = 60_000;

/** Deletes from the ledger what its tenants no longer keep, now and then, for as long as the process lives. */
export function startRetention(runtime: Needs): Service {
  let underWay: Promise<void> = Promise.resolve();
  const purge = (): void => {
    underWay = underWay.then(() => purgeAll(runtime));
  };
  const first = setTimeout(purge, firstAfterMs).unref();
  const again = setInterval(purge, everyMs).unref();
  return {
    stop: async () => {
      clearTimeout(first);
      clearInterval(again);
      await underWay;
    },
  };
}

/** A tenant whose data are kept for so long. */
interface Keeping {
  readonly tenant: string;
  readonly retention: Tenant['retention'];
  readonly isRemoved: boolean;
}

/** Purges every tenant once, removed ones too. One that fails is told in the log and tried again next time; the others go on. */
export async function purgeAll({ ledger, tenants, log, now }: Needs): Promise<void> {
  const served = [...tenants.values()].map(({ tenant, retention }) => ({ tenant, retention, isRemoved: false }));
  const removed = await removedFrom(ledger).catch((error: unknown) => {
    log.error({ err: String(error) }, 'what removed tenants no longer keep could not be deleted');
    return [];
  });
  for (const { tenant, retention, isRemoved } of [...served, ...removed.filter((one) => !tenants.has(one.tenant))]) {
    try {
      const purged = await ledger.purge(tenant, { ...before(retention, now()), isRemoved });
      const rows = Object.fromEntries(Object.entries(purged).filter(([, count]) => count > 0));
      if (Object.keys(rows).length > 0) log.info({ tenant, rows }, 'what the tenant no longer keeps was deleted');
    } catch (error) {
      log.error({ tenant, err: String(error) }, 'what the tenant no longer keeps could not be deleted');
    }
  }
}

/** Tenants that are served no more, by what their last file said of retention. */
async function removedFrom({ tenants }: Ledger): Promise<readonly Keeping[]> {
  const gone = (await tenants.inForce()).filter(({ document }) => document === null);
  const all = gone.map(async ({ tenant }): Promise<readonly Keeping[]> => {
    const last = (await tenants.list(tenant)).find(({ document }) => document !== null);
    return last === undefined ? [] : [{ tenant, retention: retentionOf(last.document), isRemoved: true }];
  });
  return (await Promise.all(all)).flat();
}

function before(
  { events, decisions }: Tenant['retention'],
  now: number,
): { readonly eventsBefore: string; readonly decisionsBefore: string } {
  return {
    eventsBefore: new Date(now - events).toISOString(),
    decisionsBefore: new Date(now - decisions).toISOString(),
  };
}

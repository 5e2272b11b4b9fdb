import { sql, type Kysely, type Selectable } from 'kysely';
import { wait } from './audit/wait';
import type { Schema } from './schema';

/** A version of a tenant's file that is to be in force. */
export interface VersionChange {
  /** Of the document, however it was written. */
  readonly digest: string;
  /** The file as it was written, references in place of secrets; null removes the tenant. */
  readonly document: unknown;
  /** Digest of the policy by use case, as decisions bear it. */
  readonly policies: Readonly<Record<string, string>>;
  /** What differs from the version before, for a person. */
  readonly changes: readonly string[];
  /** The person who answers for it. */
  readonly by: string;
}

export interface TenantVersion extends VersionChange {
  readonly tenant: string;
  /** Counts from 1 in each tenant; the greatest is in force. */
  readonly number: number;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Which version of a tenant a process serves. */
export interface Taken {
  /** 0 for none. */
  readonly number: number;
  /** The version that it could not take, and why. */
  readonly failed?: { readonly number: number; readonly problem: string };
}

/** A process that serves tenants. */
export interface Follower {
  readonly id: string;
  readonly roles: string;
  readonly taken: Readonly<Record<string, Taken>>;
}

/** The versions of tenants' files, and the processes that take them. */
export interface TenantVersions {
  /** Newest first, of one tenant or of all. */
  list(tenant?: string): Promise<readonly TenantVersion[]>;
  /** The newest of each tenant, removed ones included. */
  inForce(): Promise<readonly TenantVersion[]>;
  /** The greatest number of each tenant: cheap enough to be asked every few seconds. */
  numbers(): Promise<Readonly<Record<string, number>>>;
  /**
   * In force at once. Throws when another version came in between.
   * @param after the number of the version that was seen last; 0 for none
   */
  apply(tenant: string, change: VersionChange, after: number): Promise<TenantVersion>;
  /** A process is alive, and serves this. */
  tell(follower: Follower): Promise<void>;
  /** A process has ended. */
  forget(id: string): Promise<void>;
  /** Processes heard of within the last so many ms. */
  followers(withinMs: number): Promise<readonly Follower[]>;
}

const columns = ['tenant', 'number', 'digest', 'document', 'policies', 'changes', 'by', 'at'] as const;

/** The versions, over a database. */
export function tenantVersions(database: Kysely<Schema>): TenantVersions {
  return {
    list: async (tenant) => {
      const all = database.selectFrom('tenant_versions').select(columns);
      const asked = tenant === undefined ? all : all.where('tenant', '=', tenant);
      return (await asked.orderBy('tenant').orderBy('number', 'desc').execute()).map(readVersion);
    },
    inForce: async () => {
      const newest = database.selectFrom('tenant_versions').select(columns).distinctOn('tenant');
      return (await newest.orderBy('tenant').orderBy('number', 'desc').execute()).map(readVersion);
    },
    numbers: async () => {
      const rows = await database
        .selectFrom('tenant_versions')
        .select(({ fn }) => ['tenant' as const, fn.max('number').as('number')])
        .groupBy('tenant')
        .execute();
      return Object.fromEntries(rows.map(({ tenant, number }) => [tenant, number]));
    },
    apply: (tenant, change, after) => apply(database, tenant, change, after),
    tell: async ({ id, roles, taken }) => {
      const told = { roles, taken: JSON.stringify(taken), at: sql<string>`now()` };
      await database
        .insertInto('followers')
        .values({ id, ...told })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(told))
        .execute();
      await database
        .deleteFrom('followers')
        .where('at', '<', sql<Date>`now() - interval '1 day'`)
        .execute();
    },
    forget: async (id) => {
      await database.deleteFrom('followers').where('id', '=', id).execute();
    },
    followers: (withinMs) =>
      database
        .selectFrom('followers')
        .select(['id', 'roles', 'taken'])
        .where('at', '>', sql<Date>`now() - ${withinMs} * interval '1 millisecond'`)
        .orderBy('id')
        .execute(),
  };
}

async function apply(
  database: Kysely<Schema>,
  tenant: string,
  { document, policies, changes, ...change }: VersionChange,
  after: number,
): Promise<TenantVersion> {
  const row = await database.transaction().execute(async (transaction) => {
    await wait(transaction, tenant, 'tenant-version', [[after + 1]]);
    return transaction
      .insertInto('tenant_versions')
      .values({
        ...{ tenant, ...change, number: after + 1 },
        document: document === null ? null : JSON.stringify(document),
        ...{ policies: JSON.stringify(policies), changes: JSON.stringify(changes) },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning(columns)
      .executeTakeFirst();
  });
  if (row !== undefined) return readVersion(row);
  throw new Error(`another version of tenant ${tenant} was applied by someone else meanwhile: look at the plan again`);
}

function readVersion({ at, ...row }: Selectable<Schema['tenant_versions']>): TenantVersion {
  return { ...row, at: at.toISOString() };
}

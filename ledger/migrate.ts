import { isDeepStrictEqual } from 'node:util';
import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import type { Log } from './log';
import { initial } from './migrations/m0001-initial';
import { inbox } from './migrations/m0002-inbox';
import { identity } from './migrations/m0003-identity';
import { ranking } from './migrations/m0004-ranking';
import { propensity } from './migrations/m0005-propensity';
import { learning } from './migrations/m0006-learning';
import { trainings } from './migrations/m0007-trainings';
import { driftAlarm } from './migrations/m0008-drift-alarm';
import { drafts } from './migrations/m0009-drafts';
import { observations } from './migrations/m0010-observations';
import { tenantVersions } from './migrations/m0011-tenant-versions';
import { proposalsErasures } from './migrations/m0014-proposals-erasures';
import { sources } from './migrations/m0015-sources';
import { auditChain } from './migrations/m0016-audit-chain';
import { noBodies } from './migrations/m0017-no-bodies';
import { cases } from './migrations/m0018-cases';
import type { Schema } from './schema';

/** In order; a released one is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-inbox': inbox,
  '0003-identity': identity,
  '0004-ranking': ranking,
  '0005-propensity': propensity,
  '0006-learning': learning,
  '0007-trainings': trainings,
  '0008-drift-alarm': driftAlarm,
  '0009-drafts': drafts,
  '0010-observations': observations,
  '0011-tenant-versions': tenantVersions,
  '0014-proposals-erasures': proposalsErasures,
  '0015-sources': sources,
  '0016-audit-chain': auditChain,
  '0017-no-bodies': noBodies,
  '0018-cases': cases,
};

/**
 * Brings the tables up to date. Safe when several processes start at once: an advisory lock lets one migrate, the others
 * wait and find nothing to do. Throws when a migration fails (its transaction leaves nothing) or when the database is newer
 * than this program.
 */
export async function migrate(database: Kysely<Schema>, log?: Log): Promise<void> {
  const isReady = await isUpToDate(database).catch((error: unknown) => {
    throw failure(error, undefined);
  });
  if (isReady) return;
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw failure(error, results?.find(({ status }) => status === 'Error')?.migrationName);
  for (const { migrationName } of results ?? []) log?.info({ migration: migrationName }, 'ledger migrated');
}

/** The migrator reads the catalogue before it looks for what is missing: with PGlite a third of a start's CPU. */
async function isUpToDate(database: Kysely<Schema>): Promise<boolean> {
  const known = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(
    database,
  );
  if (known.rows[0]?.there !== true) return false;
  const done = await sql<{ name: string }>`select name from kysely_migration`.execute(database);
  return isDeepStrictEqual(new Set(done.rows.map(({ name }) => name)), new Set(Object.keys(migrations)));
}

function failure(error: unknown, migration: string | undefined): Error {
  // Node's error for a refused connection to a name with two addresses has a code and no message.
  const { message, code } = error as NodeJS.ErrnoException;
  const why = message === '' ? code : message;
  return migration === undefined
    ? new Error(
        `the ledger's database could not be prepared: ${why ?? 'no reason was given'}. Check that DATABASE_URL names a ` +
          'running PostgreSQL and a user who may create tables, and that no newer Signalbox has migrated the database.',
        { cause: error },
      )
    : new Error(
        `the ledger's migration ${migration} failed: ${why ?? 'no reason was given'}. Nothing of it was kept. Check that ` +
          'the database user may create tables and that no table of the same name is in the way.',
        { cause: error },
      );
}

import { Option, type Command } from 'commander';
import { statSync } from 'node:fs';
import path from 'node:path';
import { openLog } from '../../services/log';
import { provideAll } from '../../services/provision/provide';
import { roles, startSignalbox, type Role } from '../../services/signalbox';
import { loadTenant, loadTenants } from '../../tenants/load';
import type { Tenant } from '../../tenants/tenant';
import { interruption } from '../interruption';
import { allConnectors, ledgerFolder, modelsIn, projectRoot } from '../places';
import { CliError } from '../terminal';

interface UpOptions {
  readonly tenants: string;
  readonly only?: readonly Role[];
  readonly state: string;
}

/** `signalbox up`: serves the tenants until it is told to stop. */
export function upCommand(program: Command): void {
  program
    .command('up')
    .description('serve the tenants: hear their CRMs, decide, act; runs until SIGINT or SIGTERM')
    .option('--tenants <path>', "a tenant's file, or a folder of them", 'tenants.d')
    .addOption(new Option('--only <role...>', 'run these parts only, each in a process of its own').choices(roles))
    .option('--state <dir>', 'where state lies', '.signalbox')
    .addHelpText('after', '\nExample:\n  $ signalbox up --tenants tenants.d/acme.yaml\n')
    .action(async (options: UpOptions) => {
      await up(options);
    });
}

async function up(options: UpOptions): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { DATABASE_URL: url, LOG_FILE: logFile } = process.env;
  if (options.only !== undefined && url === undefined) {
    throw new CliError(
      'parts in processes of their own need one ledger between them',
      '--only',
      'set DATABASE_URL to a PostgreSQL database, or leave --only out to run everything in this process',
    );
  }
  const tenants = await tenantsAt(options.tenants);
  const log = openLog(logFile);
  const interrupted = interruption();
  const servers = await provideAll({ rabbit: true, temporal: true, isPersistent: true, stateDir: options.state, progress: say });
  try {
    const signalbox = await startSignalbox(
      {
        amqpUrl: servers.rabbit?.url ?? '',
        temporalAddress: servers.temporal?.url ?? '',
        ledger: url === undefined ? { folder: ledgerFolder(options.state) } : { url },
        modelsDir: path.join(projectRoot, 'models'),
        tenants,
        log,
      },
      options.only ?? roles,
    );
    say(`signalbox is up: ${(options.only ?? roles).join(', ')} for ${[...tenants.keys()].join(', ')}; Ctrl-C ends it`);
    await interrupted;
    await signalbox.stop();
  } finally {
    await servers.stop();
  }
}

async function tenantsAt(where: string): Promise<ReadonlyMap<string, Tenant>> {
  const options = { connectors: allConnectors, models: [...(await modelsIn()).keys()] };
  let isFolder: boolean;
  try {
    isFolder = statSync(where).isDirectory();
  } catch (error) {
    throw new CliError('there are no tenants', where, 'give a tenant file or a folder of them with --tenants', 2, { cause: error });
  }
  const tenants = isFolder ? loadTenants(where, options) : [loadTenant(where, options)];
  return new Map(tenants.map((tenant) => [tenant.tenant, tenant]));
}

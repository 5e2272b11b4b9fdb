import type { Command } from 'commander';
import { existsSync, statSync } from 'node:fs';
import { ConnectorError, type RegistrationChange } from '../../connectors/contract';
import { noInbox } from '../../connectors/kit/no-inbox';
import { loadTenant, loadTenants } from '../../tenants/load';
import type { Tenant, TenantConnection } from '../../tenants/tenant';
import { allConnectors, modelsIn } from '../places';
import { CliError, exit, jsonLine, logTo, type Terminal } from '../terminal';

interface Options {
  readonly tenant: string;
  readonly tenants: string;
  readonly connection?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Wanted = 'connected' | 'disconnected';

/** How long the CRM may take for all of it, in ms. */
const patience = 5 * 60_000;

const tenantNamed = async ({ tenant: name, tenants: place }: Options, { env }: Terminal): Promise<Tenant> => {
  if (!existsSync(place))
    throw new CliError('there is no such file or folder', place, "name the tenants' folder with --tenants");
  const load = { connectors: allConnectors, models: await modelsIn(), env };
  const all = statSync(place).isDirectory() ? loadTenants(place, load) : [loadTenant(place, load)];
  const found = all.find(({ tenant }) => tenant === name);
  if (found !== undefined) return found;
  const known = all.map(({ tenant }) => tenant).join(', ') || 'none';
  throw new CliError(`there is no tenant ${name}`, place, `known are: ${known}`);
};

/** The tenant's connections with that connector; the one that is named, where it is. */
const connectionsOf = (
  tenant: Tenant,
  connector: string,
  { connection: named }: Options,
): readonly TenantConnection[] => {
  const all = Object.values(tenant.connections).filter((one) => one.connector === connector);
  const wanted = named === undefined ? all : all.filter(({ name }) => name === named);
  if (wanted.length > 0) return wanted;
  const known = all.map(({ name }) => name).join(', ') || 'none';
  throw new CliError(
    `no such connection with ${connector}; there are: ${known}`,
    tenant.file,
    'name another, or add it to the file',
  );
};

const signs = { create: '+', change: '~', remove: '-', keep: '=' } as const;

const changeText = (place: string, { kind, what, why }: RegistrationChange): string =>
  `${signs[kind]} ${place}: ${what}${why === undefined ? '' : ` (${why})`}\n`;

/** Plans for one connection, shows the plan, and carries it out where that was asked for. */
const register = async (wanted: Wanted, settings: TenantConnection, options: Options, terminal: Terminal) => {
  const connector = allConnectors.find(({ name }) => name === settings.connector);
  const place = `${options.tenant}/${settings.name}`;
  if (connector === undefined) throw new CliError('no such connector', settings.connector, 'correct the file');
  const connection = await connector.connect(settings.config, { log: logTo(terminal), now: Date.now, inbox: noInbox });
  try {
    const { registration } = connection;
    if (registration === undefined) {
      const fix = `click it together as ${connector.setUpPage} tells; \`signalbox doctor --tenant-file FILE\` then proves it`;
      throw new CliError(`${connector.name} cannot be told over an API whom to tell`, place, fix);
    }
    const signal = AbortSignal.timeout(patience);
    const plan = await registration.plan(wanted, signal);
    if (options.json !== true) for (const change of plan) terminal.out(changeText(place, change));
    const due = plan.filter(({ apply }) => apply !== undefined);
    if (options.yes === true) for (const { apply } of due) await apply?.(signal);
    return {
      connection: settings.name,
      changes: plan.map(({ kind, what, why }) => ({ kind, what, why })),
      due: due.length,
    };
  } finally {
    await connection.close();
  }
};

const registerAll = async (wanted: Wanted, name: string, options: Options, terminal: Terminal): Promise<void> => {
  if (!allConnectors.some((connector) => connector.name === name)) {
    const known = allConnectors.map((connector) => connector.name).join(', ');
    throw new CliError(`there is no connector "${name}"`, '', `known are: ${known}`);
  }
  const tenant = await tenantNamed(options, terminal);
  try {
    const done = [];
    for (const settings of connectionsOf(tenant, name, options))
      done.push(await register(wanted, settings, options, terminal));
    const due = done.reduce((sum, one) => sum + one.due, 0);
    const isApplied = options.yes === true;
    if (options.json === true) terminal.out(jsonLine({ tenant: tenant.tenant, wanted, isApplied, connections: done }));
    else
      terminal.out(
        due === 0
          ? 'nothing is to be done\n'
          : `${due} changes ${isApplied ? 'made' : 'to be made: run it again with --yes'}\n`,
      );
    if (due > 0 && !isApplied) terminal.exitCode = exit.problems;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const fix = `signalbox doctor --tenant-file ${tenant.file}`;
    throw new CliError(`${error.code}: ${error.message}`, tenant.file, fix, exit.problems, { cause: error });
  }
};

const command = (program: Command, terminal: Terminal, name: string, wanted: Wanted, description: string): void => {
  program
    .command(name)
    .description(description)
    .argument('CONNECTOR', 'which CRM, e.g. dynamics365')
    .requiredOption('--tenant <NAME>', "the tenant's name")
    .option('--tenants <PATH>', "a tenant's file, or a folder of them", 'tenants.d')
    .option('--connection <NAME>', "one of the tenant's connections; all with that connector where it is left out")
    .option('--yes', 'carry the plan out')
    .option('--json', 'one line of JSON: {tenant, wanted, isApplied, connections: [{connection, changes, due}]}')
    .addHelpText(
      'after',
      `\nShows the plan first: + made, ~ mended, - removed, = as it should be. Exits 1 when there is something to be done and --yes is missing.\n\nExample:\n  signalbox ${name} dynamics365 --tenant acme --tenants tenants.d --yes`,
    )
    .action((connector: string, _: unknown, self: Command) =>
      registerAll(wanted, connector, self.opts<Options>(), terminal),
    );
};

/** `signalbox connect` */
export const connectCommand = (program: Command, terminal: Terminal): void => {
  command(program, terminal, 'connect', 'connected', 'Make or mend in a CRM what makes it tell a tenant’s connection.');
};

/** `signalbox disconnect` */
export const disconnectCommand = (program: Command, terminal: Terminal): void => {
  command(program, terminal, 'disconnect', 'disconnected', 'Remove from a CRM exactly what `signalbox connect` made.');
};

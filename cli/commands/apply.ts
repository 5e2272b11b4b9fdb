import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import type { Follower, Ledger, TenantVersion } from '../../ledger/ledger';
import { aliveForMs } from '../../services/follow';
import { applyVersion, planVersion, refusalText, type VersionPlan } from '../../services/versions';
import { readTenantFile } from '../../tenants/load';
import { changeText } from '../../tenants/plan';
import { allConnectors, modelsIn, withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface ApplyOptions extends StateOptions {
  readonly remove?: string;
  readonly by?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** How long running processes are waited for, ms. */
const patience = 15_000;

const planOf = async (ledger: Ledger, file: string | undefined, { remove }: ApplyOptions, { env }: Terminal) => {
  if ((file === undefined) === (remove === undefined)) {
    throw new CliError('one thing is to be applied', 'FILE', "give a tenant's file, or --remove TENANT");
  }
  if (file !== undefined) {
    const read = readTenantFile(file, { connectors: allConnectors, models: await modelsIn(), env });
    return planVersion(ledger, read.tenant.tenant, read, allConnectors);
  }
  const plan = await planVersion(ledger, remove ?? '', undefined, allConnectors);
  if (plan.changes.length > 0) return plan;
  throw new CliError(`no tenant ${remove ?? ''} is in force`, '--remove', '`signalbox tenants` lists those that are');
};

const planText = ({ tenant, inForce, changes }: VersionPlan): string =>
  [
    `${tenant}: ${inForce === 0 ? 'not in force yet' : `version ${inForce} is in force`}`,
    ...changes.flatMap((change) => [changeText(change), `    ${change.means}`]),
    '',
  ].join('\n');

/** Waits until every running process has taken the version, or has said why not. */
const takenBy = async ({ tenants }: Ledger, { tenant, number }: TenantVersion): Promise<readonly Follower[]> => {
  const deadline = Date.now() + patience;
  for (;;) {
    const followers = await tenants.followers(aliveForMs);
    const isSettled = followers.every(
      ({ taken: { [tenant]: one } }) => one?.number === number || one?.failed?.number === number,
    );
    if (isSettled || Date.now() > deadline) return followers;
    await pause(250);
  }
};

const behind = (followers: readonly Follower[], { tenant, number }: TenantVersion): readonly Follower[] =>
  followers.filter(({ taken }) => taken[tenant]?.number !== number);

const followerText = ({ id, roles, taken }: Follower, tenant: string): string => {
  const { number = 0, failed } = taken[tenant] ?? {};
  const problem = failed?.problem ?? 'it has not taken the newest yet';
  return `  ${id} (${roles}) serves ${number === 0 ? 'none' : `version ${number}`}: ${problem}\n`;
};

const carryOut = async (ledger: Ledger, plan: VersionPlan, { by, json }: ApplyOptions, terminal: Terminal) => {
  if (by === undefined) throw new CliError('who answers for it is not said', '--by', 'add --by NAME');
  const version = await applyVersion(ledger, plan, by, allConnectors);
  const followers = await takenBy(ledger, version);
  const late = behind(followers, version);
  if (late.length > 0) terminal.exitCode = exit.problems;
  if (json === true) return { version: version.number, followers };
  terminal.out(
    `version ${version.number} of ${plan.tenant} is in force; taken by ${followers.length - late.length} of ${followers.length} running processes\n`,
  );
  for (const follower of late) terminal.err(followerText(follower, plan.tenant));
  return { version: version.number, followers };
};

/** Throws where something is in the plan that cannot be changed while events flow. */
const mustBeLive = ({ changes }: VersionPlan, where: string): void => {
  const refused = changes.filter((change) => change.refused !== undefined);
  if (refused.length === 0) return;
  const fix = 'the version in force stays; take these changes out of the file, or go the way above';
  throw new CliError(`the plan is refused: ${refusalText(refused)}`, where, fix);
};

const dueText = (due: number): string =>
  due === 0 ? 'nothing is to be done\n' : `${due} changes to be made: run it again with --yes --by NAME\n`;

const apply = (file: string | undefined, options: ApplyOptions, terminal: Terminal): Promise<void> =>
  withLedger(options, terminal, async (ledger) => {
    const plan = await planOf(ledger, file, options, terminal);
    const { tenant, inForce, changes } = plan;
    if (options.json !== true) terminal.out(planText(plan));
    mustBeLive(plan, file ?? '');
    const isApplied = options.yes === true && changes.length > 0;
    if (changes.length > 0 && !isApplied) terminal.exitCode = exit.problems;
    const done = isApplied ? await carryOut(ledger, plan, options, terminal) : {};
    if (options.json === true) terminal.out(jsonLine({ tenant, inForce, changes, isApplied, ...done }));
    else if (!isApplied) terminal.out(dueText(changes.length));
  });

/** `signalbox apply` */
export const applyCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('apply')
    .description("Compare a tenant's file with what is in force, and put it in force without a restart.")
    .argument('[FILE]', "the tenant's file")
    .option('--remove <TENANT>', 'serve a tenant no more; the ledger keeps what it has')
    .option('--yes', 'carry the plan out')
    .option('--by <NAME>', 'the person who answers for it')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, inForce, changes, isApplied, version, followers}')
    .addHelpText(
      'after',
      '\nShows the plan first: + added, ~ changed, - removed. Exits 1 when there is something to be done and --yes is missing, or a process could not take it; 2 when the file or the plan is refused.\n\nExample:\n  signalbox apply tenants.d/acme.yaml --yes --by "Ada Byron"',
    )
    .action((file: string | undefined, _: unknown, self: Command) => apply(file, self.opts<ApplyOptions>(), terminal));
};

interface TenantsOptions extends StateOptions {
  readonly tenant?: string;
  readonly json?: boolean;
}

const versionText = ({ number, digest, by, at, changes }: TenantVersion): string =>
  [`  ${at}  version ${number} by ${by}  ${digest}`, ...changes.map((change) => `    ${change}`), ''].join('\n');

const list = (options: TenantsOptions, terminal: Terminal): Promise<void> =>
  withLedger(options, terminal, async ({ tenants }) => {
    const { tenant: asked } = options;
    const inForce = (await tenants.inForce()).filter(({ tenant }) => asked === undefined || tenant === asked);
    const followers = await tenants.followers(aliveForMs);
    const versions = asked === undefined ? [] : await tenants.list(asked);
    if (inForce.some((version) => behind(followers, version).length > 0)) terminal.exitCode = exit.problems;
    if (options.json === true) {
      const shown = (asked === undefined ? inForce : versions).map(
        ({ tenant, number, digest, policies, changes, by, at }) => {
          return { tenant, number, digest, policies, changes, by, at };
        },
      );
      terminal.out(jsonLine({ versions: shown, followers }));
      return;
    }
    if (inForce.length === 0) terminal.out('no tenant is in force\n');
    for (const version of inForce) {
      const { tenant, number, document, by, at } = version;
      const late = behind(followers, version);
      const state = document === null ? 'removed' : 'in force';
      terminal.out(
        `${tenant}: version ${number} ${state} since ${at} by ${by}; taken by ${followers.length - late.length} of ${followers.length} running processes\n`,
      );
      for (const follower of late) terminal.out(followerText(follower, tenant));
    }
    for (const version of versions) terminal.out(versionText(version));
  });

/** `signalbox tenants` */
export const tenantsCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('tenants')
    .description('List the tenants in force, and which processes have taken their versions.')
    .option('--tenant <NAME>', 'one of them, with every version that it had: who, when, and what changed')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {versions, followers}')
    .addHelpText(
      'after',
      '\nExits 1 when a running process serves an old version.\n\nExample:\n  signalbox tenants --tenant acme',
    )
    .action((_: unknown, self: Command) => list(self.opts<TenantsOptions>(), terminal));
};

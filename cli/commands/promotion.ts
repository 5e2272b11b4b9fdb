import { dirname, join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { previousChampion } from '../../ledger/champions';
import { checksOf } from '../../activities/challenge';
import type { ChampionRow, Ledger } from '../../ledger/ledger';
import type { GateCheck } from '../../models/monitor/gate-check';
import { loadModel, type Model } from '../../models/registry';
import { loadTenant } from '../../tenants/load';
import type { UseCase } from '../../tenants/tenant';
import { allConnectors, learnedFolder, modelsIn, withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface ChangeOptions extends StateOptions {
  readonly tenant: string;
  readonly useCase: string;
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}

interface PromoteOptions extends ChangeOptions {
  readonly tenantFile: string;
  readonly model: string;
  readonly models?: string;
  readonly event: 'won' | 'lost';
  readonly acceptUnknown?: boolean;
}

/** The use case in the tenant's file, and every model that may decide it. */
const candidatesOf = async (
  { tenantFile, tenant, useCase: name, models: folder }: PromoteOptions,
  { env }: Terminal,
): Promise<readonly [UseCase, readonly Model[]]> => {
  const models = await modelsIn(folder);
  const loaded = loadTenant(tenantFile, { connectors: allConnectors, models, env });
  const useCase = loaded.useCases[name];
  if (loaded.tenant !== tenant || useCase === undefined) {
    const where = loaded.tenant === tenant ? `use case ${name}` : `tenant ${tenant}`;
    throw new CliError(`the file is not about ${where}`, loaded.file, `give the file of ${tenant} with ${name} in it`);
  }
  const named = await Promise.all(
    [useCase.model, ...useCase.challengers].map(async (one) => models.get(one) ?? (await loadModel(one))),
  );
  return [useCase, [...named.filter((model) => model !== undefined), ...models.values()]];
};

/** The models that the use case has learnt, as far as they are here. */
const learnedOf = async (
  { trainings }: Ledger,
  { tenant, useCase, state }: PromoteOptions,
): Promise<readonly Model[]> => {
  // Workers do not keep those open that were dropped.
  const kept = (await trainings.learned(tenant)).filter((one) => one.usecase === useCase && one.status !== 'dropped');
  const found = await Promise.all(kept.map(({ folder }) => loadModel(join(learnedFolder(state), folder))));
  return found.filter((model) => model !== undefined);
};

/** The model that the tenant's file or a promotion lets decide. */
const championOf = (useCase: UseCase, models: readonly Model[], inForce: string | undefined): Model => {
  const [champion] = models.filter(({ manifest, digest }) =>
    inForce === undefined ? manifest.name === useCase.model : digest === inForce,
  );
  if (champion !== undefined) return champion;
  const fix = 'name its folder under challengers in the file, so that its figures can be compared';
  throw new CliError(`the champion ${inForce ?? useCase.model} is not here`, `use case ${useCase.name}`, fix);
};

/** As much of a digest as has to be given. */
const shortest = 'sha256:'.length + 8;

/** The one challenger that a name, a folder (relative to the tenant's file) or the beginning of a digest stands for. */
const challengerOf = (
  { model: asked, tenantFile }: PromoteOptions,
  champion: Model,
  models: readonly Model[],
): Model => {
  const folder = resolve(dirname(tenantFile), asked);
  const isAsked = ({ manifest, digest, file }: Model): boolean =>
    manifest.name === asked || dirname(file) === folder || (asked.length >= shortest && digest.startsWith(asked));
  const others = models.filter(({ digest }) => digest !== champion.digest).filter(isAsked);
  const [found, another] = [...new Map(others.map((model) => [model.digest, model])).values()];
  if (found !== undefined && another === undefined) return found;
  const fix =
    'give the name, the folder or the digest of a challenger of the use case; `signalbox models --json` tells digests';
  const what = found === undefined ? `no challenger is called ${asked}` : `more than one challenger is called ${asked}`;
  throw new CliError(what, '--model', fix);
};

const checkText = ({ check, result, what }: GateCheck): string => `${result.padEnd(7)}  ${check}: ${what}\n`;

/** Why a promotion is not made; undefined when it is. */
const refusalOf = (checks: readonly GateCheck[], { acceptUnknown, reason }: PromoteOptions): string | undefined => {
  if (checks.some(({ result }) => result === 'fails')) return 'a check fails';
  if (checks.every(({ result }) => result === 'holds')) return undefined;
  if (acceptUnknown === true && reason !== undefined) return undefined;
  return 'too little is known; wait, or answer for it with --accept-unknown and --reason';
};

const promote = async (options: PromoteOptions, terminal: Terminal): Promise<void> => {
  const { tenant, useCase: usecase, by, reason } = options;
  const [useCase, named] = await candidatesOf(options, terminal);
  await withLedger(options, terminal, async (ledger) => {
    const models = [...named, ...(await learnedOf(ledger, options))];
    const [newest] = await ledger.champions.list(tenant, usecase);
    const champion = championOf(useCase, models, (await ledger.champions.inForce(tenant))[usecase]);
    const challenger = challengerOf(options, champion, models);
    const { event } = options;
    const outcomes = { yes: [event], no: [event === 'won' ? 'lost' : 'won', 'expired'] };
    const checks = await checksOf(ledger, { tenant, usecase, champion, challenger, ...outcomes });
    const refusal = refusalOf(checks, options);
    const identity = { digest: challenger.digest, before: champion.digest };
    if (refusal === undefined) {
      const change = { ...{ usecase, kind: 'promoted' as const, ...identity, followsfile: false }, by, gate: checks };
      const told = reason === undefined ? change : { ...change, reason };
      await ledger.champions.change(tenant, told, newest?.number ?? 0);
    } else terminal.exitCode = exit.problems;
    if (options.json === true) {
      terminal.out(
        jsonLine({ tenant, useCase: usecase, ...identity, isPromoted: refusal === undefined, refusal, gate: checks }),
      );
      return;
    }
    terminal.out(checks.map(checkText).join(''));
    const { name, version } = challenger.manifest;
    const outcome =
      refusal === undefined ? `decides ${usecase} of ${tenant} from now on` : `is not promoted: ${refusal}`;
    terminal.out(`${name} ${version} ${challenger.digest} ${outcome}\n`);
  });
};

const rollback = async (options: ChangeOptions, terminal: Terminal): Promise<void> => {
  const { tenant, useCase: usecase, by, reason } = options;
  const row = await withLedger(options, terminal, async ({ champions }): Promise<ChampionRow> => {
    const rows = await champions.list(tenant, usecase);
    const [newest] = rows;
    const back = previousChampion(rows);
    if (newest === undefined || back === undefined) {
      const fix = "nothing is to be undone; the model is the one that the tenant's file names";
      throw new CliError(`no promotion is in force for ${usecase}`, `tenant ${tenant}`, fix);
    }
    const change = { usecase, kind: 'rolled-back' as const, ...back, before: newest.digest, by, gate: [] };
    return champions.change(tenant, reason === undefined ? change : { ...change, reason }, newest.number);
  });
  const which = row.followsfile ? "the model that the tenant's file names" : row.digest;
  if (options.json === true) terminal.out(jsonLine({ tenant, useCase: usecase, ...row }));
  else terminal.out(`${which} decides ${usecase} of ${tenant} from now on, instead of ${row.before}\n`);
};

/** `signalbox model promote` and `signalbox model rollback`. */
export const promotionCommands = (group: Command, terminal: Terminal): void => {
  const change = (name: string, description: string, example: string): Command =>
    group
      .command(name)
      .description(description)
      .requiredOption('--tenant <NAME>', 'whose use case')
      .requiredOption('--use-case <NAME>', 'which use case')
      .requiredOption('--by <PERSON>', 'who answers for it; kept with it')
      .option('--reason <TEXT>', 'why; kept with it')
      .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
      .option('--json', 'one line of JSON')
      .addHelpText('after', `\nExample:\n  signalbox model ${name} ${example}`);
  change(
    'promote',
    'Let a challenger decide, if it is better on held-out rows and in shadow, calibrated and told by group. Exits 1 when it is not promoted.',
    '--tenant acme --use-case lead-scoring --tenant-file acme.yaml --model sha256:3f2a… --by "Ada Byron"',
  )
    .requiredOption('--tenant-file <FILE>', "the tenant's file, which names the challengers")
    .requiredOption('--model <MODEL>', "a challenger's name, folder or digest")
    .option('--models <DIR>', 'the folder of the models')
    .option('--accept-unknown', 'promote although a check is not known to hold; needs --reason')
    .addOption(
      new Option('--event <LABEL>', 'the outcome whose probability the score is')
        .choices(['won', 'lost'])
        .default('won'),
    )
    .action((_: unknown, command: Command) => promote(command.opts<PromoteOptions>(), terminal));
  change(
    'rollback',
    'Let the model decide again that decided before the last promotion, at once.',
    '--tenant acme --use-case lead-scoring --by "Ada Byron" --reason "too many calls"',
  ).action((_: unknown, command: Command) => rollback(command.opts<ChangeOptions>(), terminal));
};

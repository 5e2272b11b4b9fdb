import { dirname, relative } from 'node:path';
import type { Command } from 'commander';
import { sourcesOf } from '../../models/features';
import { headline } from '../../models/headline';
import type { Figure } from '../../models/figures';
import type { Manifest, MulticlassManifest } from '../../models/manifest';
import type { Model } from '../../models/registry';
import { openScorer } from '../../models/score';
import type { ChampionRow, ShadowCount } from '../../ledger/ledger';
import { modelsIn, withLedger, type StateOptions } from '../places';
import { exit, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant?: string;
  readonly models?: string;
  readonly json?: boolean;
}

/** Whether decisions can be made with it: `ready`, or why not. */
const statusOf = async (model: Model): Promise<string> => {
  try {
    await (await openScorer(model)).close();
    return 'ready';
  } catch (error) {
    return `unusable: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const gatesTold = ({ suggest, automate }: MulticlassManifest['gates']) => ({
  suggest: suggest.from,
  automate: automate.from,
});

const policyOf = (manifest: Manifest): object => {
  switch (manifest.task) {
    case 'binary':
      return { positive: manifest.positive, threshold: manifest.threshold.label };
    case 'uplift':
      return { control: manifest.control, leastUplift: manifest.policy.leastUplift };
    case 'multiclass':
      return gatesTold(manifest.gates);
    case 'text': {
      const { full, words } = manifest.modes;
      return { ...gatesTold(full.gates), words: gatesTold(words.gates) };
    }
  }
};

const told = async (model: Model) => {
  const { manifest, digest } = model;
  const { name, version, title, task, classes, features, training, metrics } = manifest;
  return {
    ...{ name, version, digest, status: await statusOf(model), folder: dirname(model.file) },
    ...{ title, task, classes, ...policyOf(manifest) },
    heldOut: metrics.holdout.rows,
    figures: Object.fromEntries<Figure>(headline(manifest)),
    columns: [...new Set(features.flatMap(sourcesOf).map(({ column }) => column))],
    trained: training.date,
    data: training.data,
  };
};

/** As much of a digest as tells models apart at a glance. */
const short = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

const figuresText = ({ heldOut, figures }: Awaited<ReturnType<typeof told>>): string => {
  const texts = Object.entries(figures).map(([name, { value, low, high }]) => {
    const interval = low === undefined || high === undefined ? '' : ` (${low.toFixed(3)} to ${high.toFixed(3)})`;
    return `${name} ${value.toFixed(3)}${interval}`;
  });
  return `${texts.join(', ')} on ${heldOut} held-out rows`;
};

const modelText = (model: Awaited<ReturnType<typeof told>>): string => {
  const { name, version, digest, status, title, task, folder, trained, data } = model;
  return [
    `${name} ${version}  ${short(digest)}  ${task}  ${status}`,
    `  ${title}`,
    `  ${figuresText(model)}`,
    `  trained ${trained} on ${data.name}, ${data.rows} rows; licence: ${data.licence}`,
    `  in ${relative(process.cwd(), folder) || '.'}`,
  ]
    .map((line) => `${line}\n`)
    .join('');
};

/** What a tenant's ledger knows of champions, newest first, and of challengers. */
interface InUse {
  readonly champions: readonly ChampionRow[];
  readonly shadow: readonly ShadowCount[];
}

const inUse = async (tenant: string, options: Options, terminal: Terminal): Promise<InUse> =>
  withLedger(options, terminal, async ({ champions, shadow }) => ({
    champions: await champions.list(tenant),
    shadow: await shadow.counts(tenant),
  }));

const inUseText = (tenant: string, { champions, shadow }: InUse): string => {
  const changes = champions.map(({ usecase, kind, digest, before, by, reason, at }) => {
    const why = reason === undefined ? '' : `: ${reason}`;
    return `  ${at}  ${usecase}: ${kind} from ${short(before)} to ${short(digest)} by ${by}${why}\n`;
  });
  const challengers = shadow.map(
    ({ usecase, digest, scored, unscored }) =>
      `  ${usecase}: ${short(digest)} has scored ${scored} events in shadow, ${unscored} without a score\n`,
  );
  return [
    `champions of ${tenant}\n`,
    ...(changes.length === 0 ? ["  those that the tenant's file names; none was promoted\n"] : changes),
    ...(challengers.length === 0 ? [] : [`challengers of ${tenant}\n`, ...challengers]),
  ].join('');
};

const list = async (options: Options, terminal: Terminal): Promise<void> => {
  const models = await Promise.all([...(await modelsIn(options.models)).values()].map(told));
  const { tenant } = options;
  const used = tenant === undefined ? undefined : await inUse(tenant, options, terminal);
  if (options.json === true) terminal.out(jsonLine({ models, ...used }));
  else {
    terminal.out(models.map(modelText).join(''));
    if (tenant !== undefined && used !== undefined) terminal.out(inUseText(tenant, used));
  }
  if (models.some(({ status }) => status !== 'ready')) terminal.exitCode = exit.problems;
};

/** `signalbox models` */
export const modelsCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('models')
    .description('The models that use cases may name.')
    .command('list', { isDefault: true })
    .description('Tell each model: version, digest, figures on held-out rows, data with its licence, place and status.')
    .option('--models <DIR>', 'the folder of the models')
    .option('--tenant <NAME>', 'tell also who promoted what for this tenant, and its challengers')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option(
      '--json',
      'one line of JSON: {models: [{name, version, digest, figures, columns, data, status, …}], champions, shadow}',
    )
    .addHelpText('after', '\nExample:\n  signalbox models list')
    .action((_: unknown, command: Command) => list(command.opts<Options>(), terminal));
};

import { dirname, relative } from 'node:path';
import type { Command } from 'commander';
import { sourcesOf } from '../../models/features';
import { headline } from '../../models/headline';
import type { Figure, Manifest } from '../../models/manifest';
import type { Model } from '../../models/registry';
import { openScorer } from '../../models/score';
import { modelsIn } from '../places';
import { exit, jsonLine, type Terminal } from '../terminal';

interface Options {
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

const policyOf = (manifest: Manifest): object => {
  switch (manifest.task) {
    case 'binary':
      return { positive: manifest.positive, threshold: manifest.threshold.label };
    case 'multiclass':
      return { suggest: manifest.gates.suggest.from, automate: manifest.gates.automate.from };
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

const list = async (options: Options, terminal: Terminal): Promise<void> => {
  const models = await Promise.all([...(await modelsIn(options.models)).values()].map(told));
  terminal.out(options.json === true ? jsonLine({ models }) : models.map(modelText).join(''));
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
    .option('--json', 'one line of JSON: {models: [{name, version, digest, figures, columns, data, status, …}]}')
    .addHelpText('after', '\nExample:\n  signalbox models list')
    .action((_: unknown, command: Command) => list(command.opts<Options>(), terminal));
};

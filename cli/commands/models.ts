import type { Command } from 'commander';
import { sourcesOf } from '../../models/features';
import type { Manifest, MulticlassManifest } from '../../models/manifest';
import type { Model } from '../../models/registry';
import { modelsIn } from '../places';
import { jsonLine, type Terminal } from '../terminal';

interface Options {
  readonly models?: string;
  readonly json?: boolean;
}

const gatesTold = ({ suggest, automate }: MulticlassManifest['gates']) => ({
  suggest: suggest.from,
  automate: automate.from,
});

const policyOf = (manifest: Manifest) => {
  if (manifest.task === 'binary') return { positive: manifest.positive, threshold: manifest.threshold.label };
  if (manifest.task === 'multiclass') return gatesTold(manifest.gates);
  const { full, words } = manifest.modes;
  return { ...gatesTold(full.gates), words: gatesTold(words.gates) };
};

const told = ({ manifest, digest }: Model) => {
  const { name, version, title, task, classes, features, training } = manifest;
  const policy = policyOf(manifest);
  return {
    ...{ name, version, digest, title, task, classes, ...policy },
    columns: [...new Set(features.flatMap(sourcesOf).map(({ column }) => column))],
    trained: training.date,
  };
};

const list = async (options: Options, terminal: Terminal): Promise<void> => {
  const models = [...(await modelsIn(options.models)).values()].map(told);
  if (options.json === true) terminal.out(jsonLine({ models }));
  else
    for (const { name, version, digest, title, columns, trained } of models) {
      terminal.out(`${name} ${version}  ${title}\n  ${digest}\n  trained ${trained}; columns ${columns.join(', ')}\n`);
    }
};

/** `signalbox models` */
export const modelsCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('models')
    .description('The models that use cases may name.')
    .command('list')
    .description('Tell each model with its version, digest and input columns.')
    .option('--models <DIR>', 'the folder of the models')
    .option('--json', 'one line of JSON: {models: [{name, version, digest, …}]}')
    .addHelpText('after', '\nExample:\n  signalbox models list')
    .action((_: unknown, command: Command) => list(command.opts<Options>(), terminal));
};

import { existsSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { checkModel } from '../../models/check/check-model';
import type { Finding } from '../../models/check/finding';
import { ModelError } from '../../models/manifest';
import { evaluateCommand } from './evaluate';
import { promotionCommands } from './promotion';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface CheckOptions {
  readonly maxMs?: number;
  readonly json?: boolean;
}

const findingText = (finding: Finding): string => {
  const first = `${finding.level.padEnd(7)}  ${finding.check}: ${finding.what}\n`;
  if (finding.level === 'ok') return first;
  return `${first}         why: ${finding.why}\n         fix: ${finding.fix}\n`;
};

const check = async (folder: string, options: CheckOptions, terminal: Terminal): Promise<void> => {
  if (!existsSync(folder)) throw new CliError('there is no such folder', folder, "give a model's folder");
  const report = await checkModel(folder, options.maxMs).catch((error: unknown) => {
    if (!(error instanceof ModelError)) throw error;
    throw new CliError(error.message, folder, 'give a folder with manifest.json and its ONNX file, or one of MLflow');
  });
  const { model, findings, latency } = report;
  const isUsable = findings.every(({ level }) => level !== 'error');
  if (options.json === true) {
    const { name, version, task } = model?.manifest ?? {};
    terminal.out(jsonLine({ folder, name, version, task, digest: model?.digest, isUsable, findings, latency }));
  } else {
    terminal.out(findings.map(findingText).join(''));
    terminal.out(isUsable ? `${folder} can be used\n` : `${folder} must not be used yet\n`);
  }
  if (!isUsable) terminal.exitCode = exit.problems;
};

const milliseconds = (text: string): number => {
  const number = Number(text);
  if (number > 0) return number;
  throw new InvalidArgumentError('give milliseconds above 0, e.g. 5');
};

/** `signalbox model` */
export const modelCommand = (program: Command, terminal: Terminal): void => {
  const group = program
    .command('model')
    .description('One model: examine it, promote it, take it back, value what it chooses.');
  group
    .command('check')
    .description(
      "Examine a model's folder, Signalbox's or MLflow's: manifest, file, outputs, probabilities, contributions, determinism, parity, latency. Exits 1 when it must not be used.",
    )
    .argument('FOLDER', 'with manifest.json and the ONNX file that it names')
    .option(
      '--max-ms <MS>',
      'the most that one row may take (95th percentile); without it latency is only told',
      milliseconds,
    )
    .option('--json', 'one line of JSON: {folder, name, version, task, digest, isUsable, findings, latency}')
    .addHelpText('after', '\nExample:\n  signalbox model check models/lead-scoring')
    .action((folder: string, _: unknown, command: Command) => check(folder, command.opts<CheckOptions>(), terminal));
  promotionCommands(group, terminal);
  evaluateCommand(group, terminal);
};

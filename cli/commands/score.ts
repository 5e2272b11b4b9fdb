import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { scoreCsv } from '../../models/score-csv';
import { openScorer } from '../../models/score';
import type { Encoder } from '../../models/text/encoder';
import { findEncoder } from '../../services/encoder';
import { projectRoot } from '../../services/project-root';
import { fileRefusal } from '../file-refusal';
import { modelNamed, type StateOptions } from '../places';
import { CliError, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly model: string;
  readonly input: string;
  readonly output: string;
  readonly models?: string;
  readonly json?: boolean;
}

/** The sentence encoder; without it the scores are others, so that is said aloud. */
const encoderOf = async ({ models, state }: Options, terminal: Terminal): Promise<Encoder | undefined> => {
  const tell = (line: string): void => {
    terminal.err(`${line}\n`);
  };
  const found = await findEncoder(models ?? join(projectRoot, 'models'), state, tell);
  if (found.encoder === undefined) terminal.err(`scored by words alone, with another digest: ${found.why}\n`);
  return found.encoder;
};

const score = async (options: Options, terminal: Terminal): Promise<void> => {
  const model = await modelNamed(options.model, options.models, terminal);
  if (resolve(options.input) === resolve(options.output)) {
    throw new CliError('the output would replace the input', options.output, 'give another file with --output');
  }
  const encoder = model.manifest.task === 'text' ? await encoderOf(options, terminal) : undefined;
  const scorer = await openScorer(model, encoder);
  try {
    const summary = await scoreCsv({ model: scorer, input: options.input, output: options.output });
    const { digest, manifest, mode } = scorer;
    if (options.json === true) {
      const told = { model: manifest.name, digest, ...(mode === undefined ? {} : { mode }), output: options.output };
      terminal.out(jsonLine({ ...told, ...summary }));
    } else {
      const { rows, scored, abstained } = summary;
      terminal.out(`${rows} rows: ${scored} scored, ${abstained} without a score -> ${options.output}\n`);
      terminal.out(`model ${manifest.name} ${manifest.version} (${digest})\n`);
    }
  } catch (error) {
    const fix = 'give a CSV with a header and the columns that `signalbox models list --json` names';
    throw fileRefusal(error, options.input, fix);
  } finally {
    await scorer.close();
    await encoder?.close();
  }
};

/** `signalbox score` */
export const scoreCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('score')
    .description('Score the rows of a CSV with a model: probability, label and reasons, in row order.')
    .requiredOption('--model <NAME>', 'see `signalbox models`; or the path of a model folder')
    .requiredOption('--input <FILE>', 'CSV with a header, plain or gzip')
    .requiredOption(
      '--output <FILE>',
      'CSV with the columns score, label and reasons, and with several classes the next best',
    )
    .option('--models <DIR>', 'the folder of the models')
    .option('--state <DIR>', 'where Signalbox keeps its state, the sentence encoder of text models too', '.signalbox')
    .option('--json', 'one line of JSON: {model, digest, output, rows, scored, abstained, defaults}')
    .addHelpText('after', '\nExample:\n  signalbox score --model lead-scoring --input leads.csv.gz --output scores.csv')
    .action((_: unknown, command: Command) => score(command.opts<Options>(), terminal));
};

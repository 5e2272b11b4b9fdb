import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { stringify } from 'csv-stringify';
import type { Labelled, Ledger } from '../../ledger/ledger';
import { withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly useCase: string;
  readonly output: string;
  readonly json?: boolean;
}

interface Summary {
  readonly rows: number;
  readonly labelled: number;
}

/** One decision as it was recorded; what was not known is empty. */
const rowOf = ({ decision, outcome }: Labelled): Readonly<Record<string, unknown>> => ({
  decision: decision.id,
  subject: decision.subject,
  decidedat: decision.decidedat,
  sequence: decision.sequence,
  model: decision.model?.digest,
  outcome: decision.outcome,
  band: decision.band,
  score: decision.score,
  label: outcome?.label,
  labelledat: outcome?.at,
  ...named('feature', decision.features),
  ...named('related', decision.related ?? {}),
});

const named = (prefix: string, values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));

const columns = `decision subject decidedat sequence model outcome band score label labelledat`.split(' ');

/** Writes the rows; the file appears complete or not at all. */
const write = async (ledger: Ledger, { tenant, useCase, output }: Options): Promise<Summary> => {
  const { features, related } = await ledger.namesKnown(tenant, useCase);
  const all = [...columns, ...features.map((name) => `feature.${name}`), ...related.map((name) => `related.${name}`)];
  const summary = { rows: 0, labelled: 0 };
  const temporary = join(dirname(output), `.${basename(output)}.${process.pid}.tmp`);
  try {
    await pipeline(
      ledger.labelled(tenant, useCase),
      async function* (decisions: AsyncIterable<Labelled>) {
        for await (const one of decisions) {
          summary.rows += 1;
          if (one.outcome !== undefined) summary.labelled += 1;
          yield rowOf(one);
        }
      },
      stringify({ header: true, columns: all }),
      createWriteStream(temporary, { flush: true }),
    );
    await rename(temporary, output);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return summary;
};

const tell = async (options: Options, terminal: Terminal): Promise<void> => {
  const { tenant, useCase, output } = options;
  const summary = await withLedger(options, terminal, async (ledger) => {
    try {
      return await write(ledger, options);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
      throw new CliError(`the file cannot be written: ${code}`, output, 'give a path that this user may write', 2, {
        cause: error,
      });
    }
  });
  if (summary.rows === 0) terminal.exitCode = exit.problems;
  if (options.json === true) terminal.out(jsonLine({ tenant, usecase: useCase, output, ...summary }));
  else terminal.out(`${summary.rows} decisions, ${summary.labelled} with an outcome -> ${output}\n`);
};

/** `signalbox export` */
export const exportCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('export')
    .description(
      "Write a use case's decisions as a CSV to train on: the features as they were, joined to the outcomes.",
    )
    .requiredOption('--tenant <NAME>', 'whose decisions')
    .requiredOption('--use-case <NAME>', 'of which use case')
    .requiredOption('--output <FILE>', 'CSV with a header: one row for each decision, in the order of their ids')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, usecase, output, rows, labelled}')
    .addHelpText(
      'after',
      '\nExits 1 when there is no decision.\n\nExample:\n  signalbox export --tenant acme --use-case churn --output rows.csv',
    )
    .action((_: unknown, command: Command) => tell(command.opts<Options>(), terminal));
};

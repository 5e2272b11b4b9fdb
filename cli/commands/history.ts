import type { Command } from 'commander';
import { withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';
import { timeline } from '../timeline';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly json?: boolean;
}

const tell = async (record: string, options: Options, terminal: Terminal): Promise<void> => {
  const entries = await withLedger(options, terminal, (ledger) => ledger.history(options.tenant, record));
  if (entries.length === 0) {
    throw new CliError(
      `nothing is known of ${record}`,
      `tenant ${options.tenant}`,
      "give <entity>/<the CRM's id> or the id alone, as in lead/00Q5e00001AbCdEEAV",
      exit.problems,
    );
  }
  terminal.out(options.json === true ? jsonLine({ tenant: options.tenant, record, entries }) : timeline(entries));
};

/** `signalbox history` */
export const historyCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('history')
    .description(
      "Tell a record's whole story: events, decisions with their reasons, actions with the CRM's answers, outcomes.",
    )
    .argument('RECORD', "<entity>/<the CRM's id>, or the id alone")
    .requiredOption('--tenant <NAME>', 'whose record it is')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, record, entries}')
    .addHelpText('after', '\nExample:\n  signalbox history --tenant acme lead/00Q5e00001AbCdEEAV')
    .action((record: string, _: unknown, command: Command) => tell(record, command.opts<Options>(), terminal));
};

import type { Command } from 'commander';
import { recordKey } from '../../canonical-schema/identity';
import type { Ledger } from '../../ledger/ledger';
import { recordsNamed } from '../one-record';
import { withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';
import { customerLines, timeline } from '../timeline';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly customer?: boolean;
  readonly json?: boolean;
}

/** The record's story, or that of its whole customer, and who that customer is. */
const read = async (ledger: Ledger, record: string, { tenant, customer: isWhole }: Options) => {
  const keys = await recordsNamed(ledger, tenant, record);
  const customer = await ledger.customer(tenant, keys[0] ?? record);
  const others = isWhole === true ? (customer?.members ?? []) : [];
  const entries = await ledger.history(tenant, ...keys, ...others.map(recordKey));
  return { entries, ...(customer === undefined ? {} : { customer }) };
};

const tell = async (record: string, options: Options, terminal: Terminal): Promise<void> => {
  const { tenant, customer: isWhole = false } = options;
  const { entries, customer } = await withLedger(options, terminal, (ledger) => read(ledger, record, options));
  if (entries.length === 0) {
    throw new CliError(
      `nothing is known of ${record}`,
      `tenant ${tenant}`,
      "give <entity>/<the CRM's id> or the id alone, as in lead/00Q5e00001AbCdEEAV",
      exit.problems,
    );
  }
  if (options.json === true) terminal.out(jsonLine({ tenant, record, entries, customer }));
  else terminal.out(timeline(entries, { isOfSeveral: isWhole }) + customerLines(customer));
};

/** `signalbox history` */
export const historyCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('history')
    .description(
      "Tell a record's whole story: events, decisions with their reasons, actions with the CRM's answers, outcomes.",
    )
    .argument('RECORD', "<entity>/<the CRM's id>, the id alone, or <source>/<entity>/<id> where several CRMs have one")
    .requiredOption('--tenant <NAME>', 'whose record it is')
    .option('--customer', "tell the stories of the same customer's records in all CRMs as one, in order of time")
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, record, entries, customer: {members, unjoined}}')
    .addHelpText('after', '\nExample:\n  signalbox history --tenant acme lead/00Q5e00001AbCdEEAV')
    .action((record: string, _: unknown, command: Command) => tell(record, command.opts<Options>(), terminal));
};

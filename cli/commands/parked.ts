import type { Command } from 'commander';
import { Parking, type RedriveFilter } from '../../broker/parking';
import { defaultPartitions } from '../../broker/routing';
import { recordKey } from '../../canonical-schema/identity';
import type { ParkedEvent } from '../../ledger/ledger';
import { withPublisher } from '../broker';
import { withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly record?: string;
  readonly reason: string;
  readonly json?: boolean;
}

const eventText = ({ eventid, source, subject, at, code, message }: ParkedEvent): string =>
  `${eventid}  ${recordKey({ source, subject })}  ${at}  ${code}\n  ${message}\n`;

const list = async (options: Options, terminal: Terminal): Promise<void> => {
  const { tenant, record } = options;
  const parked = await withLedger(options, terminal, (ledger) => ledger.listParked(tenant, record));
  if (options.json === true) terminal.out(jsonLine({ tenant, parked }));
  else terminal.out(parked.length === 0 ? 'nothing is parked\n' : parked.map(eventText).join(''));
  if (parked.length > 0) terminal.exitCode = exit.problems;
};

/** Released in the ledger first: a lane would park a redriven event again behind its own entry. */
const redrive = async (options: Options, terminal: Terminal): Promise<void> => {
  const { tenant, record } = options;
  const sent = await withPublisher(terminal, defaultPartitions, async (publisher, url) => {
    const parking = new Parking(url, tenant, publisher);
    const keys = await withLedger(options, terminal, async (ledger) => {
      const parked = await ledger.listParked(tenant, record);
      for (const key of new Set(parked.map(recordKey))) await ledger.releaseParked(tenant, key);
      return record === undefined ? [{}] : await keysOf(parking, record);
    });
    let count = 0;
    for (const filter of keys) count += await parking.redrive(filter);
    return count;
  });
  terminal.out(
    options.json === true ? jsonLine({ tenant, redriven: sent }) : `${sent} events sent back to their lanes\n`,
  );
};

/** Which of the parked messages are a record's; of a subject alone, those of every CRM that has one. */
const keysOf = async (parking: Parking, record: string): Promise<readonly RedriveFilter[]> => {
  const messages = await parking.list();
  const events = messages.flatMap(({ event }) => (event === undefined ? [] : [event]));
  const meant = events.filter((event) => record === event.subject || record === recordKey(event));
  const filters = meant.map(
    ({ source, partitionkey }) => [`${source} ${partitionkey}`, { source, partitionkey }] as const,
  );
  return [...new Map(filters).values()];
};

const drop = async (eventid: string, options: Options, terminal: Terminal): Promise<void> => {
  const { tenant, reason } = options;
  const dropped = await withPublisher(terminal, defaultPartitions, (publisher, url) =>
    new Parking(url, tenant, publisher).drop(eventid, reason),
  );
  if (dropped === undefined) {
    throw new CliError(`no event ${eventid} is parked`, `tenant ${tenant}`, `signalbox parked list --tenant ${tenant}`);
  }
  const { event } = dropped;
  if (event !== undefined)
    await withLedger(options, terminal, (ledger) => ledger.releaseParked(tenant, recordKey(event)));
  terminal.out(
    options.json === true ? jsonLine({ eventid, dropped: reason }) : `${eventid} dropped; the record goes on\n`,
  );
};

/** `signalbox parked` */
export const parkedCommand = (program: Command, terminal: Terminal): void => {
  const group = program
    .command('parked')
    .description('Events that could not be decided, and those that wait behind them.');
  const one = (name: string, description: string, example: string): Command =>
    group
      .command(name)
      .description(description)
      .requiredOption('--tenant <NAME>', 'whose events')
      .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
      .option('--json', 'one line of JSON')
      .addHelpText('after', `\nExample:\n  signalbox parked ${example}`);
  one('list', 'Tell what is parked and why. Exits 1 while something is.', 'list --tenant acme')
    .option('--record <SUBJECT>', 'of one record, as in lead/00Q…')
    .action((_: unknown, command: Command) => list(command.opts<Options>(), terminal));
  one(
    'redrive',
    "Send parked events back to their lanes, each record's in order.",
    'redrive --tenant acme --record lead/00Q…',
  )
    .option('--record <SUBJECT>', 'of one record only')
    .action((_: unknown, command: Command) => redrive(command.opts<Options>(), terminal));
  one('drop', "Give one event up, and let the record's later ones go on.", 'drop --tenant acme --reason "a test" 3f2a…')
    .argument('EVENT')
    .requiredOption('--reason <TEXT>', 'why, for the record')
    .action((id: string, _: unknown, command: Command) => drop(id, command.opts<Options>(), terminal));
};

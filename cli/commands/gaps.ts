import type { Command } from 'commander';
import type { GapRow } from '../../ledger/ledger';
import { withLedger, type StateOptions } from '../places';
import { exit, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const gapText = ({
  id,
  connection,
  stream,
  from,
  to,
  cause,
  policy,
  recovered,
  duplicates,
  closedat,
}: GapRow): string => {
  const state = closedat === undefined ? `open (${policy})` : `closed ${closedat}`;
  return `${id}  ${connection} ${stream}  ${from} .. ${to ?? 'unknown'}  ${state}\n  ${cause}; ${recovered} read again, ${duplicates} of them known\n`;
};

const list = async (options: Options, terminal: Terminal): Promise<void> => {
  const which = options.all === true ? 'all' : 'open';
  const gaps = await withLedger(options, terminal, (ledger) => ledger.gaps.list(options.tenant, which));
  if (options.json === true) terminal.out(jsonLine({ tenant: options.tenant, gaps }));
  else terminal.out(gaps.length === 0 ? `no ${which === 'all' ? '' : 'open '}gaps\n` : gaps.map(gapText).join(''));
  if (gaps.some(({ closedat }) => closedat === undefined)) terminal.exitCode = exit.problems;
};

/** `signalbox gaps` */
export const gapsCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('gaps')
    .description("Holes in the CRMs' streams.")
    .command('list')
    .description('Tell the open gaps: from when to when, why, and how far the backfill is. Exits 1 while one is open.')
    .requiredOption('--tenant <NAME>', 'whose gaps')
    .option('--all', 'closed ones too')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, gaps}')
    .addHelpText('after', '\nExample:\n  signalbox gaps list --tenant acme --all')
    .action((_: unknown, command: Command) => list(command.opts<Options>(), terminal));
};

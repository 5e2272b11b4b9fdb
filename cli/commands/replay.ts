import { Option, type Command } from 'commander';
import { replay } from '../../services/replay/replay';
import { CsvRows } from '../csv-rows';
import { withLedger } from '../places';
import { groundOf, type ReplayGround, type ReplayOptions } from '../replay-ground';
import { replayedText, resultFixes, summaryText, tellResult, type ReplayCounts } from '../replay-text';
import { exit, jsonLine, type Terminal } from '../terminal';
import { tellWhatIf } from './replay-what-if';

/** Lines of decisions that are told one by one; the rest is counted. */
const mostTold = 20;

/** Tells decisions one by one where they are few or findings, counts all of them, and writes the rows. */
const tellEach = async (
  { ledger, asked, past: policies, models }: ReplayGround,
  { tenant, record, decision, csv, json }: ReplayOptions,
  terminal: Terminal,
) => {
  const counts: ReplayCounts = {};
  const rows = new CsvRows(csv);
  const told: object[] = [];
  const isEachTold = record !== undefined || decision !== undefined;
  let untold = 0;
  for await (const one of replay(ledger, tenant, asked, { models, policies })) {
    counts[one.result] = (counts[one.result] ?? 0) + 1;
    await rows.add(tellResult(one));
    if (one.result === 'same' && !isEachTold) continue;
    if (told.length < mostTold || isEachTold) {
      told.push({ ...tellResult(one), differences: one.differences });
      if (json !== true) terminal.out(replayedText(one));
    } else untold += 1;
  }
  await rows.end();
  return { counts, told, untold };
};

const replayAll = async (ground: ReplayGround, options: ReplayOptions, terminal: Terminal): Promise<void> => {
  const { tenant, json } = options;
  const { counts, told, untold } = await tellEach(ground, options, terminal);
  const decisions = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (decisions === 0 || resultFixes(counts).length > 0) terminal.exitCode = exit.problems;
  if (json === true) terminal.out(jsonLine({ tenant, decisions, results: counts, told, untold }));
  else terminal.out(summaryText(tenant, counts, untold));
};

const run = (options: ReplayOptions, terminal: Terminal): Promise<void> =>
  withLedger(options, terminal, async (ledger) => {
    const ground = await groundOf(ledger, options, terminal);
    try {
      const isDryRun = options.model !== undefined || options.tenantFile !== undefined;
      await (isDryRun ? tellWhatIf : replayAll)(ground, options, terminal);
    } finally {
      await ground.models.close();
    }
  });

const help = `
Without --model and --tenant-file: whether each decision comes out as it was recorded, bit for bit, with the model and the policy that it names. Exits 1 when one does not, when its model or policy is not here, or when there is none.
With one of them: what the same history would have led to, as a dry run. Nothing is written to the ledger or a CRM. \`when\` is not asked again; an engagement that was open before --since counts as not open.

Example:
  signalbox replay --tenant acme --use-case lead-scoring --since 2026-11-01
  signalbox replay --tenant acme --use-case lead-scoring --model ./models/lead-scoring-2 --csv rows.csv
  signalbox replay --tenant acme --tenant-file tenants.d/acme.yaml`;

/** `signalbox replay` */
export const replayCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('replay')
    .description(
      'Make recorded decisions again from the ledger: do they come out the same, and what would another model or policy do?',
    )
    .requiredOption('--tenant <NAME>', 'whose decisions')
    .option('--use-case <NAME>', 'of one use case')
    .option('--since <TIME>', 'decided then or later')
    .option('--record <RECORD>', "about one record: <entity>/<the CRM's id>, or the id alone")
    .option('--decision <ID>', 'one decision')
    .option('--model <MODEL>', 'what if: the name or folder of another model; needs --use-case')
    .option('--tenant-file <FILE>', 'what if: a file with other bands or acts; its secrets need not be set')
    .addOption(
      new Option('--event <LABEL>', 'what if: the outcome whose probability the score is')
        .choices(['won', 'lost'])
        .default('won'),
    )
    .option('--models <DIR>', 'a further folder to look for models in')
    .option(
      '--tenants <DIR>',
      "where the tenants' files lie: more policies, and what challengers are relative to",
      'tenants.d',
    )
    .option('--csv <FILE>', 'write a row for each decision')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, decisions, results, told, untold}, or {tenant, useCases}')
    .addHelpText('after', help)
    .action((_: unknown, command: Command) => run(command.opts<ReplayOptions>(), terminal));
};

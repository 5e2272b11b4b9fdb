import { InvalidArgumentError, Option, type Command } from 'commander';
import { alarmsOf, driftReport, fewestRows as fewest, type DriftReport } from '../../activities/drift';
import { calibrationLimit, type Calibration } from '../../models/monitor/calibration';
import type { Drift } from '../../models/monitor/drift';
import type { TrainingRow } from '../../ledger/ledger';
import { withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly useCase: string;
  readonly window: number;
  readonly event: 'won' | 'lost';
  readonly json?: boolean;
}

const driftText = ({ what, psi, noise, level }: Drift): string =>
  `${level.padEnd(6)}  ${what}: PSI ${psi.toFixed(3)} (by chance ${noise.toFixed(3)})\n`;

const calibrationText = ({ rows, ece, meanScore, rate }: Calibration): string =>
  `${ece > calibrationLimit({ rows, rate }) ? 'warn  ' : 'steady'}  calibration: ECE ${ece.toFixed(3)} over ${rows} outcomes; mean score ${meanScore.toFixed(3)}, happened ${rate.toFixed(3)}\n`;

const reportText = ({ useCase, tenant, window }: Options, report: DriftReport): string => {
  const { model, reference, recent, drift, labelled, calibration } = report;
  const lines = [`${useCase} of ${tenant}: ${model.name} ${model.version} ${model.digest}\n`];
  if (reference === undefined)
    lines.push(`no reference yet: it is frozen once the model has made ${window} decisions\n`);
  else if (recent === undefined)
    lines.push(`reference: ${reference.rows} decisions until ${reference.until}; fewer than ${fewest} since\n`);
  else {
    lines.push(
      `reference: ${reference.rows} decisions until ${reference.until}; compared: ${recent.rows} until ${recent.until}\n`,
    );
  }
  lines.push(...(drift ?? []).map(driftText));
  if (calibration === undefined) lines.push(`calibration: ${labelled} outcomes are known, ${fewest} are needed\n`);
  else lines.push(calibrationText(calibration));
  return lines.join('');
};

/** What the schedule saw when it last looked. */
const watchedText = (look: TrainingRow | undefined): string =>
  look === undefined
    ? ''
    : `${look.status.padEnd(6)}  looked at ${look.at} because: ${look.because}: ${look.what ?? ''}\n`;

const tell = async (options: Options, terminal: Terminal): Promise<void> => {
  const { tenant, useCase, window, event } = options;
  const question = {
    tenant,
    usecase: useCase,
    window,
    yes: [event],
    no: [event === 'won' ? 'lost' : 'won', 'expired'],
  };
  const { report, watched } = await withLedger(options, terminal, async (ledger) => {
    const looks = await ledger.trainings.list(tenant, useCase);
    const [watched] = looks.filter(({ status }) => status === 'alarm' || status === 'steady');
    return { report: await driftReport(ledger, question), watched };
  });
  if (report === undefined) {
    const fix =
      'name a use case of the tenant whose events were scored; `signalbox history` tells the decisions of a record';
    throw new CliError(`no decision with a score is known of ${useCase}`, `tenant ${tenant}`, fix);
  }
  terminal.out(
    options.json === true
      ? jsonLine({ tenant, useCase, ...report, watched })
      : reportText(options, report) + watchedText(watched),
  );
  if (alarmsOf(report).length > 0) terminal.exitCode = exit.problems;
};

const rows = (text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= fewest) return number;
  throw new InvalidArgumentError(`give a whole number from ${fewest} on`);
};

/** `signalbox drift` */
export const driftCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('drift')
    .description(
      'Tell how far what a model sees and says has moved since it was new, and whether its scores still come true. Exits 1 on an alarm.',
    )
    .requiredOption('--tenant <NAME>', 'whose decisions')
    .requiredOption('--use-case <NAME>', 'of which use case')
    .option(
      '--window <ROWS>',
      "the model's first decisions, frozen as reference, and the newest, compared with it",
      rows,
      1000,
    )
    .addOption(
      new Option('--event <LABEL>', 'the outcome whose probability the score is')
        .choices(['won', 'lost'])
        .default('won'),
    )
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option(
      '--json',
      'one line of JSON: {tenant, useCase, model, reference, recent, drift, labelled, calibration, watched}',
    )
    .addHelpText('after', '\nExample:\n  signalbox drift --tenant acme --use-case lead-scoring')
    .action((_: unknown, command: Command) => tell(command.opts<Options>(), terminal));
};

import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Decision } from '../../canonical-schema/decision';
import type { Ledger } from '../../ledger/ledger';
import { calibrationLimit, calibrationOf, type Calibration } from '../../models/monitor/calibration';
import { driftOf, referenceOf, type Drift, type DriftReference } from '../../models/monitor/drift';
import { withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly useCase: string;
  readonly window: number;
  readonly event: 'won' | 'lost';
  readonly json?: boolean;
}

/** With fewer rows than this, chance alone moves the figures past their limits. */
const fewest = 200;

interface Window {
  readonly rows: number;
  /** RFC 3339 UTC, of the last decision. */
  readonly until: string;
}

/** What could be told; what could not is absent. */
interface Report {
  readonly model: NonNullable<Decision['model']>;
  readonly reference?: Window & { readonly frozenat: string };
  readonly recent?: Window;
  readonly drift?: readonly Drift[];
  readonly labelled: number;
  readonly calibration?: Calibration;
}

interface Frozen {
  readonly until: string;
  readonly bins: DriftReference;
}

/** The reference of a model, frozen now where it was not and enough is known. */
const frozenOf = async (
  { learning }: Ledger,
  { tenant, useCase, window }: Options,
  digest: string,
): Promise<(Frozen & { readonly frozenat: string }) | undefined> => {
  const kept = async () => {
    const found = await learning.reference(tenant, useCase, digest);
    return found === undefined ? undefined : { ...(found.reference as Frozen), frozenat: found.frozenat };
  };
  const before = await kept();
  if (before !== undefined) return before;
  const oldest = await learning.scored(tenant, useCase, digest, { which: 'oldest', limit: window });
  const last = oldest.at(-1);
  if (last === undefined || oldest.length < window) return undefined;
  const frozen: Frozen = { until: last.decidedat, bins: referenceOf(oldest) };
  await learning.freezeReference(tenant, useCase, digest, frozen);
  return kept();
};

const reportOf = async (ledger: Ledger, options: Options): Promise<Report> => {
  const { tenant, useCase, window, event } = options;
  const model = await ledger.learning.newestModel(tenant, useCase);
  if (model === undefined) {
    const fix =
      'name a use case of the tenant whose events were scored; `signalbox history` tells the decisions of a record';
    throw new CliError(`no decision with a score is known of ${useCase}`, `tenant ${tenant}`, fix);
  }
  const frozen = await frozenOf(ledger, options, model.digest);
  const newest = await ledger.learning.scored(tenant, useCase, model.digest, { which: 'newest', limit: window });
  const recent = newest.filter(({ decidedat }) => frozen !== undefined && decidedat > frozen.until);
  const asked = { digest: model.digest, limit: window };
  const labelled = await ledger.learning.labelled(tenant, useCase, asked);
  const known = labelled.map(({ score, label }) => ({ score, happened: label === event }));
  return {
    model,
    ...(frozen === undefined
      ? {}
      : { reference: { rows: frozen.bins.rows, until: frozen.until, frozenat: frozen.frozenat } }),
    ...(frozen === undefined || recent.length < fewest
      ? {}
      : {
          recent: { rows: recent.length, until: recent.at(-1)?.decidedat ?? '' },
          drift: driftOf(frozen.bins, recent),
        }),
    labelled: known.length,
    ...(known.length < fewest ? {} : { calibration: calibrationOf(known) }),
  };
};

const driftText = ({ what, psi, noise, level }: Drift): string =>
  `${level.padEnd(6)}  ${what}: PSI ${psi.toFixed(3)} (by chance ${noise.toFixed(3)})\n`;

const calibrationText = ({ rows, ece, meanScore, rate }: Calibration): string =>
  `${ece > calibrationLimit ? 'warn  ' : 'steady'}  calibration: ECE ${ece.toFixed(3)} over ${rows} outcomes; mean score ${meanScore.toFixed(3)}, happened ${rate.toFixed(3)}\n`;

const reportText = ({ useCase, tenant, window }: Options, report: Report): string => {
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

const tell = async (options: Options, terminal: Terminal): Promise<void> => {
  const report = await withLedger(options, terminal, (ledger) => reportOf(ledger, options));
  const { tenant, useCase } = options;
  terminal.out(options.json === true ? jsonLine({ tenant, useCase, ...report }) : reportText(options, report));
  const isAlarming = report.drift?.some(({ level }) => level === 'alarm') === true;
  if (isAlarming || (report.calibration?.ece ?? 0) > calibrationLimit) terminal.exitCode = exit.problems;
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
    .option('--json', 'one line of JSON: {tenant, useCase, model, reference, recent, drift, labelled, calibration}')
    .addHelpText('after', '\nExample:\n  signalbox drift --tenant acme --use-case lead-scoring')
    .action((_: unknown, command: Command) => tell(command.opts<Options>(), terminal));
};

import { InvalidArgumentError, Option, type Command } from 'commander';
import { coverage, forecast, periods, swingOf, type Period, type PeriodForecast } from '../../models/forecast';
import { readDeals, type DealColumns } from '../../models/forecast-csv';
import { fileRefusal } from '../file-refusal';
import { jsonLine, type Terminal } from '../terminal';

interface Options extends DealColumns {
  readonly input: string;
  readonly scores?: string;
  readonly period: Period;
  readonly interval: number;
  readonly swing: number;
  readonly json?: boolean;
}

const columnsFix = 'name the columns with --value, --date and --probability, or give --scores';

const shareOf = (text: string): number => {
  const share = Number(text);
  if (!(share > 0 && share < 1)) throw new InvalidArgumentError('give a number above 0 and below 1, such as 0.8');
  return share;
};

const shown = (value: number): string => value.toFixed(0);

const swingIn = (text: string): number => {
  const swing = text === '' ? NaN : Number(text);
  if (!(swing >= 0 && swing <= 5)) throw new InvalidArgumentError('give a number from 0 to 5, such as 0.5');
  return swing;
};

const lineOf = ({ period, deals, expected, low, high, actual }: PeriodForecast): string => {
  const was = actual === undefined ? '' : `  was ${shown(actual)}${actual < low || actual > high ? ' (outside)' : ''}`;
  return `${period}  ${deals} open  expected ${shown(expected)}  ${shown(low)} to ${shown(high)}${was}\n`;
};

const tell = async (options: Options, terminal: Terminal): Promise<void> => {
  const { input, scores, period, interval, swing } = options;
  const deals = await readDeals(input, options, scores).catch((error: unknown) => {
    throw fileRefusal(error, input, columnsFix);
  });
  const found = forecast(deals, period, { inside: interval, swing });
  const held = coverage(found);
  if (options.json === true) {
    terminal.out(
      jsonLine({
        interval,
        swing,
        periods: found,
        ...(held.known > 0 && { coverage: held, swingFound: swingOf(found) }),
      }),
    );
    return;
  }
  terminal.out(found.map(lineOf).join(''));
  const share = `${Math.round(interval * 100)} %`;
  if (held.known > 0) {
    terminal.out(`${held.inside} of ${held.known} periods lie within their ${share} interval\n`);
    terminal.out(`swing of these periods: ${swingOf(found).toFixed(2)}\n`);
  } else
    terminal.out(
      `intervals: ${share}, ${swing === 0 ? 'if deals are won or lost independently' : `with a swing of ${swing}`}\n`,
    );
};

/** `signalbox forecast` */
export const forecastCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('forecast')
    .description('Forecast what open opportunities bring, by the period of their expected close, with an interval.')
    .requiredOption('--input <FILE>', 'CSV with a header, plain or gzip: one open opportunity per row')
    .option('--scores <FILE>', 'what `signalbox score` made of the same file: the probabilities')
    .addOption(new Option('--period <PERIOD>', 'by which periods').choices(periods).default('month'))
    .option('--value <COLUMN>', 'what a deal brings when won', 'value')
    .option('--date <COLUMN>', 'expected close, yyyy-mm-dd', 'close_date')
    .option('--probability <COLUMN>', 'probability of being won, without --scores', 'probability')
    .option('--actual <COLUMN>', 'what it brought in the end, 0 when lost: tells how often the intervals held')
    .option('--interval <SHARE>', 'probability of the interval', shareOf, 0.8)
    .option('--swing <SD>', 'how far a period moves the log-odds of all its deals together', swingIn, 0)
    .option('--json', 'one line of JSON: {interval, swing, periods: [{period, deals, expected, low, high}]}')
    .addHelpText('after', '\nExample:\n  signalbox forecast --input open.csv --scores scores.csv --period quarter')
    .action((_: unknown, command: Command) => tell(command.opts<Options>(), terminal));
};

import type { Deal } from './forecast';
import { CsvInputError, rowsOf } from './score-csv';

/** Where a file of opportunities has what a forecast needs. */
export interface DealColumns {
  readonly value: string;
  readonly date: string;
  readonly probability: string;
  /** What the deal brought; not read when absent. */
  readonly actual?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Reads opportunities from a CSV, plain or gzip.
 * @param scores what `signalbox score` made of the same file, row by row: its probabilities are taken; a row without a score is an error
 * @throws CsvInputError for a missing column, or a cell that is no number, probability or day, by row and column
 */
export async function readDeals(input: string, columns: DealColumns, scores?: string): Promise<readonly Deal[]> {
  const rows = await tableOf(input);
  const scored = scores === undefined ? undefined : await tableOf(scores);
  if (scores !== undefined && scored?.length !== rows.length) {
    throw new CsvInputError(`${scores}: ${scored?.length ?? 0} rows, but ${input} has ${rows.length}`);
  }
  return rows.map((row, n): Deal => {
    const cell = (column: string): Cell => cellOf(input, row, n, column);
    const likely = scores === undefined ? cell(columns.probability) : cellOf(scores, scored?.[n] ?? {}, n, 'score');
    const { actual } = columns;
    return {
      value: numberIn(cell(columns.value), Infinity),
      probability: numberIn(likely, 1),
      closes: dayIn(cell(columns.date)),
      ...(actual === undefined ? {} : { actual: numberIn(cell(actual), Infinity) }),
    };
  });
}

interface Cell {
  readonly text: string;
  readonly where: string;
}

type Row = Readonly<Record<string, string>>;

async function tableOf(file: string): Promise<readonly Row[]> {
  const [header, ...rows] = (await (await rowsOf(file)).toArray()) as string[][];
  if (header === undefined) throw new CsvInputError(`${file}: empty; a header and rows are needed`);
  return rows.map((row) => Object.fromEntries(header.map((name, n) => [name.trim(), row[n] ?? ''])));
}

function cellOf(file: string, row: Row, n: number, column: string): Cell {
  if (!Object.hasOwn(row, column)) {
    throw new CsvInputError(`${file}: no column ${column}; found ${Object.keys(row).join(', ')}`);
  }
  return { text: row[column]?.trim() ?? '', where: `${file}: row ${n + 1}: ${column}` };
}

function numberIn({ text, where }: Cell, most: number): number {
  const number = text === '' ? NaN : Number(text);
  if (number >= 0 && number <= most && Number.isFinite(number)) return number;
  throw new CsvInputError(`${where} is "${text}", not a number of 0 ${most === 1 ? 'to 1' : 'or more'}`);
}

function dayIn({ text, where }: Cell): string {
  const isDay = DAY.test(text) && !Number.isNaN(Date.parse(text));
  if (isDay && new Date(text).toISOString().startsWith(text)) return text;
  throw new CsvInputError(`${where} is "${text}", not a day such as 2026-03-31`);
}

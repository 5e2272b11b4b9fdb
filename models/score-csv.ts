import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { utf8Only } from './encoding';
import { featuresFromRow, sourcesOf } from './features';
import { historyRoot } from './history/history';
import { Memory } from './history/memory';
import type { Manifest, UpliftManifest } from './manifest';
import { readBy } from './score';
import type { FeatureRow, Unscorable } from './feature-row';
import type { Scored, Scorer } from './scored';

/** Rows scored in one run of the session; the score of a row does not depend on it. */
const BATCH = 256;
/** Longest CSV record in characters: an unclosed quote must not read the whole file into memory. */
const LONGEST_RECORD = 16 * 1024 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b];

const BINARY_COLUMNS = ['score', 'label', 'reasons'] as const;
const RANKING_COLUMNS = ['gate', 'label_2', 'score_2', 'label_3', 'score_3'] as const;
const TEXT_COLUMNS = ['scored_by'] as const;

/** How a text model's mode reads. */
const SCORED_BY = { full: 'words and sentence', words: 'words alone' } as const;

/** What happened to the rows of a file. */
export interface ScoreCsvSummary {
  readonly rows: number;
  readonly scored: number;
  /** Rows the model has no opinion on; their score is empty and `reasons` says why. */
  readonly abstained: number;
  /** How often each feature's value was a default, by feature name. */
  readonly defaults: Readonly<Record<string, number>>;
}

/** An input file that cannot be scored; the message names file, row and column. */
export class CsvInputError extends Error {
  override readonly name = 'CsvInputError';
}

type Extracted = FeatureRow | Unscorable;

/**
 * Scores a CSV file: comma-separated with a header, plain or gzip (told by its content). Writes one row per input row, in
 * order, with columns `score` (probability), `label` and `reasons`; with several classes also `gate`, `label_2`, `score_2`,
 * `label_3` and `score_3`; with the arms of a trial also `uplift ARM` for each but the control, and of a text model `scored_by`. Columns the model does not use are ignored, the data set's own label column among them. The output appears complete or not at all.
 * @throws CsvInputError for a missing column or a row that the manifest refuses
 */
export async function scoreCsv(options: {
  readonly model: Scorer;
  readonly input: string;
  readonly output: string;
}): Promise<ScoreCsvSummary> {
  const { model, input, output } = options;
  const summary = { rows: 0, scored: 0, abstained: 0, defaults: {} as Record<string, number> };
  const temporary = path.join(path.dirname(output), `.${path.basename(output)}.${process.pid}.tmp`);
  try {
    await pipeline(
      // A wrong delimiter must read as missing columns, not as the first line that has another number of cells.
      await rowsOf(input, (header) => void columnsOf(model.manifest, input, header)),
      async function* (records: AsyncIterable<string[]>) {
        for await (const batch of batches(features(model, input, records))) {
          yield* await scoreBatch(model, batch, summary);
        }
      },
      stringify({ header: true, columns: columnsOut(model.manifest) }),
      createWriteStream(temporary, { flush: true }),
    );
    await rename(temporary, output);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error instanceof CsvError ? malformed(input, error) : error;
  }
  return summary;
}

/**
 * The records of a CSV, plain or gzip, the header first.
 * @param check throws where the header will not do, before any other record is looked at
 */
export async function rowsOf(
  input: string,
  check: (header: readonly string[]) => void = () => undefined,
): Promise<Readable> {
  const file = await open(input);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  await file.close();
  const isGzip = bytesRead === 2 && GZIP_MAGIC.every((byte, n) => buffer[n] === byte);
  const parser = parse({
    bom: true,
    relax_column_count: true,
    max_record_size: LONGEST_RECORD,
    on_record: even(input, check),
  });
  const source = createReadStream(input);
  // A failing source must end the parser, which is the stream the caller's pipeline watches.
  const text = utf8Only(() => new CsvInputError(`${input}: this is no text in UTF-8: save it as UTF-8`));
  const steps = isGzip ? [source, createGunzip(), text, parser] : [source, text, parser];
  pipeline(steps).catch((error: unknown) => parser.destroy(asError(error)));
  return parser;
}

/** Drops blank lines, except where a row is one cell, which may be empty; refuses a row that is not as wide as the header. */
function even(input: string, check: (header: readonly string[]) => void) {
  let width: number | undefined;
  let row = 0;
  return (record: string[], { lines }: { readonly lines: number }): string[] | null => {
    const isBlank = record.length === 1 && record[0] === '';
    if (isBlank && width !== 1) return null;
    if (width === undefined) {
      check(record);
      width = record.length;
      return record;
    }
    row += 1;
    if (record.length === width) return record;
    throw new CsvInputError(
      `${input}: row ${row}: Invalid Record Length: expect ${width}, got ${record.length} on line ${lines}`,
    );
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

async function* features(model: Scorer, input: string, records: AsyncIterable<string[]>): AsyncGenerator<Extracted> {
  let columns: ReadonlyMap<string, number> | undefined;
  const { manifest } = model;
  const { history } = manifest.task === 'text' ? {} : manifest;
  const memory = history === undefined ? undefined : new Memory(history);
  let row = 0;
  for await (const record of records) {
    if (columns === undefined) {
      columns = columnsOf(manifest, input, record);
      continue;
    }
    row += 1;
    const cells: Record<string, string> = {};
    for (const [name, index] of columns) cells[name] = record[index] ?? '';
    const extracted = readBy(model, extract(manifest, memory, cells));
    if (extracted.outcome === 'refuse') throw new CsvInputError(`${input}: row ${row}: ${extracted.reason}`);
    yield extracted;
  }
  if (columns === undefined) throw new CsvInputError(`${input}: empty; a header and rows are needed`);
}

/** A row's features, and with a model of the past what the rows above it say. */
function extract(manifest: Manifest, memory: Memory | undefined, cells: Readonly<Record<string, string>>): Extracted {
  if (memory === undefined) return featuresFromRow(manifest, cells);
  const facts = memory.take(cells);
  if ('outcome' in facts) return facts;
  const past = Object.entries(facts.values).map(([name, value]) => [`${historyRoot}.${name}`, String(value)] as const);
  const row = featuresFromRow(manifest, { ...cells, ...Object.fromEntries(past) });
  return row.outcome === 'row' ? { ...row, words: facts.words } : row;
}

/** The columns that a file must have, and those that it may. */
function columnsRead(manifest: Manifest): { readonly needed: readonly string[]; readonly known: readonly string[] } {
  const own = manifest.features.flatMap(sourcesOf).map(({ column }) => column);
  const given = own.filter((column) => !column.startsWith(`${historyRoot}.`));
  const { history } = manifest.task === 'text' ? {} : manifest;
  if (history === undefined) return { needed: [...new Set(given)], known: [...new Set(given)] };
  const { series, time, told, peers } = history;
  const needed = [
    series.column,
    time.column,
    ...told.filter((one) => one.missing !== 'unknown').map(({ column }) => column),
  ];
  const known = [...needed, ...told.map(({ column }) => column), ...(peers === undefined ? [] : [peers.column])];
  return { needed: [...new Set([...needed, ...given])], known: [...new Set([...known, ...given])] };
}

/** Where the model's columns are; the header may hold them in any order, among others. */
function columnsOf(manifest: Manifest, input: string, header: readonly string[]): ReadonlyMap<string, number> {
  const { needed, known } = columnsRead(manifest);
  const found = header.map((name) => name.trim());
  const missing = needed.filter((name) => !found.includes(name));
  if (missing.length > 0) {
    throw new CsvInputError(
      `${input}: no column ${missing.join(', ')}; found ${found.join(', ')}; ${manifest.name} needs ${needed.join(', ')}, separated by commas`,
    );
  }
  const twice = known.filter((name) => found.indexOf(name) !== found.lastIndexOf(name));
  if (twice.length > 0) throw new CsvInputError(`${input}: column ${twice.join(', ')} is there twice`);
  return new Map(known.filter((name) => found.includes(name)).map((name) => [name, found.indexOf(name)]));
}

async function* batches(rows: AsyncIterable<Extracted>): AsyncGenerator<readonly Extracted[]> {
  let batch: Extracted[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The output rows of a batch, in its order: the abstained ones keep their place. */
async function scoreBatch(
  model: Scorer,
  batch: readonly Extracted[],
  summary: { rows: number; scored: number; abstained: number; defaults: Record<string, number> },
): Promise<readonly string[][]> {
  const rows = batch.filter((row) => row.outcome === 'row');
  const scored = (await model.score(rows)).values();
  for (const name of rows.flatMap((row) => row.defaults)) summary.defaults[name] = (summary.defaults[name] ?? 0) + 1;
  summary.rows += batch.length;
  summary.scored += rows.length;
  summary.abstained += batch.length - rows.length;
  const by = model.mode === undefined ? [] : [SCORED_BY[model.mode]];
  const empty = columnsOut(model.manifest).slice(BINARY_COLUMNS.length).fill('');
  return batch.map((row) =>
    row.outcome === 'row'
      ? [...written(model.manifest, scored.next().value), ...by]
      : ['', '', `no score: ${row.reason}`, ...empty],
  );
}

function columnsOut(manifest: Manifest): string[] {
  if (manifest.task === 'binary') return [...BINARY_COLUMNS];
  if (manifest.task === 'uplift') return [...BINARY_COLUMNS, ...treatments(manifest).map((arm) => `uplift ${arm}`)];
  return [...BINARY_COLUMNS, ...RANKING_COLUMNS, ...(manifest.task === 'text' ? TEXT_COLUMNS : [])];
}

/** The arms in which something is done. */
function treatments({ classes, control }: UpliftManifest): readonly string[] {
  return classes.filter((arm) => arm !== control);
}

function written(manifest: Manifest, scored: Scored | undefined): string[] {
  if (scored === undefined) throw new Error('the scorer gave fewer results than it was given rows');
  const reasons = scored.reasons.map(
    (reason) => `${reason.text} (${reason.direction} ${Math.abs(reason.contribution).toFixed(2)})`,
  );
  const shown = [String(scored.score), scored.label, reasons.join('; ')];
  if (manifest.task === 'uplift') {
    const uplifts = new Map(scored.arms?.map(({ label, uplift }) => [label, uplift]));
    return [...shown, ...treatments(manifest).map((arm) => String(uplifts.get(arm)))];
  }
  if (scored.ranking === undefined) return shown;
  const { gate = '', best } = scored.ranking;
  return [...shown, gate, ...best.slice(1).flatMap(({ label, score }) => [label, String(score)])];
}

function malformed(input: string, error: CsvError): CsvInputError {
  const row = typeof error['records'] === 'number' ? ` row ${error['records']}:` : '';
  return new CsvInputError(`${input}:${row} ${error.message}`);
}

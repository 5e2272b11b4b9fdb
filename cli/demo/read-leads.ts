import { parse as parseCsv } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import { isFileError } from '../file-refusal';
import { CliError } from '../terminal';
import { leadFields, type NativeLead } from './lead-fields';

const numeric = new Set(leadFields.filter(({ type }) => type === 'double').map(({ name }) => name));

/** Leads read from a file, and how many rows the file has. */
export interface FileLeads {
  readonly rows: number;
  readonly taken: number;
  readonly leads: AsyncIterable<NativeLead>;
}

const fix = 'give a CSV with a header, separated by commas, in UTF-8, and with --mapping how its rows become leads';

/**
 * Leads from the rows of a CSV (gzip too), by a mapping file: all rows, or `most` of them evenly spread over the file. Each row is
 * looked at before the first is given. Throws CliError with file, row and column when a column is missing or a number is none.
 */
export async function readLeads(file: string, mappingFile: string, most: number): Promise<FileLeads> {
  const mapping = await refusing(mappingFile, () => readMapping(mappingFile));
  const rows = await refusing(file, () => countRows(file, mapping));
  if (rows === 0) throw new CliError('there are no rows in it', file, fix);
  const taken = Math.min(rows, most);
  return { rows, taken, leads: toLeads(file, mapping, rows, taken) };
}

async function refusing<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isFileError(error)) {
      const what = `the file cannot be read: ${error.code ?? error.message}`;
      throw new CliError(what, file, 'give the path of a file that this user may read');
    }
    throw new CliError((error as Error).message.replace(/\s+/g, ' '), file, fix);
  }
}

async function countRows(file: string, mapping: Readonly<Record<string, string>>): Promise<number> {
  let count = 0;
  for await (const values of readRows(file)) {
    count += 1;
    toLead(mapping, { ...values, row: String(count) }, `row ${count}`);
  }
  return count;
}

function withoutTwins(header: readonly string[]): string[] {
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`column ${twice} is there twice`);
  return [...header];
}

async function* toLeads(
  file: string,
  mapping: Readonly<Record<string, string>>,
  rows: number,
  taken: number,
): AsyncGenerator<NativeLead> {
  let row = 0;
  for await (const values of readRows(file)) {
    row += 1;
    const isTaken = Math.floor((row * taken) / rows) > Math.floor(((row - 1) * taken) / rows);
    if (isTaken) yield toLead(mapping, { ...values, row: String(row) }, `row ${row}`);
  }
}

function readRows(file: string): AsyncIterable<Readonly<Record<string, string>>> {
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  const rows = text.pipe(parseCsv({ columns: withoutTwins, bom: true, skip_empty_lines: true }));
  // pipe() does not pass errors on.
  for (const stage of [bytes, text]) stage.on('error', (error: Error) => rows.destroy(error));
  return rows as AsyncIterable<Readonly<Record<string, string>>>;
}

async function readMapping(file: string): Promise<Readonly<Record<string, string>>> {
  const mapping: unknown = parseYaml(await readFile(file, 'utf8'));
  if (typeof mapping !== 'object' || mapping === null) throw new Error(`expected lines of "Field__c: '{column}'"`);
  return Object.fromEntries(Object.entries(mapping).map(([field, text]) => [field, String(text)]));
}

function toLead(
  mapping: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
  where: string,
): NativeLead {
  const lead: Record<string, string | number> = {};
  for (const [field, template] of Object.entries(mapping)) {
    const text = template.replace(/\{([^{}]+)\}/g, (_, column: string) => {
      const value = values[column];
      if (value === undefined) {
        throw new Error(
          `${where}: there is no column ${column} (columns: ${Object.keys(values).join(', ')}); fix the mapping of ${field}`,
        );
      }
      return value;
    });
    if (text === '') continue;
    lead[field] = numeric.has(field) ? toNumber(text, field, where) : text;
  }
  return lead;
}

function toNumber(text: string, field: string, where: string): number {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw new Error(`${where}: ${field} must be a number, not "${text}"`);
}

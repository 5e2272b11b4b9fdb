import { parse as parseCsv } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import { leadFields, type NativeLead } from './lead-fields';

const numeric = new Set(leadFields.filter(({ type }) => type === 'double').map(({ name }) => name));

/**
 * Leads from the rows of a CSV (gzip too), by a mapping file.
 * Throws with file, row and column when a column is missing or a number is none.
 */
export async function* readLeads(file: string, mappingFile: string): AsyncGenerator<NativeLead> {
  const mapping = await readMapping(mappingFile);
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  const rows = text.pipe(parseCsv({ columns: true, bom: true, skip_empty_lines: true }));
  // pipe() does not pass errors on.
  for (const stage of [bytes, text]) stage.on('error', (error: Error) => rows.destroy(error));
  let row = 0;
  for await (const values of rows as AsyncIterable<Record<string, string>>) {
    row += 1;
    yield toLead(mapping, { ...values, row: String(row) }, `${file} row ${row}`);
  }
}

async function readMapping(file: string): Promise<Readonly<Record<string, string>>> {
  const mapping: unknown = parseYaml(await readFile(file, 'utf8'));
  if (typeof mapping !== 'object' || mapping === null)
    throw new Error(`${file}: expected lines of "Field__c: '{column}'"`);
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

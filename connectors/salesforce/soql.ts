import type { Connection } from 'jsforce';
import type { Rest } from './jsforce-connection';

/** A record as a query answers it. */
export type Found = Readonly<Record<string, unknown>>;

/** Records of an object by the values of one of their fields. */
export interface Sought {
  readonly object: string;
  readonly fields: readonly string[];
  readonly by: string;
  readonly values: readonly string[];
}

/** A query travels in the URL, which Salesforce takes up to 16 kB. */
const mostQueryText = 8_000;

/** The records that there are, in as many queries as the values need. Rejects as `Rest.call`. */
export async function recordsBy(
  { object, fields, by, values }: Sought,
  rest: Rest,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const some of portions([...new Set(values)].map(quoted))) {
    const soql = `SELECT ${fields.join(', ')} FROM ${object} WHERE ${by} IN (${some.join()})`;
    const query = async (connection: Connection): Promise<readonly Found[]> => (await connection.query(soql)).records;
    found.push(...(await rest.call(query, 'write', signal)));
  }
  return found;
}

/** The texts in order, as many together as a query takes. */
function portions(texts: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const length = encodeURIComponent(text).length + 3;
    if (room < length) {
      all.push([]);
      room = mostQueryText;
    }
    all.at(-1)?.push(text);
    room -= length;
  }
  return all;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

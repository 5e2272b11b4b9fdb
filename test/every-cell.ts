import { Client } from 'pg';
import { claimFolder } from '../ledger/folder-claim';

/** Where a ledger in a folder, which another ledger of this process has open, can be reached. */
export async function urlOfFolder(folder: string): Promise<string> {
  const claim = await claimFolder(folder);
  if ('url' in claim) return claim.url;
  await claim.release();
  throw new Error(`nobody has ${folder} open`);
}

/** Every row of every table, as text; bytes as far as they are ASCII. */
export async function everyRow(url: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: columns } = await client.query<{ table_name: string; column_name: string; data_type: string }>(
      `select table_name, column_name, data_type from information_schema.columns
        where table_schema = 'public' order by table_name, ordinal_position`,
    );
    const told: Record<string, readonly string[]> = {};
    for (const table of new Set(columns.map(({ table_name }) => table_name))) {
      const own = columns.filter(({ table_name }) => table_name === table);
      const texts = own.map(({ column_name: name, data_type }) =>
        data_type === 'bytea' ? `encode("${name}", 'escape')` : `"${name}"::text`,
      );
      const { rows } = await client.query<{ row: string }>(
        `select concat_ws(' | ', ${texts.join(', ')}) as row from "${table}" order by 1`,
      );
      told[table] = rows.map(({ row }) => row);
    }
    return told;
  } finally {
    await client.end();
  }
}

/** The rows with one of the texts in any column, whatever its case, each with its table before it. */
export function rowsWith(
  rows: Readonly<Record<string, readonly string[]>>,
  texts: readonly string[],
): readonly string[] {
  return Object.entries(rows).flatMap(([table, all]) =>
    all
      .filter((row) => texts.some((text) => row.toLowerCase().includes(text.toLowerCase())))
      .map((row) => `${table}: ${row}`),
  );
}
